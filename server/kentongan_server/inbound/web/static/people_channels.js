// @ts-check
// "Saluran saya": where I am reached, what each channel hears and how much later, a test, and when I want my peace.

import { ask } from "./api.js";
import { byId, element, write } from "./element.js";
import { consenting } from "./people_consent.js";
import { content, form, hour, problem, shown, title, twice } from "./people_show.js";
import { pushPrint, pushProblem, subscribe, unsubscribe } from "./people_push.js";
import { t } from "./words.js";

const PATH = "/api/v1/me/channels";
const CLASSES = ["crime", "emergency", "community"];
const DELAYS = [0, 30, 60, 120, 300, 600];
const LANGUAGES = { id: "Bahasa Indonesia", en: "English", jv: "Basa Jawa" };
const ASK_AGAIN_MS = 1500;
const ASKED_AGAIN = 8;

let agreeing = () => null; // what each adding says of consent

/** Show my channels and my preferences. */
export async function channels() {
  title(t("channels.title"), t("channels.why"));
  content(
    element("section", { class: "part", id: "consent" }),
    element("section", { class: "part", id: "push" }),
    element("ul", { class: "people", id: "channels" }),
    element("section", { class: "part", id: "add" }),
    element("section", { class: "part", id: "peace" }),
  );
  const mine = await list();
  if (!mine) return;
  agreeing = await consenting(mine, channels);
  await push(mine);
  adding(mine.offered.filter((channel) => channel !== "web_push"));
  await peace();
}

/** Add it with the consent that it needs; null when there is none yet, or it was refused. */
async function add(body) {
  const consent = agreeing();
  if (!consent) return null;
  const added = await shown(() => ask(PATH, { method: "POST", body: { ...body, ...consent } }), { 409: "channels.full", 422: `wrong.${body.channel}` });
  const mine = added && (await list());
  if (mine) agreeing = await consenting(mine, channels);
  return added;
}

async function list() {
  const mine = await shown(() => ask(PATH));
  if (!mine) return null;
  byId("channels").replaceChildren(...mine.channels.map(channel));
  if (!mine.channels.length) byId("channels").append(element("li", { class: "why" }, t("channels.none")));
  return mine;
}

async function push({ push_key: key, channels: listed }) {
  const box = byId("push");
  const hindrance = key ? pushProblem() : "not_offered";
  const print = hindrance ? null : await pushPrint();
  const mine = print ? listed.find((one) => one.print === print) : null;
  const state = hindrance ?? (mine ? "on" : "off");
  box.dataset.push = state;
  box.replaceChildren(element("h3", {}, t("push.title")), element("p", { class: "why" }, t(`push.${state}`)));
  if (hindrance) return;
  const style = mine ? "quiet-button" : "main-button";
  const button = element("button", { class: style, type: "button", id: "push-button" }, t(mine ? "push.turn_off" : "push.turn_on"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    if (mine) await turnOff(mine);
    else await turnOn(key);
    await push((await list()) ?? { push_key: key, channels: listed });
  });
  box.append(button);
}

async function turnOn(key) {
  if (!agreeing()) return; // before the browser asks for its leave
  let address = null;
  try {
    address = await subscribe(key);
  } catch (error) {
    console.warn(error);
    problem(t("push.failed"));
    return;
  }
  if (address) await add({ channel: "web_push", address });
}

async function turnOff(mine) {
  if (await shown(() => ask(`${PATH}/${encodeURIComponent(mine.id)}`, { method: "DELETE" }))) await unsubscribe();
}

function channel(one) {
  const state = one.confirmed ? "ready" : "waiting";
  const card = element(
    "li",
    { class: "person channel", "data-channel": one.channel, "data-state": state },
    element("span", { class: "person-name" }, t(`channel.${one.channel}`)),
    element("span", { class: "chip" }, t(`channels.${state}`)),
    element("span", { class: "person-note" }, [one.address, last(one)].filter(Boolean).join(" · ")),
  );
  if (one.confirmed) card.append(hearing(one), acts(one));
  else card.append(confirming(one));
  return card;
}

function last({ last: word }) {
  return word ? t(`channels.last.${word.state}`, { time: hour(word.at) }) : "";
}

function hearing(one) {
  const boxes = CLASSES.map((name) => element("input", { type: "checkbox", name, checked: one.hears.includes(name) }));
  const delay = element(
    "select",
    { "aria-label": t("channels.delay") },
    ...DELAYS.map((seconds) => element("option", { value: seconds, selected: seconds === one.after_s }, seconds ? t("channels.after", { seconds }) : t("channels.at_once"))),
  );
  if (!DELAYS.includes(one.after_s)) delay.prepend(element("option", { value: one.after_s, selected: true }, t("channels.after", { seconds: one.after_s })));
  const save = async () => {
    const hears = boxes.filter((box) => box.checked).map((box) => box.name);
    if (!hears.length) {
      await list();
      problem(t("channels.hears_nothing"));
      return;
    }
    await shown(() => ask(`${PATH}/${encodeURIComponent(one.id)}`, { method: "PUT", body: { hears, after_s: Number(delay.value) } }));
  };
  for (const input of [...boxes, delay]) input.addEventListener("change", save);
  const labels = boxes.map((box) => element("label", { class: "check" }, box, t(`class.${box.name}`)));
  return element("div", { class: "hearing" }, ...labels, delay);
}

