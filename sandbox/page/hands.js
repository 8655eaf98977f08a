/** What a person on WhatsApp can do beside writing: a photo, blocking, staying away for a day. */

import { button, byId } from "./dom.js";
import { say } from "./words.js";

/** Draw it for what stands on the phone; nothing for a phone on Telegram. */
export function renderHands(state, send, later) {
  const hands = byId("hands");
  hands.hidden = state?.blocked === undefined || !state.phone.startsWith("+");
  if (hands.hidden) return;
  const block = state.blocked ? "unblock" : "block";
  hands.replaceChildren(
    button(say("hands.photo"), () => send({ photo: true }), { class: "quiet" }),
    button(say(`hands.${block}`), () => send({ [block]: true }), { class: "quiet" }),
    button(say("hands.later"), later, { class: "quiet" }),
  );
}
