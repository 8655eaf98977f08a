/** The screens of the POS terminal. */

import { button, byId, el, icon } from "./dom.js";
import { clockSeconds, dayAndClock, ltr, money } from "./format.js";
import { say } from "./words.js";

const PASSWORD_LENGTH = 6;

/** What PayBy's own sentence means for the cashier. */
const REASONS = [
  [/password/, "refused.password"],
  [/too low/, "refused.balance"],
  [/already paid/, "refused.paid"],
  [/expired/, "refused.expired"],
  [/cancelled/, "refused.cancelled"],
  [/does not know/, "refused.unknown"],
];

/** How a cashier can fail. */
const TROUBLES = ["refused", "no_balance", "extra_fee", "wrong_amount", "pos_error", "pos_error_after_payment"];

/** Draw the terminal at this step of the cashier's work, in this store. */
export function draw(step, store, acts) {
  byId("screen").dataset.step = step.name;
  byId("screen").replaceChildren(status(store), SCREENS[step.name](step, store, acts));
  byId("keypad").replaceChildren(...keys(step.name === "password"));
  byId("pos-hint").textContent = say("pos.password_hint", { password: store.password });
}

/** Lead the keyboard to what comes first on the screen. */
export function focusFirst() {
  byId("screen").querySelector("[data-first]")?.focus({ preventScroll: true });
}

function status({ shownName, wallet }) {
  return el(
    "header",
    { class: "screen-status" },
    el("span", { dir: "auto" }, shownName),
    el("strong", { id: "pos-balance" }, money(wallet)),
  );
}

const SCREENS = { home, eatm, scan, busy, order, troubles, failed, password, receipt, refused };

function home(_, __, acts) {
  const tiles = [
    tile("cash", "pos.e_atm", acts.eAtm),
    tile("scan", "pos.collect"),
    tile("bill", "pos.bills"),
    tile("gear", "pos.settings"),
  ];
  return page(say("pos.home"), el("div", { class: "tiles" }, ...tiles));
}

function eatm(_, __, acts) {
  const tiles = [tile("cash", "pos.cash_in", acts.cashIn), tile("bank", "pos.cash_out")];
  return page(say("pos.e_atm"), el("div", { class: "tiles" }, ...tiles), back(acts.home));
}

/** A tile of the menu; without something to do it is there but cannot be chosen. */
function tile(picture, key, onclick = null) {
  return button(say(key), onclick, { class: "tile", picture, disabled: !onclick });
}

function scan(_, __, acts) {
  const text = el("textarea", { rows: 2, dir: "ltr", spellcheck: "false", "aria-label": say("pos.paste"), placeholder: say("pos.paste") });
  const submit = (event) => {
    event.preventDefault();
    if (text.value.trim()) acts.scanText(text.value);
  };
  return page(
    say("pos.cash_in"),
    el("div", { class: "finder", "aria-hidden": "true" }, el("span")),
    el("p", { class: "screen-note" }, say("pos.aim")),
    button(say("pos.scan_newest"), acts.scanNewest, { class: "primary wide", picture: "scan", "data-first": true }),
    el("form", { class: "paste", onsubmit: submit }, text, el("button", { class: "quiet" }, say("pos.read"))),
    back(acts.eAtm),
  );
}

function busy() {
  return page(say("pos.wait"), el("div", { class: "spinner" }));
}

function order({ order: found }, { wallet }, acts) {
  const short = wallet.amount < found.amount;
  return page(
    say("pos.order"),
    el("p", { class: "sum" }, money(found)),
    facts([
      ["pos.number", ltr(found.merchantOrderNo), "mono"],
      ["pos.product", found.product],
      ["pos.expiry", dayAndClock(found.expiredTime)],
      ["pos.balance", money(wallet), short ? "short" : ""],
    ]),
    short && el("p", { class: "screen-warning" }, say("pos.short")),
    button(say("pos.collected", { amount: money(found) }), acts.collected, { class: "primary wide", "data-first": true }),
    button(say("pos.troubles"), acts.troubles, { class: "quiet wide" }),
    back(acts.cancel, say("cancel")),
  );
}