function acts(one) {
  const test = element("button", { class: "quiet-button", type: "button", "data-act": "test" }, t("channels.test"));
  test.addEventListener("click", async () => {
    test.disabled = true;
    const before = one.last?.at;
    if (await shown(() => ask(`${PATH}/${encodeURIComponent(one.id)}/test`, { method: "POST" }), { 409: "channels.test_waits" })) await follow(one.id, before);
    test.disabled = false;
  });
  return element("div", { class: "acts" }, test, removing(one));
}

/** Ask until the test has an end, or a while has passed: a channel that is down says so by and by. */
async function follow(id, before) {
  for (let asked = 0; asked < ASKED_AGAIN; asked += 1) {
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    const mine = await list();
    const word = mine?.channels.find((one) => one.id === id)?.last;
    if (word && word.at !== before && !["pending", "sending", "sent"].includes(word.state)) return;
  }
}

function removing(one) {
  const remove = twice("channels.remove", "channels.remove_sure", async () => {
    await shown(() => ask(`${PATH}/${encodeURIComponent(one.id)}`, { method: "DELETE" }));
    await list();
  });
  remove.dataset.act = "remove";
  return remove;
}

function confirming(one) {
  if (one.channel === "telegram") return element("div", { class: "acts" }, element("p", { class: "why" }, t("channels.open_chat")), removing(one));
  const fields = { code: { label: t("channels.code"), inputmode: "numeric", autocomplete: "one-time-code" } };
  const made = form(fields, t("channels.confirm"), async ({ code }) => {
    const answer = await shown(() => ask(`${PATH}/${encodeURIComponent(one.id)}/confirm`, { method: "POST", body: { code } }), { 403: "channels.code_old", 422: "channels.code_wrong" });
    if (answer?.confirmed === false) problem(t("channels.code_wrong"));
    else if (answer) await list();
  });
  return element("div", { class: "confirming" }, made, removing(one));
}

function adding(offered) {
  const box = byId("add");
  if (!offered.length) return;
  const kind = element("select", { id: "add-channel" }, ...offered.map((name) => element("option", { value: name }, t(`channel.${name}`))));
  const address = element("input", { id: "add-address", autocomplete: "off" });
  const where = element("label", {}, t("channels.address"), address);
  const hint = () => {
    address.placeholder = t(`address.${kind.value}`);
    where.hidden = kind.value === "telegram";
  };
  kind.addEventListener("change", hint);
  hint();
  const given = element("div", { id: "given", role: "status" });
  const go = element("button", { class: "main-button", type: "submit" }, t("channels.add"));
  const made = element("form", { novalidate: true }, element("label", {}, t("channels.kind"), kind), where, go);
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    go.disabled = true;
    const added = await add({ channel: kind.value, address: address.value.trim() });
    if (added) {
      given.replaceChildren();
      if (added.connect) given.append(element("a", { class: "main-button", href: added.connect }, t("channels.connect")));
      if (added.secret) given.append(element("p", { class: "why" }, t("channels.secret")), element("p", { class: "secret" }, added.secret));
      address.value = "";
    }
    go.disabled = false;
  });
  box.replaceChildren(element("h3", {}, t("channels.add_title")), made, given);
}

async function peace() {
  const kept = await shown(() => ask("/api/v1/me/preferences"));
  if (!kept) return;
  const language = element("select", { name: "language" }, ...Object.entries(LANGUAGES).map(([code, name]) => element("option", { value: code, selected: code === kept.language }, name)));
  const from = element("input", { type: "time", name: "quiet_from", value: kept.quiet_from });
  const until = element("input", { type: "time", name: "quiet_until", value: kept.quiet_until });
  const go = element("button", { class: "main-button", type: "submit", id: "keep" }, t("peace.keep"));
  const made = element(
    "form",
    { novalidate: true },
    element("div", { class: "pair" }, element("label", {}, t("peace.from"), from), element("label", {}, t("peace.until"), until)),
    element("label", {}, t("peace.language"), language),
    go,
  );
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = { language: language.value, quiet_from: from.value, quiet_until: until.value };
    if (await shown(() => ask("/api/v1/me/preferences", { method: "PUT", body }))) write(go, t("peace.kept"));
  });
  made.addEventListener("input", () => write(go, t("peace.keep")));
  byId("peace").replaceChildren(element("h3", {}, t("peace.title")), element("p", { class: "why" }, t("peace.why")), made);
}
