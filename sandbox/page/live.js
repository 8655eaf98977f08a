/** Hears from the sandbox what changed, and asks by the clock while it cannot hear. */

import { emit } from "./bus.js";

const KINDS = ["chat", "orders", "stores", "faults"];
const POLL_MS = 2000;

/** Start listening; every listener of the bus is told once at the start. */
export function listen() {
  const source = new EventSource("/sandbox/events");
  let timer = null;
  source.onmessage = ({ data }) => tell(JSON.parse(data));
  source.onopen = () => {
    clearInterval(timer);
    timer = null;
    tell({ changed: "everything" });
  };
  source.onerror = () => {
    timer ??= setInterval(tell, POLL_MS, { changed: "everything" });
  };
}

function tell({ changed, ...detail }) {
  for (const kind of changed === "everything" ? KINDS : [changed]) emit(kind, detail);
}
