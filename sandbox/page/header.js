/** The header: whether everything is up, and the way to start over. */

import * as api from "./api.js";
import { on } from "./bus.js";
import { byId, el } from "./dom.js";
import { orToast } from "./toasts.js";
import { ask } from "./viewer.js";
import { say } from "./words.js";

const EVERY_MS = 5000;

let state = "waiting";

/** Start the health light and the reset button. */
export function startHeader() {
  byId("reset").onclick = () =>
    ask(say("reset.title"), say("reset.about"), say("reset.yes"), () => orToast(api.reset()));
  on("language", render);
  check();
}

async function check() {
  const before = state;
  try {
    state = (await api.health()).ready ? "ready" : "waiting";
  } catch (refused) {
    state = refused.status ? "waiting" : "away";
  }
  if (state !== before) render();
  setTimeout(check, EVERY_MS);
}

function render() {
  const light = byId("health");
  light.dataset.is = state;
  light.title = say(`health.${state}`);
  light.replaceChildren(el("span", {}, say(`health.${state}`)));
}
