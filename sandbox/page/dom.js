/** Building nodes. Text only ever becomes text nodes, so nothing a person types is markup. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element: `el("button", { class: "key", onclick: press }, "7")`.
 * A function is a listener or property, `true` an empty attribute; null, undefined and
 * false leave the attribute out. Children that are one of these are left out too.
 */
export function el(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (!isThere(value)) continue;
    if (typeof value === "function") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter(isThere));
  return node;
}

const isThere = (value) => value !== null && value !== undefined && value !== false;

/** The one element with this id. */
export const byId = (id) => document.getElementById(id);

const ICONS = {
  send: "M4 5l17 7-17 7 3-7z M7 12h14",
  pin: "M12 21c4.5-5 6.5-8.3 6.5-11a6.5 6.5 0 0 0-13 0c0 2.7 2 6 6.5 11z M12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  menu: "M4 7h16 M4 12h16 M4 17h10",
  scan: "M4 9V5h4 M16 5h4v4 M20 15v4h-4 M8 19H4v-4 M4 12h16",
  check: "M5 12.5l4.5 4.5L19 7.5",
  cross: "M6 6l12 12 M18 6 6 18",
  back: "M14 6l-6 6 6 6",
  cash: "M3 7h18v10H3z M12 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z M6 10v4 M18 10v4",
  bank: "M4 10 12 4l8 6z M6 10v7 M10 10v7 M14 10v7 M18 10v7 M4 20h16",
  bill: "M6 3h12v18l-3-2-3 2-3-2-3 2z M9 8h6 M9 12h6",
  card: "M3 6h18v12H3z M3 10h18",
  gear: "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z M12 3v3 M12 18v3 M3 12h3 M18 12h3 M5.6 5.600l2.1 2.1 M16.3 16.300l2.1 2.1 M5.6 18.400l2.1-2.1 M16.3 7.700l2.1-2.1",
  copy: "M9 9h11v11H9z M5 15H4V4h11v1",
  link: "M8 16 17 7 M10 7h7v7",
  plus: "M12 5v14 M5 12h14",
};

/** A drawn icon; it says nothing to a screen reader, the control around it does. */
export function icon(name) {
  const attributes = { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" };
  const shapes = ICONS[name].split(/ (?=M)/).map((d) => svg("path", { d }));
  return svg("svg", attributes, ...shapes);
}

/** A button with an icon and words. */
export function button(words, onclick, { picture = null, ...attributes } = {}) {
  const label = el("span", {}, words);
  return el("button", { type: "button", onclick, ...attributes }, picture && icon(picture), label);
}
