/** Sharing a location: a list of places in the UAE, or typed coordinates. */

import { button, el, icon } from "./dom.js";
import { actions, close, open } from "./viewer.js";
import { say } from "./words.js";

const PLACES = [
  ["deira", 25.2713, 55.3075],
  ["marina", 25.0805, 55.1403],
  ["sharjah", 25.3463, 55.4209],
  ["ajman", 25.4052, 55.5136],
  ["abu_dhabi", 24.4767, 54.3705],
  ["al_ain", 24.2075, 55.7447],
  ["ras_al_khaimah", 25.7895, 55.9432],
  ["fujairah", 25.1288, 56.3265],
];

/** Let the payer choose where they are, and hand over `{latitude, longitude}`. */
export function choosePlace(share) {
  const chosen = (latitude, longitude) => {
    close();
    share({ latitude, longitude });
  };
  const places = PLACES.map(([key, latitude, longitude]) =>
    el(
      "button",
      { type: "button", class: "choice", onclick: () => chosen(latitude, longitude) },
      icon("pin"),
      say(`place.${key}`),
    ),
  );
  open(
    say("place.title"),
    el("p", {}, say("place.about")),
    el("div", { class: "choices" }, ...places),
    typed(chosen),
  );
}

function typed(chosen) {
  const latitude = coordinate("latitude", 90, "25.2048");
  const longitude = coordinate("longitude", 180, "55.2708");
  const submit = (event) => {
    event.preventDefault();
    chosen(Number(latitude.value), Number(longitude.value));
  };
  return el(
    "form",
    { class: "typed-place", onsubmit: submit },
    el("label", {}, say("place.latitude"), latitude),
    el("label", {}, say("place.longitude"), longitude),
    actions(
      button(say("cancel"), close, { class: "quiet" }),
      el("button", { class: "primary" }, say("place.typed")),
    ),
  );
}

const coordinate = (name, most, placeholder) =>
  el("input", { name, type: "number", step: "any", min: -most, max: most, placeholder, required: true, dir: "ltr" });
