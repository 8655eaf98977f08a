/** What is under the chat: the bot's reply keyboard, the menu of commands and the message box. */

import { button, byId, el, icon } from "./dom.js";
import { choosePlace } from "./places.js";
import { say } from "./words.js";

let drawnFor = null;

/** Let a click anywhere else close the menu of commands. */
export function startComposer() {
  document.addEventListener("click", ({ target }) => {
    const menu = byId("command-menu");
    if (menu?.hidden === false && !target.closest("#command-menu, [aria-controls]")) toggle(menu);
  });
}

/** Draw it for what stands on the phone; `send(act)` does something there. */
export function renderComposer(state, send) {
  const rows = state?.reply_keyboard?.keyboard ?? [];
  const commands = state?.commands ?? [];
  const drawing = JSON.stringify([rows, commands, document.documentElement.lang]);
  if (drawing === drawnFor) return;
  drawnFor = drawing;
  const old = byId("message-box");
  const typing = old !== null && old === document.activeElement;
  const wasOpen = byId("command-menu")?.hidden === false;
  const menu = commandMenu(commands, send);
  byId("composer").replaceChildren(keyboard(rows, send), menu, box(old?.value ?? "", menu, send));
  if (wasOpen) toggle(menu);
  if (typing) byId("message-box").focus();
}

function keyboard(rows, send) {
  const made = rows.map((row) =>
    el("div", { class: "keys-row" }, ...row.map((key) => replyKey(key, send))),
  );
  return el("div", { class: "reply-keys", hidden: rows.length === 0 }, ...made);
}

function replyKey({ text, request_location: asksPlace }, send) {
  const act = asksPlace
    ? () => choosePlace((location) => send({ press: text, location }))
    : () => send({ press: text });
  return button(text, act, { class: "key", dir: "auto" });
}

function commandMenu(commands, send) {
  const menu = el("div", { class: "command-menu", id: "command-menu", hidden: true });
  const items = commands.map(({ command, description }) =>
    el(
      "button",
      {
        type: "button",
        onclick: () => {
          toggle(menu);
          send({ text: `/${command}` });
        },
      },
      el("code", { dir: "ltr" }, `/${command}`),
      el("span", { dir: "auto" }, description),
    ),
  );
  menu.append(...(items.length ? items : [el("p", { class: "screen-note" }, say("chat.no_commands"))]));
  return menu;
}

function box(typed, menu, send) {
  const input = el("input", {
    id: "message-box",
    dir: "auto",
    autocomplete: "off",
    enterkeyhint: "send",
    maxlength: 4096,
    placeholder: say("chat.placeholder"),
    "aria-label": say("chat.placeholder"),
  });
  input.value = typed;
  const submit = async (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (!text) return;
    input.value = "";
    if (!(await send({ text }))) input.value = text;
  };
  return el(
    "form",
    { class: "box", onsubmit: submit },
    round("menu", say("chat.menu"), () => toggle(menu), { "aria-controls": menu.id, "aria-expanded": "false" }),
    input,
    round("pin", say("chat.share"), () => choosePlace((location) => send({ location }))),
    el("button", { class: "round send", "aria-label": say("chat.send") }, icon("send")),
  );
}

function toggle(menu) {
  menu.hidden = !menu.hidden;
  const opener = byId("composer").querySelector("[aria-controls]");
  opener.setAttribute("aria-expanded", String(!menu.hidden));
  if (!menu.hidden) menu.querySelector("button")?.focus();
  menu.onkeydown = ({ key }) => {
    if (key !== "Escape") return;
    toggle(menu);
    opener.focus();
  };
}

const round = (picture, label, onclick, more = {}) =>
  el("button", { type: "button", class: "round", "aria-label": label, onclick, ...more }, icon(picture));
