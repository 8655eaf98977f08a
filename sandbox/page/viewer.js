/** The one dialog of the page: a picture shown large, a question, a chooser. */

import { emit } from "./bus.js";
import { button, byId, el } from "./dom.js";
import { codeIn } from "./qr_picture.js";
import { say } from "./words.js";

/** Open the dialog with these nodes; it closes by Escape, outside clicks and `close()`. */
export function open(title, ...content) {
  const dialog = byId("dialog");
  const heading = el("h2", { id: "dialog-title" }, title);
  dialog.setAttribute("aria-labelledby", heading.id);
  dialog.replaceChildren(heading, ...content);
  dialog.onclick = ({ target }) => {
    if (target === dialog) dialog.close();
  };
  dialog.showModal();
}

export const close = () => byId("dialog").close();

/** A row of buttons at the dialog's end. */
export const actions = (...buttons) => el("div", { class: "dialog-actions" }, ...buttons);

/** Show a picture large; when it holds a code, with the way to the POS. */
export async function view(address) {
  const code = await codeIn(address);
  const scan = () => {
    close();
    emit("scan", code);
  };
  open(
    say("chat.picture"),
    el("img", { class: "viewer", src: address, alt: say("chat.picture") }),
    actions(
      button(say("close"), close, { class: "quiet" }),
      code !== null && button(say("chat.scan"), scan, { class: "primary", picture: "scan" }),
    ),
  );
}

/** Ask before something that cannot be undone. */
export function ask(title, sentence, yes, onYes) {
  const agree = () => {
    close();
    onYes();
  };
  open(
    title,
    el("p", {}, sentence),
    actions(
      button(say("cancel"), close, { class: "quiet" }),
      button(yes, agree, { class: "primary danger" }),
    ),
  );
}
