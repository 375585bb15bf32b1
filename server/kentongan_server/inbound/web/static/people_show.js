// @ts-check
// What every small page shows alike: a title, a sentence why, a problem, a form.

import { ask, Refused } from "./api.js";
import { byId, element, write } from "./element.js";
import { t } from "./words.js";

/** Write the page's title and the sentence below it. */
export function title(text, why = "") {
  write(byId("title"), text);
  document.title = `${text} · Kentongan`;
  write(byId("why"), why);
  byId("why").hidden = !why;
}

/** Put these elements where the page's content is; the field that is asked for first has the focus, on every step. */
export function content(...children) {
  byId("content").replaceChildren(...children);
  document.querySelector("#content [autofocus]")?.focus();
}

/** Write this problem above the page's content, and bring it into sight: the button may be far below. */
export function problem(text) {
  const box = byId("problem");
  box.hidden = false;
  write(box, text);
  box.scrollIntoView({ block: "center" });
}

/** Do it; a refusal is shown in words (`words` by status, else the server's own), and null is the answer. */
export async function shown(work, words = {}) {
  const box = byId("problem");
  try {
    const answer = await work();
    box.hidden = true;
    return answer ?? {};
  } catch (error) {
    const refused = error instanceof Refused;
    if (!refused) box.dataset.passing = "yes";
    const key = refused ? (words[error.status] ?? (error.status === 429 ? "problem.many" : "problem.refused")) : "problem.unreachable";
    problem(t(key, { detail: error.message }));
    return null;
  }
}

/** A button that does it at the second tap: what is taken away is asked once more. */
export function twice(word, sure, work) {
  const button = element("button", { class: "quiet-button", type: "button" }, t(word));
  button.addEventListener("click", async () => {
    if (button.dataset.sure !== "yes") {
      button.dataset.sure = "yes";
      write(button, t(sure));
      return;
    }
    button.disabled = true;
    await work();
    button.disabled = false;
  });
  return button;
}

/** The words for this purpose, in force or of an earlier version, in the page's language (Javanese reads the Indonesian). */
export async function consentTo(purpose, version = null) {
  const asked = version === null ? "" : `?version=${encodeURIComponent(version)}`;
  const texts = await shown(() => ask(`/api/v1/consent-texts${asked}`));
  const found = Array.isArray(texts) && texts.find((one) => one.purpose === purpose);
  if (!found) return null;
  const english = document.documentElement.lang === "en";
  return {
    purpose,
    version: found.version,
    lang: english ? "en" : "id",
    text: english ? found.en : found.id,
    consequence: english ? found.consequence_en : found.consequence_id,
  };
}

/** A form of these fields ({name: {label, ...attributes}}); `send` is given their values. */
export function form(fields, button, send) {
  const inputs = Object.entries(fields).map(([name, { label, ...more }]) =>
    element("label", {}, label, element("input", { name, id: name, ...more })),
  );
  const go = element("button", { class: "main-button", type: "submit" }, button);
  const made = element("form", { novalidate: true }, ...inputs, go);
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    go.disabled = true;
    const values = Object.fromEntries(Array.from(new FormData(made), ([name, value]) => [name, String(value).trim()]));
    await send(values);
    go.disabled = false;
  });
  return made;
}

/** The server's QR code as a picture: as an image it can run nothing. */
export function qr(svg, label) {
  return element("img", { class: "qr", alt: label, src: `data:image/svg+xml,${encodeURIComponent(withNamespace(svg))}` });
}

/** The RT's name, or its code where it is not told. */
export async function nameOf(region) {
  const found = await shown(() => ask("/api/v1/regions"));
  return (Array.isArray(found) && found.find(({ code }) => code === region)?.name) || region;
}

/** The day, hour and minute in Semarang. */
export function moment(at) {
  return new Date(at).toLocaleString(locale(), { timeZone: "Asia/Jakarta", dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });
}

/** The hour and minute in Semarang. */
export function hour(at) {
  return new Date(at).toLocaleTimeString(locale(), { timeZone: "Asia/Jakarta", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

function locale() {
  return document.documentElement.lang === "en" ? "en-GB" : "id-ID";
}

function withNamespace(svg) {
  return svg.includes("xmlns=") ? svg : svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"');
}
