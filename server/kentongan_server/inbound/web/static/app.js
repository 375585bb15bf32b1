// @ts-check
// Where the page's parts meet: session, live line, city, drums, sound, story. Facts come in here and are shown there.

import { ask, Refused, Unreachable } from "./api.js";
import { Chronicle, wantsAnswers } from "./chronicle.js";
import { City } from "./city.js";
import { byId, element, write } from "./element.js";
import { Drums } from "./kentongan.js";
import { openLive } from "./live.js";
import { ResidentPanel } from "./resident.js";
import { begin, forget } from "./session.js";
import { Sound } from "./sound.js";
import { Story } from "./story.js";
import { speak, spoken, t } from "./words.js";

const LISTED = 20;
const AGAIN_MS = 1500;
const HOME_ROLES = new Set(["resident", "rt_head", "ronda"]);

const city = new City();
const chronicle = new Chronicle();
const drums = new Drums(byId("drums"));
const sound = new Sound(paintSound);
const story = new Story({ chronicle, regionName, kindName: (kind) => resident.kindName(kind), onChosen: refresh });
const resident = new ResidentPanel({ send: post, chronicle, regionName, onStored: ({ incident }) => refresh(incident) });

let session = null;
let answers = null; // the bar with the neighbour's two buttons
let asked = new URLSearchParams(location.search).get("incident"); // of which a notification told
let home = null; // the code of the resident's own RT
let map = null;
let rhythm = null; // what the home RT's kentongan play: {incident, kind, pattern, beats, rounds, duration_ms, colour, startedAt}
let connection = "connecting";
let stale = false; // something changed since the last painting
const asking = new Set(); // ids of incidents being asked for
const changed = new Set(); // codes of regions whose point must be drawn anew

async function start() {
  const beginning = begin();
  await speak(document.documentElement.lang);
  byId("language").addEventListener("click", switchLanguage);
  byId("sound").addEventListener("click", () => (sound.state === "off" ? sound.enable() : sound.disable()));
  byId("silence").addEventListener("click", silence);
  paint();
  session = await beginning;
  if (session.demo) goHome(session.demo.home_region);
  const [me, codebook] = await Promise.all([
    untilAnswered("/api/v1/me", session.tokens.resident),
    untilAnswered("/api/v1/codebook", session.reading),
  ]);
  if (!session.demo) {
    goHome(me.memberships.find(({ role }) => HOME_ROLES.has(role))?.region ?? session.asked ?? null);
    session.maySilence = me.memberships.some(({ role }) => role === "rt_head" || role === "operator");
  }
  byId("channels").hidden = !session.signedIn;
  navigator.serviceWorker?.addEventListener("message", ({ data }) => {
    asked = data?.incident ?? asked;
    if (asked) refresh(asked);
  });
  const inbox = document.getElementById("inbox");
  inbox?.setAttribute("src", inbox.dataset.src); // only now: the red button comes first on a slow line
  resident.introduce(me.name, codebook);
  openLive({ path: "/api/v1/events", token: session.reading, onEvent: take, onOpen: snapshot, onState: setConnection });
  await openAnswers();
  await openMap();
}

function goHome(code) {
  home = code;
  resident.arm(home);
}

/** What is so now; taken at each opening of the live line, so that nothing missed meanwhile stays wrong. */
async function snapshot() {
  const read = { token: session.reading };
  const [regions, incidents] = await Promise.all([ask("/api/v1/regions", read), ask(`/api/v1/incidents?limit=${LISTED}`, read)]);
  city.load(regions);
  for (const incident of [...incidents].reverse()) chronicle.load(incident);
  const atHome = incidents.filter(({ region }) => region === home);
  const alarms = atHome.filter(({ alarm_state }) => alarm_state === "active").map(({ id }) => id);
  const wanted = new Set([incidents[0]?.id, atHome[0]?.id, ...alarms, resident.ownIncident, asked].filter(Boolean));
  await Promise.all([...wanted].map((id) => (id === asked ? refresh(id) : fetchIncident(id))));
  map?.load(city, home);
  stalePaint();
  resident.hurry();
}

async function fetchIncident(id) {
  const detail = await ask(`/api/v1/incidents/${encodeURIComponent(id)}`, { token: session.reading });
  chronicle.load(detail);
  if (detail.region === home && detail.alarm_state === "active") city.loadAlarm(detail.id, detail.alarm);
  stalePaint();
}

/** The same beside everything else: what the network keeps from us now, the next snapshot brings. */
async function refresh(id) {
  if (asking.has(id)) return;
  asking.add(id);
  try {
    await fetchIncident(id);
  } catch (error) {
    if (!(error instanceof Unreachable) && id !== asked) console.error(error); // a told one may be another's by now
  } finally {
    asking.delete(id);
  }
}

function take(event) {
  const incident = chronicle.take(event);
  if (incident && incident.class === null) refresh(incident.id);
  const region = city.apply(event);
  if (region) changed.add(region);
  stalePaint();
}

function post({ report, as }) {
  return ask("/api/v1/reports", { token: session.tokens[as], method: "POST", body: report });
}

async function silence() {
  const button = byId("silence");
  if (!rhythm) return;
  try {
    await ask(`/api/v1/incidents/${encodeURIComponent(rhythm.incident)}/silence`, { token: session.silencing, method: "POST" });
    write(button, t("drums.silence"));
  } catch {
    write(button, t("drums.silence_failed")); // the kentongan goes on, and the button says that it did not work
  }
}

