/** The payer's phone: which one, its language, and the chat on it. */

import * as api from "./api.js";
import { emit, on } from "./bus.js";
import { renderComposer, startComposer } from "./composer.js";
import { button, byId, el } from "./dom.js";
import { clock } from "./format.js";
import { renderHands } from "./hands.js";
import { KeyedList } from "./keyed.js";
import { recall, remember } from "./memory.js";
import { bubble } from "./messages.js";
import { toast } from "./toasts.js";
import { inTurn } from "./turns.js";
import { LANGUAGES, say, speak } from "./words.js";

/** Three phones of each network lie on the desk; tests and scripts may bring their own. */
const OURS = {
  telegram: ["1001", "1002", "1003"],
  whatsapp: ["+971500000901", "+971500000902", "+971500000903"],
};
const NETWORKS = Object.keys(OURS);
const NEAR_END = 80;

let phone = recall("phone", OURS.telegram[0]);
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
  const theirs = [...phones.map(({ phone: name }) => name), phone];
  const groups = NETWORKS.map((network) => {
    const others = theirs.filter((name) => api.networkOf(name) === network);
    const names = [...new Set([...OURS[network], ...others])];
    const options = names.map((name) =>
      el("option", { value: name, selected: name === phone }, phoneName(name)),
    );
    if (network === "telegram") options.push(el("option", { value: "" }, say("phone.another")));
    return el("optgroup", { label: say(`network.${network}`) }, ...options);
  });
  byId("phone-choice").replaceChildren(...groups);
}

function phoneName(name) {
  const network = api.networkOf(name);
  const number = OURS[network].indexOf(name) + 1;
  if (!number) return `\u2066${name}\u2069`;
  return say("phone.numbered_on", { number, network: say(`network.${network}`) });
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
    answers = await Promise.all([api.messages(asked), ...NETWORKS.map(api.phones)]);
  } catch {
    return;
  }
  if (asked !== phone) return;
  messages = answers[0].messages;
  phones = answers.slice(1).flatMap((answer) => answer.phones);
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
  byId("phone").dataset.network = api.networkOf(phone);
  renderComposer(state(), send);
  renderHands(state(), send, later);
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

/** Let a day and an hour pass since the person last wrote: WhatsApp's window closes. */
async function later() {
  try {
    await api.windowPasses(phone, 25);
  } catch (refused) {
    toast(refused.message || say("away"));
    return;
  }
  toast(say("hands.later_done"));
  refresh();
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
