// @ts-check
// My data: a copy of all of it, what I agreed to, and the wish to be forgotten.

import { ask } from "./api.js";
import { element } from "./element.js";
import { endChannels } from "./people_consent.js";
import { consentTo, content, form, moment, shown, title } from "./people_show.js";
import { t } from "./words.js";

/** Show it all; after every change anew. */
export async function data() {
  title(t("data.title"), t("data.why"));
  const consents = await shown(() => ask("/api/v1/me/consents"));
  const wish = await shown(() => ask("/api/v1/me/erasure"));
  if (!Array.isArray(consents) || !wish) return;
  const agreements = [];
  for (const purpose of ["membership", "channels"]) {
    const words = await consentTo(purpose);
    if (words) agreements.push(agreement(words, consents.find((one) => one.purpose === purpose)));
  }
  const download = element("a", { class: "main-button", href: "/api/v1/me/data", download: "kentongan.json" }, t("data.export"));
  content(download, element("h3", {}, t("data.consents")), ...agreements, ...(wish.due_at ? taking(wish) : [asking()]));
}

function agreement(words, consent) {
  const holds = consent && !consent.withdrawn_at;
  const state = !consent
    ? t("data.none")
    : holds
      ? t("data.agreed", { time: moment(consent.agreed_at), version: consent.version })
      : t("data.withdrawn", { time: moment(consent.withdrawn_at) });
  const button = element("button", { class: "tool", type: "button" }, t(holds ? "data.withdraw" : "data.agree"));
  button.addEventListener("click", async () => {
    const path = "/api/v1/me/consents";
    const body = { purpose: words.purpose, version: words.version };
    const work = () => (holds ? ask(`${path}/${words.purpose}`, { method: "DELETE" }) : ask(path, { method: "POST", body }));
    const done = holds && words.purpose === "channels" ? await endChannels() : await shown(work);
    if (done) await data();
  });
  const consequence = holds ? element("p", { class: "why" }, t("data.consequence", { text: words.consequence })) : "";
  return element("section", { class: "consent" }, element("p", {}, words.text), element("p", {}, state), consequence, button);
}

function asking() {
  const fields = { secret: { label: t("data.password"), type: "password", autocomplete: "current-password" } };
  return form(fields, t("data.erase"), async ({ secret }) => {
    const body = /^[0-9]{4,8}$/.test(secret) ? { pin: secret } : { password: secret };
    if (await shown(() => ask("/api/v1/me/erasure", { method: "POST", body }))) await data();
  });
}

function taking(wish) {
  const back = element("button", { class: "main-button", type: "button" }, t("data.think_again"));
  back.addEventListener("click", async () => {
    if (await shown(() => ask("/api/v1/me/erasure", { method: "DELETE" }))) await data();
  });
  const kept = wish.kept.map((one) => element("li", {}, t("data.kept", one)));
  return [element("p", {}, t("data.asked", { time: moment(wish.due_at) })), element("ul", {}, ...kept), back];
}
