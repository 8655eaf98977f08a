/** The cashier's POS: what it does at each step; its screens are in pos_screens.js. */

import * as api from "./api.js";
import { emit, on } from "./bus.js";
import { byId, el } from "./dom.js";
import { money } from "./format.js";
import { recall, remember } from "./memory.js";
import { chatMessages } from "./phone.js";
import { draw, focusFirst } from "./pos_screens.js";
import { codeIn } from "./qr_picture.js";
import { inTurn } from "./turns.js";
import { say } from "./words.js";

let stores = [];
let storeId = recall("store", null);
let step = { name: "home" };

/** Start the POS at its home screen. */
export function startPos() {
  on("stores", refreshStores);
  on("language", () => {
    listStores();
    show();
  });
  on("scan", (code) => {
    byId("pos").scrollIntoView({ block: "nearest" });
    look(code);
  });
  byId("store-choice").onchange = ({ target }) => chooseStore(target.value);
}

const store = () => stores.find(({ id }) => id === storeId);

const refreshStores = inTurn(async () => {
  const before = JSON.stringify(store());
  try {
    stores = (await api.stores()).stores;
  } catch {
    return;
  }
  if (!store()) storeId = stores[0]?.id ?? null;
  listStores();
  if (JSON.stringify(store()) !== before) show(); // else a password half typed would be lost
});

function chooseStore(id) {
  storeId = id;
  remember("store", id);
  if (step.order) look(step.qr);
  else go({ name: "home" });
}

function listStores() {
  const options = stores.map((each) =>
    el("option", { value: each.id, selected: each.id === storeId }, storeLine(each)),
  );
  byId("store-choice").replaceChildren(...options);
}

const storeLine = (each) => `${nameOf(each)} · ${money(walletOf(each))}`;

/** What a store's wallet holds. */
const walletOf = ({ balance, currency }) => ({ amount: balance, currency });

/** A store's name in the page's language. */
function nameOf({ name, name_ar: arabic }) {
  return document.documentElement.lang === "ar" ? arabic : name;
}

function go(next) {
  step = next;
  show();
  focusFirst();
}

function show() {
  const at = store();
  if (at) draw(step, { ...at, shownName: nameOf(at), wallet: walletOf(at) }, acts);
}

/** What the cashier can do; the screens call these. */
const acts = {
  home: () => go({ name: "home" }),
  eAtm: () => go({ name: "eatm" }),
  cashIn: () => go({ name: "scan" }),
  scanText: (qr) => look(qr.trim()),
  scanNewest,
  cancel,
  troubles: () => go({ ...step, name: "troubles" }),
  fail,
  collected: () => go({ ...step, name: "password" }),
  backToOrder: () => go({ ...step, name: "order" }),
  pay,
};

/** Hold the newest code of the chat to the POS, whatever pictures came after it. */
async function scanNewest() {
  go({ name: "busy" });
  const pictures = chatMessages().filter((message) => message.photo_url);
  const codes = await Promise.all(pictures.map((message) => codeIn(message.photo_url)));
  const newest = codes.findLast((code) => code !== null);
  if (newest === undefined) refuse(say("pos.no_code"));
  else look(newest);
}

async function look(qr) {
  go({ name: "busy" });
  try {
    const order = await api.look(qr, storeId);
    go({ name: "order", qr, order });
    emit("looked", order);
  } catch (refused) {
    refuse(refused.message || say("away"));
  }
}

async function pay(password) {
  const { qr, order } = step;
  go({ name: "busy", qr, order });
  try {
    const receipt = await api.scan(qr, storeId, password);
    await refreshStores();
    go({ name: "receipt", receipt });
  } catch (refused) {
    refuse(refused.message || say("away"), { qr, order });
  }
}

/** Give the code back; whether PayBy hears of it matters to nobody here. */
function cancel() {
  api.leave(step.qr, storeId).catch(() => {});
  go({ name: "home" });
}

/** Let the cashier fail in this way. */
async function fail(trouble) {
  const { qr, order } = step;
  go({ name: "busy", qr, order });
  try {
    await api.scan(qr, storeId, store().password, trouble);
  } catch (refused) {
    await refreshStores();
    if (refused.answer?.trouble) go({ name: "failed", qr, order, trouble });
    else refuse(refused.message || say("away"), { qr, order });
  }
}

function refuse(sentence, { qr, order } = {}) {
  go({ name: "refused", sentence, qr, order });
}
