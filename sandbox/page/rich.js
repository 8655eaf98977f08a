/** Text with Telegram's entities (offset and length in UTF-16, as in JavaScript) as nodes. */

import { el } from "./dom.js";

const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "code" };

/** The nodes of a text; what no entity covers stays plain. */
export function rich(text, entities = []) {
  const ends = entities.flatMap(({ offset, length }) => [offset, offset + length]);
  const cuts = [...new Set([0, ...ends, text.length])].sort((one, other) => one - other);
  return cuts.slice(1).map((end, at) => {
    const start = cuts[at];
    const covering = entities.filter(
      ({ offset, length }) => offset <= start && end <= offset + length,
    );
    return covering.reduce(wrapped, document.createTextNode(text.slice(start, end)));
  });
}

function wrapped(inner, { type, url }) {
  const address = type === "url" ? inner.textContent : type === "text_link" ? url : null;
  if (address && /^https?:\/\//.test(address)) return outerLink(address, inner);
  return TAGS[type] ? el(TAGS[type], {}, inner) : inner;
}

const ISOLATE = /[\u2066-\u2068][^\u2069]*\u2069/g;
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}]/u;

/** A text's direction by its first letter outside of isolates, which dir="auto" looks into. */
export function directionOf(text) {
  const letter = text.replace(ISOLATE, "").match(/\p{L}/u)?.[0];
  if (!letter) return "auto";
  return RIGHT_TO_LEFT.test(letter) ? "rtl" : "ltr";
}

/** A link out of the page, opened beside it. */
export const outerLink = (href, ...children) =>
  el("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...children);
