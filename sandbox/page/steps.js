/** The four steps of the story; each ticks itself off as it happens on this phone. */

import { on } from "./bus.js";
import { byId, el, icon } from "./dom.js";
import { say } from "./words.js";

let messages = [];
let orders = [];
let looked = new Set();

/** Start the strip. */
export function startSteps() {
  on("messages", (found) => render((messages = found)));
  on("booked", (found) => render((orders = found)));
  on("looked", ({ merchantOrderNo }) => render(looked.add(merchantOrderNo)));
  on("language", render);
}

/** Which of the four steps happened to the newest order on this phone. */
function done() {
  const typed = messages.some(({ from, text }) => from === "user" && text?.startsWith("/topup"));
  const order = orders.find(({ merchantOrderNo }) =>
    messages.some(({ from, text }) => from === "bot" && text?.includes(merchantOrderNo)),
  );
  const paid = Boolean(order?.paymentInfo);
  const told = paid && order.notices.some(({ accepted }) => accepted);
  return [typed || Boolean(order), Boolean(order), paid || looked.has(order?.merchantOrderNo), told];
}

function render() {
  const ticks = done();
  const current = ticks.indexOf(false);
  const steps = ticks.map((isDone, at) =>
    el(
      "li",
      { class: isDone ? "step done" : "step", "aria-current": at === current && "step" },
      el("span", { class: "step-mark" }, isDone ? icon("check") : String(at + 1)),
      el("span", {}, say(`step.${at + 1}`), isDone && el("span", { class: "hidden-words" }, say("step.done"))),
    ),
  );
  byId("steps").replaceChildren(...steps);
}
