/** The payer's phone: which one, its language, and the chat on it. */

import * as api from "./api.js";
import { emit, on } from "./bus.js";
import { renderComposer, startComposer } from "./composer.js";
import { button, byId, el } from "./dom.js";
import { clock } from "./format.js";
import { KeyedList } from "./keyed.js";
import { recall, remember } from "./memory.js";
import { bubble } from "./messages.js";
import { toast } from "./toasts.js";
import { inTurn } from "./turns.js";
import { LANGUAGES, say, speak } from "./words.js";

/** Three phones lie on the desk; tests and scripts may bring their own. */
const OURS = ["1001", "1002", "1003"];
const NEAR_END = 80;

let phone = recall("phone", OURS[0]);
let messages = [];
let phones = [];
let answeredAt = Date.now();
let shownNewest = null;
let atEnd = true;

const chat = byId("chat");
const bubbles = new KeyedList(chat, ({ id }) => id, (message) => bubble(message, press));

/** The messages on the phone now, oldest first. */
export const chatMessages = () => messages;

/** Start the phone in the language it had last. */
export async function startPhone() {
  on("chat", ({ phone: name } = {}) => {
    if (!name || name === phone || !isKnown(name)) refresh();
  });
  on("language", redraw);
  on("grown", stayAtEnd);
  chat.addEventListener("load", stayAtEnd, { capture: true });
  chat.onscroll = () => {
    atEnd = chat.scrollHeight - chat.scrollTop - chat.clientHeight < NEAR_END;
  };
  byId("phone-choice").onchange = ({ target }) => choose(target.value);
  startComposer();
  tellTime();
  setInterval(tellTime, 10_000);
  await speak(languageOf(phone));
}

/** What stands on the phone beside its messages; undefined while the sandbox does not know it. */
const state = () => phones.find(({ phone: name }) => name === phone);

const isKnown = (name) => phones.some((known) => known.phone === name);

const languageOf = (name) => recall(`language.${name}`, LANGUAGES[0]);

function tellTime() {
  byId("handset-time").textContent = clock(Date.now());
}

async function choose(name) {
  phone = name || `${Date.now() % 1_000_000_000}`;
  remember("phone", phone);
  messages = [];
  answeredAt = Date.now();
  await speak(languageOf(phone));
  await refresh();
}

function listPhones() {
  const names = [...new Set([...OURS, ...phones.map(({ phone: name }) => name), phone])];
  const options = names.map((name) =>
    el("option", { value: name, selected: name === phone }, phoneName(name)),
  );
  byId("phone-choice").replaceChildren(...options, el("option", { value: "" }, say("phone.another")));
}

function phoneName(name) {
  const number = OURS.indexOf(name) + 1;
  return number ? say("phone.numbered", { number }) : name;
}

function redraw(language) {
  const switches = LANGUAGES.map((each) =>
    button(say(`language.${each}`), () => setLanguage(each), {
      lang: each,
      "aria-pressed": String(each === language),
    }),
  );
  byId("language").replaceChildren(...switches);
  bubbles.forget();
  listPhones();
  render();
}

async function setLanguage(language) {
  remember(`language.${phone}`, language);
  await speak(language);
  await introduce();
}

const refresh = inTurn(async () => {
  const asked = phone;
  let answers;
  try {
    answers = await Promise.all([api.messages(asked), api.phones()]);
  } catch {
    return;
  }
  if (asked !== phone) return;
  [{ messages }, { phones }] = answers;
  if (!state()) introduce();
  render();
  listPhones();
  showAnswer(state()?.last_answer);
  emit("messages", messages);
});

/** Make a phone known to the sandbox, which so learns its language. */
async function introduce() {
  if (await send({})) refresh();
}

/** Show what the bot answered to a tap, once. */
function showAnswer(answer) {
  if (!answer?.text || answer.at <= answeredAt) return;
  answeredAt = answer.at;
  toast(answer.text);
}

function render() {
  const newest = messages.at(-1)?.id;
  if (newest !== shownNewest) atEnd = true;
  shownNewest = newest;
  bubbles.show(messages, welcome);
  renderComposer(state(), send);
  stayAtEnd();
}

/** Keep the newest message in sight while it is; a picture that arrives moves it. */
function stayAtEnd() {
  if (atEnd) chat.scrollTop = chat.scrollHeight;
}

function welcome() {
  return el(
    "div",
    { class: "welcome" },
    el("strong", {}, say("chat.empty_title")),
    el("p", {}, say("chat.empty")),
    button(say("chat.start"), () => send({ text: "/start" }), { class: "primary" }),
  );
}

async function press({ data, text, copy_text: copy }, { id }) {
  const done = await send({ press: data ?? text, message_id: id });
  if (!done || !copy) return;
  await navigator.clipboard?.writeText(copy);
  toast(say("chat.copied"));
}

/** Do something on the phone: type, tap or share; false when it was refused. */
async function send(act) {
  try {
    await api.send(phone, { ...act, language_code: languageOf(phone) });
  } catch (refused) {
    toast(refused.message || say("away"));
    return false;
  }
  return true;
}
