/** The faults panel: let the next calls go wrong. */

import * as api from "./api.js";
import { on } from "./bus.js";
import { button, byId, el } from "./dom.js";
import { orToast } from "./toasts.js";
import { inTurn } from "./turns.js";
import { say } from "./words.js";

const FOREVER = "until cleared";

let targets = {};
let waiting = [];

/** Start the panel. */
export function startFaults() {
  on("faults", refresh);
  on("language", render);
}

const refresh = inTurn(async () => {
  try {
    ({ targets, waiting } = await api.faults());
  } catch {
    return;
  }
  render();
});

function render() {
  const panel = byId("faults");
  const chosen = panel.querySelector("[name=target]")?.value;
  const badge = waiting.length > 0 && el("span", { class: "badge" }, String(waiting.length));
  panel.replaceChildren(
    el("summary", {}, say("faults.title"), badge),
    el("p", { class: "area-note" }, say("faults.about")),
    form(chosen),
  );
  if (waiting.length) panel.append(list());
}

function form(chosen) {
  const target = select("target", Object.keys(targets), chosen);
  const mode = select("mode", targets[target.value] ?? []);
  const times = el("input", { name: "times", type: "number", min: 1, max: 99, value: 1, placeholder: "∞" });
  target.onchange = () => mode.replaceChildren(...options(targets[target.value]));
  const submit = (event) => {
    event.preventDefault();
    orToast(api.addFault({ target: target.value, mode: mode.value, times: Number(times.value) || FOREVER }).then(refresh));
  };
  return el(
    "form",
    { class: "fault-form", onsubmit: submit },
    el("label", {}, say("faults.target"), target),
    el("label", {}, say("faults.mode"), mode),
    el("label", { class: "fault-times" }, say("faults.times"), times),
    el("button", { class: "primary", disabled: !target.value }, say("faults.add")),
  );
}

const options = (values, chosen) =>
  values.map((value) => el("option", { value, selected: value === chosen }, value));

const select = (name, values, chosen) =>
  el("select", { name, dir: "ltr", class: "mono" }, ...options(values, chosen));

function line({ target, mode, times, chance, about }) {
  const often = times === FOREVER ? "∞" : times;
  const likely = chance === null ? "" : ` · ${Number((chance * 100).toPrecision(3))} %`;
  const aim = about === null ? "" : ` · ${about}`;
  return `${target} → ${mode} × ${often}${likely}${aim}`;
}

function list() {
  const lines = waiting.map((fault) => el("li", { dir: "ltr" }, el("code", {}, line(fault))));
  const clear = () => orToast(api.clearFaults().then(refresh));
  return el(
    "div",
    { class: "fault-list" },
    el("ul", {}, ...lines),
    button(say("faults.clear"), clear, { class: "quiet" }),
  );
}
