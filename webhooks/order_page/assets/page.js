// Keeps the page true while its order moves on: a countdown, news, the nearest stores.
// Everything it shows is made by the server; without it the page is right at load.

const POLL_MS = 5_000;
const PATIENCE_MS = 10_000;
const MOST_FAILURES = 3;
const own = document.body.dataset.token;
const here = location.pathname.replace(/[^/]*$/, "");
const clockIsOff = Date.now() - Number(document.body.dataset.now);
const all = (selector) => document.querySelectorAll(selector);

let looking = false;

function reveal() {
  const abilities = { print: true, locate: navigator.geolocation, "about-location": navigator.geolocation };
  for (const each of all("[data-do]")) each.hidden = !abilities[each.dataset.do];
}

function countDown() {
  for (const line of all("[data-until]")) {
    const left = Math.ceil((Number(line.dataset.until) - (Date.now() - clockIsOff)) / 1000);
    const two = (number) => String(number).padStart(2, "0");
    const [hours, minutes, seconds] = [left / 3600, (left / 60) % 60, left % 60].map(Math.floor);
    line.hidden = left < 0;
    line.querySelector("[role=timer]").textContent = `${hours}:${two(minutes)}:${two(seconds)}`;
    if (left < 0 && !line.dataset.over) {
      line.dataset.over = "yes";
      look();
    }
  }
}

// Fetches the page anew and takes over what it says; a search for stores stays.
async function look() {
  if (looking) return;
  looking = true;
  try {
    const answer = await fetch(location.pathname + location.search, { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.status);
    take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    online(true);
  } catch {
    online(false);
  } finally {
    looking = false;
  }
}

function take(fresh) {
  if (fresh.body.dataset.version === document.body.dataset.version) return;
  const found = document.querySelector("#found");
  const place = fresh.querySelector("#found");
  if (found && place) place.replaceWith(found);
  const wasInside = document.querySelector("#parts").contains(document.activeElement);
  document.querySelector("#parts").replaceWith(document.adoptNode(fresh.querySelector("#parts")));
  const state = document.querySelector("#state");
  const newState = fresh.querySelector("#state");
  state.className = newState.className;
  state.replaceChildren(...newState.childNodes);
  Object.assign(document.body.dataset, fresh.body.dataset);
  if (!document.querySelector(":target") && location.hash) history.replaceState(null, "", location.pathname + location.search);
  if (wasInside) state.focus();
  state.scrollIntoView({ block: "nearest" });
  reveal();
  countDown();
}

function online(yes) {
  document.querySelector("#offline").hidden = yes;
}

const isFinal = () => "final" in document.body.dataset;

async function poll() {
  while (!isFinal()) {
    await new Promise((done) => setTimeout(done, POLL_MS));
    if (document.hidden) continue;
    try {
      const answer = await fetch(`${here}${own}/state`, { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.status);
      online(true);
      const { version } = await answer.json();
      if (version !== document.body.dataset.version) await look();
    } catch {
      online(false);
    }
  }
}

// The browser connects anew by itself. Where that leads nowhere (no room for one more
// viewer, or something on the way that lets no stream through) the page asks instead.
function listen() {
  const news = new EventSource(`${here}${own}/events`);
  let failures = 0;
  const stop = () => {
    clearTimeout(patience);
    news.close();
  };
  const giveUp = () => {
    stop();
    poll();
  };
  const patience = setTimeout(giveUp, PATIENCE_MS);
  news.onmessage = async ({ data }) => {
    clearTimeout(patience);
    failures = 0;
    online(true);
    const { version, is_final: isOver } = JSON.parse(data);
    if (isOver) stop();
    if (version !== document.body.dataset.version) await look();
    if (isOver && !isFinal()) poll();
  };
  news.onerror = () => {
    failures += 1;
    if (news.readyState === EventSource.CLOSED || failures === MOST_FAILURES) giveUp();
  };
}

async function showStores({ coords }) {
  const found = document.querySelector("#found");
  const { latitude, longitude } = coords;
  const lang = document.documentElement.lang;
  try {
    const answer = await fetch(`${here}${own}/stores`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ latitude, longitude, lang }),
    });
    if (!answer.ok) throw new Error(answer.status);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    found.replaceChildren(...fresh.body.childNodes);
    online(true);
  } catch {
    online(false);
  }
}

function sayNoLocation() {
  const found = document.querySelector("#found");
  const sentence = document.createElement("p");
  sentence.textContent = found.dataset.noLocation;
  found.replaceChildren(sentence);
}

document.addEventListener("click", ({ target }) => {
  const wish = target.closest("button[data-do]")?.dataset.do;
  if (wish === "print") print();
  if (wish === "locate") {
    navigator.geolocation.getCurrentPosition(showStores, sayNoLocation, { timeout: 10_000, maximumAge: 60_000 });
  }
  if (target.closest(".enlarge")) document.documentElement.requestFullscreen?.().catch(() => {});
  if (target.closest(".close") && document.fullscreenElement) document.exitFullscreen();
});
document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape" && location.hash === "#cashier") location.hash = "#code";
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && !isFinal()) look();
});

reveal();
countDown();
setInterval(countDown, 1000);
if (!isFinal()) listen();
