/** Amounts and moments as the page writes them: Latin digits, Gulf time. */

const locale = () => (document.documentElement.lang === "ar" ? "ar-AE-u-nu-latn" : "en-GB");

const gulf = (moment, fields) =>
  new Intl.DateTimeFormat(locale(), { timeZone: "Asia/Dubai", ...fields }).format(moment);

/** `AED 1,050.00` of an amount and its currency, kept left to right also inside Arabic. */
export function money({ amount, currency }) {
  const digits = Number(amount).toLocaleString("en", { minimumFractionDigits: 2 });
  return `\u2066${currency}\u00a0${digits}\u2069`;
}

/** `18:05` of milliseconds since the epoch. */
export const clock = (ms) => gulf(ms, { hour: "2-digit", minute: "2-digit", hour12: false });

/** `18:05:09`. */
export const clockSeconds = (ms) =>
  gulf(ms, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });

/** `2 Nov, 18:05`. */
export const dayAndClock = (ms) =>
  gulf(ms, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false });

/** Text that is always left to right, such as an order number, safe inside Arabic. */
export const ltr = (text) => `\u2066${text}\u2069`;
