/** Every word of the page, in the language chosen; the words are in words.en.json and words.ar.json. */

import { emit } from "./bus.js";

export const LANGUAGES = ["en", "ar"];

let dictionary = {};
let chosen = null;

/** Show the page in this language, right to left where it is written so. */
export async function speak(language) {
  chosen = language;
  const response = await fetch(`/page/words.${language}.json`);
  const words = await response.json();
  if (language !== chosen) return; // another was chosen meanwhile
  dictionary = words;
  document.documentElement.lang = language;
  document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
  sayStaticWords();
  emit("language", language);
}

/** The words of this key, `{named}` places filled. */
export function say(key, values = {}) {
  return dictionary[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Whether there are words of this key: for keys made of what PayBy answers. */
export const canSay = (key) => key in dictionary;

/** Fill what index.html marks: data-say is text, data-say-label a name for screen readers. */
function sayStaticWords() {
  for (const node of document.querySelectorAll("[data-say]")) {
    node.textContent = say(node.dataset.say);
  }
  for (const node of document.querySelectorAll("[data-say-label]")) {
    node.setAttribute("aria-label", say(node.dataset.sayLabel));
  }
  for (const node of document.querySelectorAll("[data-say-placeholder]")) {
    node.setAttribute("placeholder", say(node.dataset.sayPlaceholder));
  }
  document.title = say("title");
}