function troubles(_, __, acts) {
  const choices = TROUBLES.map((name) =>
    button(say(`trouble.${name}`), () => acts.fail(name), { class: "quiet wide", "data-first": name === TROUBLES[0] }),
  );
  return page(say("pos.troubles_title"), el("div", { class: "troubles" }, ...choices), back(acts.backToOrder));
}

function failed({ trouble }, _, acts) {
  return page(
    say("pos.cashier_says"),
    el("blockquote", { class: "says" }, say(`says.${trouble}`)),
    trouble === "pos_error_after_payment" && el("p", { class: "screen-warning" }, say("pos.paid_all_the_same")),
    el("p", { class: "screen-note" }, say("pos.tell_the_bot")),
    button(say("pos.try_again"), acts.backToOrder, { class: "primary wide", "data-first": true }),
    back(acts.home),
  );
}

function password({ order: asked }, _, acts) {
  const input = el("input", {
    id: "pos-password",
    type: "password",
    inputmode: "numeric",
    autocomplete: "off",
    maxlength: PASSWORD_LENGTH,
    "aria-label": say("pos.password"),
    "data-first": true,
  });
  const submit = (event) => {
    event.preventDefault();
    if (input.value) acts.pay(input.value);
  };
  return page(
    say("pos.password"),
    el("p", { class: "sum" }, money(asked)),
    el("form", { id: "pos-password-form", class: "password", onsubmit: submit }, input),
    el("p", { class: "screen-note" }, say("pos.password_note")),
    back(acts.backToOrder),
  );
}

function receipt({ receipt: paid }, store, acts) {
  const paper = el(
    "div",
    { class: "paper" },
    el("p", { class: "paper-title" }, say("pos.order_detail")),
    el("p", { class: "paper-status" }, icon("check"), "SUCCESS"),
    el("p", { class: "sum" }, money(paid)),
    facts([
      ["pos.number", ltr(paid.merchantOrderNo), "mono"],
      ["pos.product", paid.product],
      ["pos.paid_at", clockSeconds(paid.paidTime)],
      ["pos.store_name", store.shownName],
      ["pos.new_balance", money(store.wallet)],
    ]),
  );
  return page("", paper, button(say("pos.done"), acts.home, { class: "primary wide", "data-first": true }));
}

function refused({ sentence, order: tried }, _, acts) {
  const reason = REASONS.find(([pattern]) => pattern.test(sentence));
  return page(
    say("pos.refused"),
    el("div", { class: "refusal-mark" }, icon("cross")),
    el("p", { class: "refusal" }, say(reason?.[1] ?? "refused.other")),
    !reason && el("p", { class: "screen-note", dir: "auto" }, sentence),
    tried && el("p", { class: "screen-note" }, say("pos.keep_cash")),
    tried && button(say("pos.try_again"), acts.backToOrder, { class: "primary wide" }),
    button(say("pos.scan_again"), acts.cashIn, { class: "quiet wide", "data-first": true }),
    back(acts.home),
  );
}

const page = (title, ...content) =>
  el("div", { class: "screen-page" }, title && el("h3", {}, title), ...content);

const back = (onclick, words = say("pos.back")) => button(words, onclick, { class: "back", picture: "back" });

/** Pairs of what and how much; a third entry is the value's class. */
function facts(pairs) {
  const rows = pairs.map(([key, value, look]) =>
    el("div", {}, el("dt", {}, say(key)), el("dd", { class: look, dir: "auto" }, value)),
  );
  return el("dl", { class: "facts" }, ...rows);
}

/** The keys below the screen; they type the password and do nothing otherwise. */
function keys(active) {
  const input = () => byId("pos-password");
  const type = (digit) => {
    if (input().value.length < PASSWORD_LENGTH) input().value += digit;
  };
  const digit = (value) => padKey(value, "pad-key", () => type(value));
  const clear = padKey("C", "pad-key pad-clear", () => { input().value = ""; }, say("pos.clear"));
  const enter = padKey("OK", "pad-key pad-enter", () => byId("pos-password-form").requestSubmit(), say("pos.enter"));
  const made = [...[..."123456789"].map(digit), clear, digit("0"), enter];
  for (const key of made) key.disabled = !active;
  return made;
}

const padKey = (words, look, onclick, label = null) =>
  el("button", { type: "button", class: look, onclick, "aria-label": label }, words);
