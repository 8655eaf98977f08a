/** PayBy's book: its orders, what the product answered to their notices, and ways to send more. */

import * as api from "./api.js";
import { emit, on } from "./bus.js";
import { button, byId, el } from "./dom.js";
import { clock, clockSeconds, dayAndClock, ltr, money } from "./format.js";
import { KeyedList } from "./keyed.js";
import { orToast, toast } from "./toasts.js";
import { inTurn } from "./turns.js";
import { canSay, say } from "./words.js";

const SHOWN_ATTEMPTS = 5;

/** The ways to send a notice: words, and what the control API is asked for. */
const SENDINGS = [
  ["book.again", {}],
  ["book.late", { delay_ms: 10_000 }],
  ["book.bad", { signature: "bad" }],
  ["book.twice", { times: 2, concurrent: true }],
];

let orders = [];
const cards = new KeyedList(byId("orders"), ({ merchantOrderNo }) => merchantOrderNo, card);

/** Start the book. */
export function startBook() {
  on("orders", refresh);
  on("language", () => {
    cards.forget();
    render();
  });
}

const refresh = inTurn(async () => {
  try {
    orders = (await api.orders()).orders;
  } catch {
    return;
  }
  orders.sort((one, other) => other.requestTime - one.requestTime);
  render();
  emit("booked", orders);
});

function render() {
  cards.show(orders, empty);
  const paid = orders.filter(({ paymentInfo }) => paymentInfo);
  const amount = paid.reduce((sum, { totalAmount }) => sum + totalAmount.amount, 0);
  const sum = { paid: paid.length, all: orders.length, amount: money({ amount, currency: "AED" }) };
  byId("book-sum").textContent = orders.length ? say("book.sum", sum) : "";
}

function empty() {
  return el(
    "div",
    { class: "empty" },
    el("strong", {}, say("book.empty_title")),
    el("p", {}, say("book.empty")),
  );
}

function card(order) {
  return el(
    "article",
    { class: "order rises", "data-number": order.merchantOrderNo, "data-status": order.status },
    el(
      "header",
      { class: "order-head" },
      el("strong", { class: "order-sum" }, money(order.totalAmount)),
      pill(order),
    ),
    el("p", { class: "order-what" }, el("span", { dir: "auto" }, productOf(order)), " · ", moment(order)),
    el("p", { class: "order-number mono" }, ltr(order.merchantOrderNo)),
    attempts(order),
    sendings(order),
  );
}

/** What is bought, in the page's language where the merchant told it. */
const productOf = ({ subject, subjectAr }) =>
  document.documentElement.lang === "ar" && subjectAr ? subjectAr : subject;

function pill({ status, failCode }) {
  const key = `failure.${failCode}`;
  const words = canSay(key) ? say(key) : canSay(`status.${status}`) ? say(`status.${status}`) : status;
  return el("span", { class: "pill", title: failCode ?? status }, words);
}

function moment({ status, paymentInfo, expiredTime, requestTime }) {
  if (paymentInfo) return say("book.paid_at", { time: clockSeconds(paymentInfo.paidTime) });
  if (status === "CREATED") return say("book.until", { time: dayAndClock(expiredTime) });
  return say("book.made_at", { time: clock(requestTime) });
}

function attempts({ notices }) {
  if (!notices.length) return el("p", { class: "attempts-none" }, say("book.no_notice"));
  const lines = notices.slice(-SHOWN_ATTEMPTS).map(({ at, status, body, accepted }) =>
    el(
      "li",
      { class: accepted ? "accepted" : "refused" },
      el("time", {}, clockSeconds(at)),
      el("strong", {}, status ?? "—"),
      el("code", { dir: "ltr", title: body }, body),
    ),
  );
  return el("ol", { class: "attempts", "aria-label": say("book.attempts") }, ...lines);
}

function sendings({ merchantOrderNo, notifyUrl, notices }) {
  const wordsOf = (key) => (key === "book.again" && !notices.length ? "book.now" : key);
  const made = SENDINGS.map(([key, how]) =>
    button(say(wordsOf(key)), () => sendNotice(merchantOrderNo, how), { class: "chip", disabled: !notifyUrl }),
  );
  return el("div", { class: "sendings", role: "group", "aria-label": say("book.send") }, ...made);
}

async function sendNotice(merchantOrderNo, how) {
  if (how.delay_ms) toast(say("book.on_its_way", { seconds: how.delay_ms / 1000 }));
  await orToast(api.notify(merchantOrderNo, how));
}
