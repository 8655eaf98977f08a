/** Short messages of the page itself, for what went wrong or was done. */

import { byId, el } from "./dom.js";
import { say } from "./words.js";

const SHOWN_MS = 5000;

/** Show a sentence for a few seconds. */
export function toast(sentence) {
  const shown = el("p", { class: "toast", dir: "auto" }, sentence);
  byId("toasts").append(shown);
  setTimeout(() => shown.remove(), SHOWN_MS);
}

/** Run a call to the sandbox; a refusal is shown, and undefined returned. */
export async function orToast(promise) {
  try {
    return await promise;
  } catch (refused) {
    toast(refused.message || say("away"));
    return undefined;
  }
}
