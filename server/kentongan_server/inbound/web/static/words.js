// @ts-check
// The page's words, in Indonesian and English. The dictionaries are the i18n files, which the server's template reads too.

let words = {};
let language = "id";

/** Load the dictionary of this language (`room`: of which pages) and repaint everything that the template marked. */
export async function speak(wanted, room = "") {
  const response = await fetch(new URL(`./i18n/${room}${wanted}.json`, import.meta.url));
  if (!response.ok) throw new Error(`no dictionary for ${wanted}`);
  words = await response.json();
  language = wanted;
  document.documentElement.lang = wanted;
  document.title = t("page.title");
  for (const [attribute, target] of Object.entries(MARKS)) {
    for (const node of document.querySelectorAll(`[${attribute}]`)) {
      const text = t(node.getAttribute(attribute));
      if (target) node.setAttribute(target, text);
      else node.textContent = text;
    }
  }
}

const MARKS = { "data-t": null, "data-t-label": "aria-label", "data-t-title": "title", "data-t-placeholder": "placeholder" };

/** The sentence for `key` with its {places} filled; a missing key is a fault of ours and shown as such. */
export function t(key, values = {}) {
  const sentence = words[key];
  if (sentence === undefined) {
    console.error(`no word for ${key}`);
    return key;
  }
  return sentence.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** True when this language has a sentence for `key`. */
export function has(key) {
  return key in words;
}

/** "id" or "en". */
export function spoken() {
  return language;
}

/** A number with `digits` decimals as it is written here: 0,31 in Indonesian, 0.31 in English. */
export function number(value, digits = 0) {
  return value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** The time of day in Semarang with seconds, "19.42.05 WIB" or "19:42:05 WIB", for any clock the browser may have. */
export function clockTime(at) {
  const time = new Date(at).toLocaleTimeString(language === "id" ? "id-ID" : "en-GB", {
    timeZone: "Asia/Jakarta",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  return `${time} WIB`;
}