// Sound follows at once, also in a hidden tab; what the eye sees waits for the next frame.
function stalePaint() {
  findRhythm();
  sound.play(rhythm);
  if (stale) return;
  stale = true;
  requestAnimationFrame(() => {
    stale = false;
    paint();
  });
}

function findRhythm() {
  const ringing = city.regions.get(home)?.nodes.find((node) => node.siren === "sounding");
  if (!ringing) {
    rhythm = null;
    return;
  }
  const incident =
    (ringing.incident && chronicle.get(ringing.incident)) ||
    chronicle.last(({ region, events }) => region === home && events.some(({ event }) => event === "alarm_raised"));
  const raised = incident?.events.findLast(({ event }) => event === "alarm_raised");
  if (!raised || rhythm?.raised === raised) return;
  rhythm = { ...raised.data, raised, incident: incident.id, kind: incident.kind, startedAt: performance.now() };
}

function paint() {
  resident.paint();
  const nodes = city.regions.get(home)?.nodes ?? [];
  drums.show(nodes, { rhythm, colour: rhythm?.colour, real: session?.demo?.micropython_node, wired: session?.demo?.serial_node });
  byId("pattern").hidden = rhythm === null;
  if (rhythm) write(byId("pattern"), t("drums.pattern", { kind: resident.kindName(rhythm.kind), pattern: rhythm.pattern }));
  byId("silence").hidden = rhythm === null || !session.maySilence;
  write(byId("wiring"), wiring());
  for (const code of changed) map?.show(code, city.stateOf(city.regions.get(code)));
  changed.clear();
  for (const [state, count] of Object.entries(city.count())) write(byId(`count-${state}`), String(count));
  story.paint();
  const urgent = toAnswer();
  answers?.paint(urgent, urgent !== null && urgent.id === resident.ownIncident);
  write(byId("connection"), t(`connection.${connection}`));
  byId("connection").dataset.state = connection;
  paintSound(sound.state);
}

/** The incident of which a notification told, or the newest at home, as long as it wants answers. */
function toAnswer() {
  const told = asked ? chronicle.get(asked) : null;
  if (wantsAnswers(told)) return told;
  return chronicle.last((incident) => incident.region === home && wantsAnswers(incident));
}

function paintSound(state) {
  const button = byId("sound");
  write(button, t(`sound.${state}`));
  button.dataset.sound = state;
  button.setAttribute("aria-pressed", String(state !== "off"));
}

function setConnection(state) {
  connection = state;
  if (state === "refused" && session.demo) setTimeout(() => location.reload(), 2 * AGAIN_MS); // another demo, other tokens
  else if (state === "refused") forget();
  stalePaint();
}

function regionName(code) {
  return city.regions.get(code)?.name ?? code ?? "";
}

function wiring() {
  const demo = session?.demo;
  if (!demo) return "";
  return [
    t("drums.wiring", { broker: demo.broker }),
    demo.micropython_node ? t("drums.wiring_micropython", { node: demo.micropython_node }) : t("drums.wiring_no_micropython"),
    demo.serial_node ? t("drums.wiring_gateway", { node: demo.serial_node }) : null,
  ]
    .filter(Boolean)
    .join(" · ");
}

async function openAnswers() {
  const { AnswerBar, dress } = await import("./answer.js");
  await dress();
  answers = new AnswerBar({
    regionName,
    kindName: (kind) => resident.kindName(kind),
    token: session.tokens.resident,
    onKept: (id, kept) => {
      Object.assign(chronicle.get(id) ?? {}, kept);
      stalePaint();
    },
  });
  stalePaint();
}

async function openMap() {
  try {
    const { CityMap, loadLeaflet } = await import("./map.js"); // after the red button works
    map = new CityMap(await loadLeaflet(), byId("map"), describeRegion);
    map.load(city, home);
  } catch (error) {
    console.error(error);
    byId("map").replaceChildren(element("p", { class: "map-failed", "data-t": "map.failed" }, t("map.failed")));
  }
}

function describeRegion(code) {
  const region = city.regions.get(code);
  const state = city.stateOf(region);
  const nodes = region.nodes.map((node) => {
    const word = node.presence === "online" ? (node.siren === "sounding" ? "sounding" : "ready") : node.presence;
    return element("li", { "data-node": node.id }, `${node.id} · ${t(`state.${word}`)}`);
  });
  return element(
    "div",
    { class: "region-card", "data-state": state },
    element("strong", {}, region.name),
    element("p", {}, t(`region.${state}`)),
    nodes.length ? element("ul", {}, ...nodes) : element("p", {}, t("map.no_nodes")),
  );
}

async function switchLanguage(event) {
  event.preventDefault();
  const next = spoken() === "id" ? "en" : "id";
  await speak(next);
  const link = byId("language");
  const other = next === "id" ? "en" : "id";
  link.setAttribute("href", `?lang=${other}`);
  link.setAttribute("lang", other);
  link.setAttribute("hreflang", other);
  write(link, other === "en" ? "English" : "Bahasa Indonesia");
  history.replaceState(null, "", `?lang=${next}`);
  paint();
}

/** Ask until there is an answer; a token that is not known leads back to the sign-in. */
async function untilAnswered(path, token) {
  for (;;) {
    try {
      return await ask(path, { token });
    } catch (error) {
      if (error instanceof Refused && !error.passing) {
        if (error.status !== 401 || session.demo) throw error;
        forget();
        return new Promise(() => {}); // the page is on its way back to the sign-in
      }
      setConnection("lost");
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

start().catch((error) => {
  console.error(error);
  setConnection("lost");
});
