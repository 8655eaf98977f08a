/** A small drawn map for a place: made up from its coordinates, always the same for the same place. */

import { svg } from "./dom.js";

const WIDTH = 260;
const HEIGHT = 104;

/** A sequence of numbers from 0 to 1 that only depends on the coordinates. */
function* chances(latitude, longitude) {
  let seed = Math.round(Math.abs(latitude * 1e4) * 7919 + Math.abs(longitude * 1e4)) >>> 0;
  for (;;) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    yield seed / 2 ** 32;
  }
}

/** Streets, a park and a pin as SVG. */
export function drawnMap(latitude, longitude) {
  const chance = chances(latitude, longitude);
  const between = (low, high) => low + chance.next().value * (high - low);
  const tilt = between(-14, 14);
  const lines = [];
  for (let x = between(-40, -10); x < WIDTH + 60; x += between(34, 62)) {
    lines.push(street(`M${x} -60V${HEIGHT + 60}`));
  }
  for (let y = between(-40, -20); y < HEIGHT + 60; y += between(26, 44)) {
    lines.push(street(`M-60 ${y}H${WIDTH + 60}`));
  }
  const park = { class: "map-park", x: between(10, 170), y: between(0, 60), width: 54, height: 36, rx: 6 };
  const road = `M-20 ${between(20, 90)}C80 ${between(0, 100)} 170 ${between(0, 100)} ${WIDTH + 20} ${between(10, 90)}`;
  const pin = "M130 62c-9-11-14-17-14-24a14 14 0 0 1 28 0c0 7-5 13-14 24z";
  return svg(
    "svg",
    { class: "map", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "xMidYMid slice", "aria-hidden": "true" },
    svg("g", { transform: `rotate(${tilt} 130 52)` }, svg("rect", park), ...lines),
    svg("path", { class: "map-road", d: road }),
    svg("path", { class: "map-pin", d: pin }),
    svg("circle", { class: "map-eye", cx: 130, cy: 38, r: 5 }),
  );
}

const street = (d) => svg("path", { class: "map-street", d });
