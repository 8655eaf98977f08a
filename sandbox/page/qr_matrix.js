/**
 * Reads a QR code's modules (ISO/IEC 18004, versions 1 to 15) into the text they hold.
 *
 * A code drawn by a program has no errors to correct, so the error correction words are
 * only checked: a code that is damaged, or stamped over, is refused.
 */

/** The code cannot be read; the message says why. */
export class Unreadable extends Error {}

/** Error correction words a block, and blocks, per version from 1; levels as format bits name them. */
const BLOCKS = {
  1: "7x1 10x1 15x1 20x1 26x1 18x2 20x2 24x2 30x2 18x4 20x4 24x4 26x4 30x4 22x6",
  0: "10x1 16x1 26x1 18x2 24x2 16x4 18x4 22x4 22x5 26x5 30x5 22x8 22x9 24x9 24x10",
  3: "13x1 22x1 18x2 26x2 18x4 24x4 18x6 22x6 20x8 24x8 28x8 26x10 24x12 20x16 30x12",
  2: "17x1 28x1 22x2 16x4 22x4 28x4 26x5 26x6 24x8 28x8 24x11 28x11 22x16 24x16 24x18",
};

const MASKS = [
  (row, column) => (row + column) % 2,
  (row) => row % 2,
  (row, column) => column % 3,
  (row, column) => (row + column) % 3,
  (row, column) => (Math.floor(row / 2) + Math.floor(column / 3)) % 2,
  (row, column) => ((row * column) % 2) + ((row * column) % 3),
  (row, column) => (((row * column) % 2) + ((row * column) % 3)) % 2,
  (row, column) => (((row + column) % 2) + ((row * column) % 3)) % 2,
];

/** The text in rows of modules (true is dark); throws Unreadable. */
export function readMatrix(matrix) {
  const version = (matrix.length - 17) / 4;
  if (version < 1 || version > 15) throw new Unreadable("This code is too large to be read.");
  const { level, mask } = format(matrix);
  const words = codewords(matrix, version, MASKS[mask]);
  const [checks, blocks] = BLOCKS[level].split(" ")[version - 1].split("x").map(Number);
  return text(data(words, checks, blocks), version);
}

function format(matrix) {
  let bits = 0;
  for (let bit = 14; bit >= 0; bit -= 1) {
    const row = bit < 6 ? bit : bit < 8 ? bit + 1 : 8;
    const column = bit < 8 ? 8 : bit === 8 ? 7 : 14 - bit;
    bits = (bits << 1) | matrix[row][column];
  }
  bits ^= 0b101010000010010;
  return { level: bits >> 13, mask: (bits >> 10) & 7 };
}

/** The words in the order they are drawn: in columns two wide, up and down, from the right. */
function codewords(matrix, version, mask) {
  const side = matrix.length;
  const taken = reserved(version, side);
  const bits = [];
  for (let right = side - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right = 5;
    for (let step = 0; step < side; step += 1) {
      const row = up ? side - 1 - step : step;
      for (const column of [right, right - 1]) {
        if (taken(row, column)) continue;
        bits.push(Number(matrix[row][column] !== (mask(row, column) === 0)));
      }
    }
  }
  const words = new Array(Math.floor(bits.length / 8)).fill(0);
  return words.map((_, at) => number(bits.slice(at * 8, at * 8 + 8)));
}

const number = (bits) => bits.reduce((sum, bit) => sum * 2 + bit, 0);

/** Tells which modules are the code's frame and hold no data. */
function reserved(version, side) {
  const centres = alignment(version, side);
  const inCorner = (row, column) =>
    (row < 9 && column < 9) || (row < 9 && column >= side - 8) || (row >= side - 8 && column < 9);
  const inVersion = (row, column) =>
    version >= 7 && ((row < 6 && column >= side - 11) || (column < 6 && row >= side - 11));
  const inAlignment = (row, column) =>
    centres.some(([y, x]) => Math.abs(row - y) <= 2 && Math.abs(column - x) <= 2);
  return (row, column) =>
    row === 6 || column === 6 || inCorner(row, column) || inVersion(row, column) || inAlignment(row, column);
}

/** Middles of the alignment patterns: every crossing but those in the three corners. */
function alignment(version, side) {
  if (version === 1) return [];
  const last = side - 7;
  const lines = [6, last];
  if (version >= 7) lines.splice(1, 0, version < 14 ? last / 2 + 3 : 26);
  if (version >= 14) lines.splice(2, 0, version === 14 ? 46 : 48);
  const crossings = lines.flatMap((y) => lines.map((x) => [y, x]));
  return crossings.filter(([y, x]) => y + x !== 12 && !(y + x === 6 + last && (y === 6 || x === 6)));
}

/** The data words: dealt out block by block like cards, so gathered the same way. */
function data(words, checks, count) {
  const blocks = Array.from({ length: count }, () => []);
  const longer = words.length % count;
  const short = Math.floor(words.length / count) - checks;
  const next = words.values();
  for (let at = 0; at <= short; at += 1) {
    for (let block = 0; block < count; block += 1) {
      if (at < short || block >= count - longer) blocks[block].push(next.next().value);
    }
  }
  const read = blocks.flat();
  for (let at = 0; at < checks; at += 1) blocks.forEach((block) => block.push(next.next().value));
  if (!blocks.every((block) => isWhole(block, checks))) {
    throw new Unreadable("The code in this picture is damaged.");
  }
  return read;
}

/** Whether a block is a multiple of the code's generator: zero at its first powers of two. */
function isWhole(block, checks) {
  for (let power = 0, point = 1; power < checks; power += 1, point = times(point, 2)) {
    if (block.reduce((sum, word) => times(sum, point) ^ word, 0) !== 0) return false;
  }
  return true;
}

/** Product in the field of 256 elements that QR codes use. */
function times(one, other) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    product ^= ((other >> bit) & 1) * one;
  }
  return product;
}

const ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/** The segments of the data, one after the other: digits, capitals or bytes. */
function text(words, version) {
  const bits = words.flatMap((word) => [...word.toString(2).padStart(8, "0")].map(Number));
  const take = (count) => number(bits.splice(0, count));
  const large = version >= 10;
  const bytes = [];
  const put = (characters) => bytes.push(...new TextEncoder().encode(characters));
  for (let mode = take(4); mode !== 0; mode = bits.length < 4 ? 0 : take(4)) {
    if (mode === 1) put(digits(take, take(large ? 12 : 10)));
    else if (mode === 2) put(capitals(take, take(large ? 11 : 9)));
    else if (mode === 4) for (let left = take(large ? 16 : 8); left > 0; left -= 1) bytes.push(take(8));
    else throw new Unreadable("This code holds something other than text.");
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

function digits(take, count) {
  let read = "";
  for (let left = count; left > 0; left -= 3) {
    const size = Math.min(left, 3);
    read += String(take(size * 3 + 1)).padStart(size, "0");
  }
  return read;
}

function capitals(take, count) {
  let read = "";
  for (let left = count; left > 1; left -= 2) {
    const pair = take(11);
    read += ALPHANUMERIC[Math.floor(pair / 45)] + ALPHANUMERIC[pair % 45];
  }
  return count % 2 ? read + ALPHANUMERIC[take(6)] : read;
}
