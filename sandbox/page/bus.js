/**
 * What the parts of the page tell each other.
 *
 * From the sandbox: `chat`, `orders`, `stores`, `faults` changed (ask the control API).
 * From the page: `language` and `phone` were chosen, `scan` (a code was held to the POS),
 * `grown` (a message of the chat became longer).
 */

const bus = new EventTarget();

/** Call `listener` with the detail of each event of this name. */
export function on(name, listener) {
  bus.addEventListener(name, (event) => listener(event.detail));
}

/** Tell everybody who listens. */
export function emit(name, detail = null) {
  bus.dispatchEvent(new CustomEvent(name, { detail }));
}
