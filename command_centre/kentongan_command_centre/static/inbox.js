// The operator's page: listens for changes, reads what is so now, and shows it, newest first.

import { CaseCard, element } from "./case_card.js";
import { kindWords, wib } from "./words.js";

const part = (id) => document.getElementById(id);
const operator = part("operator");
const cards = new Map();
let known = null;

async function read(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

async function say(incident, action, disposition) {
  if (!operator.reportValidity() || operator.value.trim() === "") {
    operator.focus();
    throw new Error("Isi nama petugas dulu. Enter the officer's name first.");
  }
  const answer = await fetch(`/api/cases/${encodeURIComponent(incident)}/${action}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ operator: operator.value, ...(disposition && { disposition }) }),
  }).catch(() => { throw new Error("Pusat komando tidak menjawab. Coba lagi. No answer, try again."); });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.detail);
  return said;
}

function showCases(cases) {
  part("quiet").hidden = cases.length > 0;
  const list = part("cases");
  const present = new Set();
  cases.forEach((one, place) => {
    present.add(one.incident);
    if (!cards.has(one.incident)) cards.set(one.incident, new CaseCard(say));
    const card = cards.get(one.incident);
    card.show(one);
    // Moving a card would drop the focus inside it, so only cards that stand in the wrong place are moved.
    if (list.children[place] !== card.root) list.insertBefore(card.root, list.children[place] ?? null);
  });
  for (const [incident, card] of cards) {
    if (present.has(incident)) continue;
    card.root.remove();
    cards.delete(incident);
  }
  const waiting = cases.filter((one) => one.status === "new");
  document.title = `${waiting.length ? `(${waiting.length}) ` : ""}Pusat Komando (acuan)`;
  const fresh = known === null ? [] : waiting.filter((one) => !known.has(one.incident));
  if (fresh.length > 0) part("news").textContent = `Kasus baru: ${fresh.map((one) => `${kindWords(one.kind)[0]}, ${one.region_name}`).join("; ")}`;
  known = new Set(cases.map((one) => one.incident));
}

function showBreaches(breaches) {
  part("breach").hidden = breaches.length === 0;
  part("breach-count").textContent = breaches.length;
  part("breach-list").replaceChildren(...breaches.slice(0, 5).map((one) => element("li", {},
    `${wib(new Date(one.received_at))} · ${kindWords(one.kind)[0]} (${one.class}) · ${one.region} · ${one.format}`)));
}

// One reading at a time; what changes meanwhile is read once more afterwards.
let reading = false;
let again = false;
async function refresh() {
  if (reading) { again = true; return; }
  reading = true;
  try {
    do {
      again = false;
      const [cases, breaches] = await Promise.all([read("/api/cases?limit=100"), read("/api/breaches")]);
      showCases(cases);
      showBreaches(breaches);
    } while (again);
  } catch (error) {
    console.error(error);
    linkIs("lost", "terputus, mencoba lagi…");
    setTimeout(refresh, 2000);
  } finally {
    reading = false;
  }
}

function linkIs(state, words) {
  part("link").dataset.state = state;
  part("link-words").textContent = words;
}

function tick() {
  const now = new Date();
  part("clock").textContent = wib(now, now);
  for (const card of cards.values()) card.age(now);
}

try {
  operator.value = localStorage.getItem("operator") ?? operator.value;
  operator.addEventListener("change", () => localStorage.setItem("operator", operator.value));
} catch (error) {
  console.info("The officer's name is not remembered here:", error.message);
}

const changes = new EventSource("/api/changes");
changes.addEventListener("changed", () => { linkIs("open", "terhubung"); refresh(); });
changes.addEventListener("error", () => linkIs("lost", "terputus, menyambung lagi…"));
setInterval(tick, 1000);
tick();
