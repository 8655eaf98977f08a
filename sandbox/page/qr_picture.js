/**
 * Finds the QR code in a picture, as the POS's camera would.
 *
 * The picture is a clean one, upright and undistorted, so there is no perspective to undo:
 * find the three corner patterns, take the middle of every module.
 */

import { readMatrix, Unreadable } from "./qr_matrix.js";

const codes = new Map();

/** The text of the code in the picture at this address, or null; each is looked at once. */
export function codeIn(address) {
  if (!codes.has(address)) codes.set(address, readPicture(address).catch(() => null));
  return codes.get(address);
}

async function readPicture(address) {
  const picture = await createImageBitmap(await (await fetch(address)).blob());
  const canvas = document.createElement("canvas");
  canvas.width = picture.width;
  canvas.height = picture.height;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(picture, 0, 0);
  return readPixels(pen.getImageData(0, 0, picture.width, picture.height));
}

/** The text of the code in RGBA pixels; throws Unreadable. */
export function readPixels({ data, width, height }) {
  const isDark = (x, y) => {
    const at = (Math.round(y) * width + Math.round(x)) * 4;
    return data[at] + data[at + 1] + data[at + 2] < 384;
  };
  for (const [corner, right, below] of squares(corners(isDark, width, height))) {
    const side = Math.round((right.x - corner.x) / corner.module) + 7;
    if (side % 4 !== 1) continue;
    return readMatrix(sampled(isDark, corner, right, below, side));
  }
  throw new Unreadable("There is no code in this picture.");
}

/** Rows of modules, true is dark. */
function sampled(isDark, corner, right, below, side) {
  const stepX = (right.x - corner.x) / (side - 7);
  const stepY = (below.y - corner.y) / (side - 7);
  const middle = (row, column) =>
    isDark(corner.x + (column - 3) * stepX, corner.y + (row - 3) * stepY);
  return Array.from({ length: side }, (_, row) =>
    Array.from({ length: side }, (_, column) => middle(row, column)),
  );
}

/** Middles of the patterns that look like a code's corner: dark 1, light 1, dark 3, light 1, dark 1. */
function corners(isDark, width, height) {
  const found = [];
  for (let y = 0; y < height; y += 1) {
    for (const across of patterns((x) => isDark(x, y), width)) {
      if (found.some((corner) => near(corner, across.middle, y))) continue;
      const down = patterns((at) => isDark(across.middle, at), height).find(
        ({ middle, module }) => Math.abs(middle - y) < 2 * module,
      );
      if (!down || Math.abs(down.module - across.module) > across.module / 4) continue;
      found.push({ x: across.middle, y: down.middle, module: across.module });
    }
  }
  return found;
}

const near = (corner, x, y) =>
  Math.abs(corner.x - x) < 4 * corner.module && Math.abs(corner.y - y) < 4 * corner.module;

/** Where a line of pixels runs dark and light as 1:1:3:1:1. */
function patterns(isDarkAt, length) {
  const found = [];
  const edges = [];
  for (let at = 0, dark = false; at < length; at += 1) {
    if (isDarkAt(at) === dark) continue;
    dark = !dark;
    edges.push(at);
    if (dark || edges.length < 6) continue;
    const [first, , third, fourth, , last] = edges.slice(-6);
    if (isCorner(edges.slice(-6))) {
      found.push({ middle: (third + fourth - 1) / 2, module: (last - first) / 7 });
    }
  }
  return found;
}

function isCorner(edges) {
  const module = (edges[5] - edges[0]) / 7;
  return [1, 1, 3, 1, 1].every(
    (modules, run) => Math.abs(edges[run + 1] - edges[run] - modules * module) < module / 2 + 0.5,
  );
}

/** Corner, right and below of every upright square the corners can form, largest first. */
function squares(found) {
  const triples = [];
  for (const corner of found) {
    const slack = corner.module;
    for (const right of found) {
      if (Math.abs(right.y - corner.y) > slack || right.x <= corner.x + 7 * slack) continue;
      const side = right.x - corner.x;
      const below = found.find(
        ({ x, y }) => Math.abs(x - corner.x) <= slack && Math.abs(y - corner.y - side) <= slack,
      );
      if (below) triples.push([corner, right, below]);
    }
  }
  return triples.sort((one, other) => other[1].x - other[0].x - (one[1].x - one[0].x));
}
