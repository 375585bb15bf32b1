// @ts-check
// Third parties' systems: which are told, what they hear, how the newest deliveries went, and stopping or resuming it.

import { ask } from "./api.js";
import { byId, element } from "./element.js";
import { content, moment, problem, shown, title, twice } from "./people_show.js";
import { t } from "./words.js";

const PATH = "/api/v1/subscriptions";
const MAY_HEAR = {
  neighbourhood: ["crime", "emergency", "community"],
  government: ["crime", "emergency"],
  police: ["crime"],
  emergency: ["emergency"],
};
const SHOWN = 10;
const ASK_AGAIN_MS = 1500;
const ASKED_AGAIN = 6;

/** Show the subscriptions of the signed-in RT head or admin. */
export async function subscriptions() {
  const me = await shown(() => ask("/api/v1/me"));
  if (!me) return;
  const roles = me.memberships.filter(({ role }) => role === "rt_head" || role === "city_admin");
  if (!roles.length) {
    title(t("subscriptions.title"), t("subscriptions.only"));
    return;
  }
  title(t("subscriptions.title"), t("subscriptions.why"));
  content(element("ul", { class: "people", id: "subscriptions" }), element("section", { class: "part", id: "add" }));
  if (await list()) adding(roles);
}

async function list() {
  const mine = await shown(() => ask(PATH));
  if (!Array.isArray(mine)) return null;
  byId("subscriptions").replaceChildren(...mine.map(card));
  if (!mine.length) byId("subscriptions").append(element("li", { class: "why" }, t("subscriptions.none")));
  return mine;
}

function card(one) {
  const state = one.stopped ? "stopped" : "ready";
  const hears = one.hears.map((name) => t(`class.${name}`)).join(", ");
  const { host } = new URL(one.url);
  const made = element(
    "li",
    { class: "person channel", "data-state": state, "data-id": one.id },
    element("span", { class: "person-name" }, one.name),
    element("span", { class: "chip" }, t(`subscriptions.${state}`)),
    element("span", { class: "person-note" }, [t(`owner.${one.owner}`), one.region, hears].join(" · ")),
    element("span", { class: "person-note" }, [host, one.last && !one.stopped && word(one.last)].filter(Boolean).join(" · ")),
  );
  if (one.stopped) made.append(element("p", { class: "person-note stopped" }, t("subscriptions.stopped_why", { why: fault(one.stopped) })));
  made.append(deliveries(one), acts(one));
  return made;
}

function deliveries(one) {
  const found = element("ol", { class: "deliveries" });
  const box = element("details", { class: "person-note" }, element("summary", {}, t("subscriptions.deliveries")), found);
  box.addEventListener("toggle", async () => {
    if (!box.open) return;
    const newest = await shown(() => ask(`${PATH}/${encodeURIComponent(one.id)}/deliveries`));
    if (!Array.isArray(newest)) return;
    found.replaceChildren(...newest.slice(0, SHOWN).map((each) => element("li", { "data-state": each.state }, word(each))));
    if (!newest.length) found.append(element("li", {}, t("subscriptions.no_deliveries")));
  });
  return box;
}

/** One delivery in a sentence: what, how it went, and the fault where there was one. */
function word(one) {
  const state = one.state === "pending" && one.attempts ? "again" : one.state;
  const said = t(`delivery.${state}`, { event: t(`event.${one.event}`), time: moment(state === "again" ? one.due_at : one.changed_at) });
  return one.error && state !== "sent" ? `${said} · ${fault(one.error)}` : said;
}

/** The fault in the page's words where it is a common one; else as the server wrote it down. */
function fault(said) {
  const status = /answered (\d{3})/.exec(said)?.[1];
  if (status === "410") return t("fault.gone");
  return status ? t("fault.status", { status }) : said;
}

