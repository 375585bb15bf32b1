// @ts-check
// My data: a copy of all of it, what I agreed to, and the wish to be forgotten.

import { ask } from "./api.js";
import { element } from "./element.js";
import { endChannels } from "./people_consent.js";
import { consentTo, content, form, moment, shown, title, twice } from "./people_show.js";
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
    const consent = consents.find((one) => one.purpose === purpose);
    const outdated = consent && !consent.withdrawn_at && !consent.current;
    const earlier = outdated ? await consentTo(purpose, consent.version) : null;
    if (words) agreements.push(agreement(earlier ?? words, consent, earlier && words));
  }
  const download = element("a", { class: "main-button", href: "/api/v1/me/data", download: "kentongan.json" }, t("data.export"));
  content(
    download,
    element("section", { class: "part" }, element("h3", {}, t("data.consents")), ...agreements),
    element("section", { class: "part" }, element("h3", {}, t("data.erase_title")), ...(wish.due_at ? taking(wish) : asking())),
  );
}

/** What was or can be agreed to; `newer` are words that took the place of those since, and ask for an answer of their own. */
function agreement(words, consent, newer) {
  const holds = consent && !consent.withdrawn_at;
  const state = !consent
    ? t("data.none")
    : holds
      ? t("data.agreed", { time: moment(consent.agreed_at), version: consent.version })
      : t("data.withdrawn", { time: moment(consent.withdrawn_at) });
  const path = "/api/v1/me/consents";
  const end = () => (words.purpose === "channels" ? endChannels() : shown(() => ask(`${path}/${words.purpose}`, { method: "DELETE" })));
  const again = async (work) => {
    if (await work()) await data();
  };
  const agreeing = ({ purpose, version }) => {
    const button = element("button", { class: "quiet-button", type: "button", "data-act": "agree" }, t("data.agree"));
    button.addEventListener("click", () => again(() => shown(() => ask(path, { method: "POST", body: { purpose, version } }))));
    return button;
  };
  const asked = newer ? [element("p", { class: "person-note" }, t("data.newer")), element("p", { lang: newer.lang }, newer.text), agreeing(newer)] : [];
  return element(
    "div",
    { class: "person", "data-purpose": words.purpose },
    element("p", { lang: words.lang }, words.text),
    element("p", { class: "person-note" }, state),
    holds && element("p", { class: "person-note" }, t("data.consequence", { text: words.consequence })),
    holds ? twice("data.withdraw", "data.withdraw_sure", () => again(end)) : agreeing(words),
    ...asked,
  );
}

function asking() {
  const fields = { secret: { label: t("data.password"), type: "password", autocomplete: "current-password" } };
  const made = form(fields, t("data.erase"), async ({ secret }) => {
    const body = /^[0-9]{4,8}$/.test(secret) ? { pin: secret } : { password: secret };
    const words = { 403: "data.secret_wrong", 422: "data.secret_wrong" };
    if (await shown(() => ask("/api/v1/me/erasure", { method: "POST", body }), words)) await data();
  });
  return [element("p", { class: "why" }, t("data.erase_why")), made];
}

function taking(wish) {
  const back = element("button", { class: "main-button", type: "button" }, t("data.think_again"));
  back.addEventListener("click", async () => {
    if (await shown(() => ask("/api/v1/me/erasure", { method: "DELETE" }))) await data();
  });
  const english = document.documentElement.lang === "en";
  const kept = wish.kept.map((one) => element("li", { lang: english ? "en" : "id" }, english ? `${one.what} (${one.why})` : one.id));
  return [
    element("p", {}, t("data.asked", { time: moment(wish.due_at) })),
    element("p", { class: "why" }, t("data.kept_title")),
    element("ul", { class: "points" }, ...kept),
    back,
  ];
}
