/** The sandbox's control API, one function per call. */

/** The sandbox refused (`status` ≥ 400) or could not be reached (`status` 0). */
export class Refused extends Error {
  constructor(status, sentence, answer = {}) {
    super(sentence);
    this.status = status;
    this.answer = answer;
  }
}

async function call(method, path, body) {
  const request = { method, headers: {} };
  if (body !== undefined) {
    request.headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, request);
  } catch {
    throw new Refused(0, "");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, answer.error ?? "", answer);
  return answer;
}

const part = encodeURIComponent;

/** A phone on WhatsApp is named by its number; one on Telegram by its user's id. */
export const networkOf = (phone) => (phone.startsWith("+") ? "whatsapp" : "telegram");

const phonePath = (phone) => `/sandbox/${networkOf(phone)}/${part(phone)}`;

export const health = () => call("GET", "/sandbox/health");
export const reset = () => call("POST", "/sandbox/reset");

export const phones = (network) => call("GET", `/sandbox/${network}`);
export const messages = (phone) => call("GET", `${phonePath(phone)}/messages`);
export const send = (phone, body) => call("POST", `${phonePath(phone)}/send`, body);
export const windowPasses = (phone, hours) =>
  call("POST", `${phonePath(phone)}/window`, { hours_ago: hours });

export const stores = () => call("GET", "/sandbox/pos/stores");
export const look = (qr, store) => call("POST", "/sandbox/pos/look", { qr, store });
export const leave = (qr, store) => call("POST", "/sandbox/pos/leave", { qr, store });
export const scan = (qr, store, password, trouble = undefined) =>
  call("POST", "/sandbox/pos/scan", { qr, store, password, trouble });

export const orders = () => call("GET", "/sandbox/payby/orders");
export const notify = (merchantOrderNo, how) =>
  call("POST", `/sandbox/payby/orders/${part(merchantOrderNo)}/notify`, how);

export const faults = () => call("GET", "/sandbox/faults");
export const addFault = (fault) => call("POST", "/sandbox/faults", fault);
export const clearFaults = () => call("DELETE", "/sandbox/faults");