function acts(one) {
  const path = `${PATH}/${encodeURIComponent(one.id)}`;
  const resume = element("button", { class: "main-button", type: "button", "data-act": "resume" }, t("subscriptions.resume"));
  resume.addEventListener("click", async () => {
    resume.disabled = true;
    if (await shown(() => ask(`${path}/resume`, { method: "POST" }))) await list();
    resume.disabled = false;
  });
  const test = element("button", { class: "quiet-button", type: "button", "data-act": "test" }, t("channels.test"));
  test.addEventListener("click", async () => {
    test.disabled = true;
    if (await shown(() => ask(`${path}/test`, { method: "POST" }), { 409: "channels.test_waits" })) await follow(one.id);
    test.disabled = false;
  });
  const remove = twice("channels.remove", "channels.remove_sure", async () => {
    if (await shown(() => ask(path, { method: "DELETE" }))) await list();
  });
  remove.dataset.act = "remove";
  return element("div", { class: "acts" }, one.stopped ? resume : test, remove);
}

/** Ask until the newest delivery has an end or a fault, or a while has passed. */
async function follow(id) {
  for (let asked = 0; asked < ASKED_AGAIN; asked += 1) {
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    const mine = await list();
    const last = mine?.find((one) => one.id === id)?.last;
    if (!last || last.error || !["pending", "sending"].includes(last.state)) return;
  }
}

function adding(roles) {
  const isAdmin = roles.some(({ role }) => role === "city_admin");
  const owners = isAdmin ? Object.keys(MAY_HEAR) : ["neighbourhood"];
  const own = roles.find(({ role }) => role === "rt_head")?.region ?? "";
  const name = element("input", { name: "name", id: "name", maxlength: 100, autocomplete: "off" });
  const owner = element("select", { name: "owner", id: "owner" }, ...owners.map((each) => element("option", { value: each }, t(`owner.${each}`))));
  const region = element("input", { name: "region", id: "region", value: own, autocomplete: "off", placeholder: "33.74.12.1001/RW03/RT02", readonly: !isAdmin });
  const url = element("input", { name: "url", id: "url", type: "url", maxlength: 2000, autocomplete: "off", placeholder: t("address.webhook") });
  const boxes = MAY_HEAR.neighbourhood.map((each) => element("input", { type: "checkbox", name: each, checked: each !== "community" }));
  const labels = boxes.map((box) => element("label", { class: "check" }, box, t(`class.${box.name}`)));
  const mayHear = () => {
    for (const [at, box] of boxes.entries()) {
      labels[at].hidden = !MAY_HEAR[owner.value].includes(box.name);
    }
  };
  owner.addEventListener("change", mayHear);
  mayHear();
  const given = element("div", { id: "given", role: "status" });
  const go = element("button", { class: "main-button", type: "submit" }, t("channels.add"));
  const made = element(
    "form",
    { novalidate: true },
    element("label", {}, t("subscriptions.name"), name),
    element("label", {}, t("subscriptions.owner"), owner),
    element("label", {}, t("subscriptions.region"), region),
    element("fieldset", { class: "hearing" }, element("legend", {}, t("subscriptions.hears")), ...labels),
    element("label", {}, t("subscriptions.url"), url),
    go,
  );
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    const hears = boxes.filter((box) => box.checked && MAY_HEAR[owner.value].includes(box.name)).map((box) => box.name);
    const body = { name: name.value.trim(), owner: owner.value, region: region.value.trim(), url: url.value.trim(), hears };
    if (!body.name || !body.region || !body.url || !hears.length) {
      problem(t("subscriptions.fill"));
      return;
    }
    go.disabled = true;
    const added = await shown(() => ask(PATH, { method: "POST", body }), { 403: "subscriptions.not_allowed", 404: "subscriptions.no_region", 422: "subscriptions.url_wrong" });
    if (added) {
      given.replaceChildren(element("p", { class: "why" }, t("subscriptions.secret")), element("p", { class: "secret" }, added.secret));
      name.value = url.value = "";
      await list();
    }
    go.disabled = false;
  });
  byId("add").replaceChildren(element("h3", {}, t("subscriptions.add_title")), made, given);
}
