// @ts-check
// What one agrees to before a channel is added, and the way back. Who had channels before they were asked is asked now.

import { ask } from "./api.js";
import { byId, element } from "./element.js";
import { consentTo, problem, shown, twice } from "./people_show.js";
import { pushProblem, unsubscribe } from "./people_push.js";
import { t } from "./words.js";

const CONSENTS = "/api/v1/me/consents";
const CHANNELS = "/api/v1/me/channels";

/** Fill #consent for these channels of mine; `again` shows the page anew. What it gives is asked at each adding: the fields
 * that say yes with it, or null (and a complaint) while nobody has agreed. */
export async function consenting({ agreed, channels }, again) {
  const words = await consentTo("channels");
  if (!words) return () => null;
  if (agreed) {
    byId("consent").replaceChildren(...agreement(words, again));
    return () => ({});
  }
  const box = element("input", { type: "checkbox", id: "agreed", name: "agreed" });
  const asked = channels.length ? asking(words, channels, again) : [element("label", { class: "agree" }, box, element("span", { lang: words.lang }, words.text))];
  byId("consent").replaceChildren(element("h3", {}, t("consent.title")), ...asked);
  return () => {
    if (box.checked) return { consent: words.version };
    problem(t(channels.length ? "consent.must_decide" : "consent.must_agree"));
    byId(channels.length ? "agree" : "agreed").focus();
    return null;
  };
}

/** End the agreement to be told over channels, here and in this browser; null when it was refused. */
export async function endChannels() {
  const ended = await shown(() => ask(`${CONSENTS}/channels`, { method: "DELETE" }));
  if (ended && !pushProblem()) await unsubscribe();
  return ended;
}

function agreement(words, again) {
  const end = twice("data.withdraw", "consent.withdraw_sure", async () => {
    if (await endChannels()) await again();
  });
  end.id = "withdraw";
  const more = element("details", {}, element("summary", {}, t("consent.given")), element("p", { class: "why", lang: words.lang }, words.text));
  more.append(element("p", { class: "why" }, t("data.consequence", { text: words.consequence })), end);
  return [more];
}

function asking(words, channels, again) {
  const yes = element("button", { class: "main-button", type: "button", id: "agree" }, t("data.agree"));
  yes.addEventListener("click", async () => {
    const body = { purpose: words.purpose, version: words.version };
    if (await shown(() => ask(CONSENTS, { method: "POST", body }))) await again();
  });
  const no = twice("consent.refuse", "channels.remove_sure", async () => {
    for (const one of channels) if (!(await shown(() => ask(`${CHANNELS}/${encodeURIComponent(one.id)}`, { method: "DELETE" })))) return;
    if (!pushProblem()) await unsubscribe();
    await again();
  });
  no.id = "refuse";
  return [
    element("p", { class: "why" }, t("consent.before")),
    element("p", { lang: words.lang }, words.text),
    element("div", { class: "acts" }, yes, no),
  ];
}
