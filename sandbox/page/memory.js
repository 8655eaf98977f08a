/** What this browser remembers of the page: the phone chosen, its language, the store. */

const name = (key) => `cash-top-up.${key}`;

/** What was remembered under this key, or the fallback; a browser may forbid remembering. */
export function recall(key, fallback) {
  try {
    return localStorage.getItem(name(key)) ?? fallback;
  } catch {
    return fallback;
  }
}

/** Remember a text under this key, where the browser allows it. */
export function remember(key, value) {
  try {
    localStorage.setItem(name(key), value);
  } catch {
    // Then it is chosen again next time.
  }
}
