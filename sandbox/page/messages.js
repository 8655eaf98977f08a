/** One message of the chat as a bubble. */

import { emit } from "./bus.js";
import { button, el, icon } from "./dom.js";
import { clock } from "./format.js";
import { listOpener } from "./lists.js";
import { drawnMap } from "./map.js";
import { codeIn } from "./qr_picture.js";
import { directionOf, outerLink, rich } from "./rich.js";
import { view } from "./viewer.js";
import { canSay, say } from "./words.js";

/** The node of a message; `press(button, message)` is called when an inline button is tapped. */
export function bubble(message, press) {
  const parts = [picture(message), file(message), place(message), words(message), foot(message)];
  return el(
    "article",
    { class: `message from-${message.from} rises`, "data-id": message.id, "data-kind": message.kind },
    el("span", { class: "hidden-words" }, say(`chat.from_${message.from}`)),
    el("div", { class: "bubble" }, ...parts),
    scanChip(message),
    keys(message, press),
  );
}

function picture({ photo_url: address }) {
  if (!address) return null;
  const image = el("img", { src: address, alt: say("chat.picture") });
  return el(
    "button",
    { type: "button", class: "picture", "aria-label": say("chat.enlarge"), onclick: () => view(address) },
    image,
  );
}

/** The way to the POS, for a picture that holds a code; it shows once the code was read. */
function scanChip({ photo_url: address }) {
  if (!address) return null;
  const chip = button(say("chat.scan"), null, { picture: "scan", class: "scan-chip", hidden: true });
  codeIn(address).then((code) => {
    if (code === null) return;
    chip.onclick = () => emit("scan", code);
    chip.hidden = false;
    emit("grown");
  });
  return chip;
}

function file({ document_url: address, file_name: name }) {
  if (!address) return null;
  const link = outerLink(address, icon("bill"), el("bdi", {}, name));
  link.className = "file";
  return link;
}

function words({ kind, text, entities }) {
  if (!text || kind === "venue") return null;
  return el("p", { class: "words", dir: directionOf(text) }, ...rich(text, entities));
}

function place({ kind, latitude, longitude, title, address, buttons }) {
  if (latitude === null || latitude === undefined) return null;
  const map = drawnMap(latitude, longitude);
  if (kind !== "venue") {
    return el("figure", { class: "place" }, map, el("figcaption", {}, `\u2066${latitude}, ${longitude}\u2069`));
  }
  const hasWay = buttons.some(({ url }) => url);
  const way = `https://www.google.com/maps/dir/?api=1&destination=${latitude},${longitude}`;
  return el(
    "figure",
    { class: "place" },
    map,
    el(
      "figcaption",
      {},
      el("strong", { dir: "auto" }, title),
      el("span", { dir: "auto" }, address),
      !hasWay && outerLink(way, icon("link"), say("chat.directions")),
    ),
  );
}

function foot({ at, edited, from, status }) {
  const time = el("time", { datetime: new Date(at).toISOString() }, clock(at));
  return el("p", { class: "foot" }, edited && el("span", {}, say("chat.edited")), time, from === "bot" && ticks(status));
}

/** How far the bot's message came, as the network told the bot; Telegram tells nothing. */
function ticks(status) {
  if (!status || !canSay(`tick.${status}`)) return null;
  return el("span", { class: "ticks", "data-status": status }, say(`tick.${status}`));
}

function keys(message, press) {
  if (!message.buttons.length) return null;
  if (message.list_title) return el("div", { class: "keys" }, listOpener(message, press));
  const rows = [];
  for (const key of message.buttons) {
    rows[key.row] ??= el("div", { class: "keys-row" });
    rows[key.row].append(inlineKey(key, message, press));
  }
  return el("div", { class: "keys" }, ...rows);
}

function inlineKey(key, message, press) {
  if (key.url) {
    const link = outerLink(key.url, key.text, icon("link"));
    link.className = "key";
    return link;
  }
  const picture = key.copy_text ? "copy" : null;
  return button(key.text, () => press(key, message), { class: "key", dir: "auto", picture });
}
