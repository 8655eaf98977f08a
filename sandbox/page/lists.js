/** A list to choose from: on WhatsApp it opens by a button under the message. */

import { button, el } from "./dom.js";
import { close, open } from "./viewer.js";

/** The button that opens the list of a message; `press(item, message)` is called with the choice. */
export function listOpener(message, press) {
  const show = () => open(message.list_title, el("div", { class: "choices list" }, ...items(message, press)));
  return button(message.list_title, show, { class: "key", dir: "auto", picture: "menu", "aria-haspopup": "dialog" });
}

function items(message, press) {
  return message.buttons.map((item) => {
    const choose = () => {
      close();
      press(item, message);
    };
    const about = item.description && el("small", { dir: "auto" }, item.description);
    return el("button", { type: "button", class: "choice", onclick: choose }, el("span", { dir: "auto" }, item.text), about);
  });
}
