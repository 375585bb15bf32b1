// @ts-check
// What happened, incident by incident, from the stored timeline and from the live line; the same event counts once.

const REMEMBERED = 60;
const ANSWERED = ["status", "purpose", "coming", "seen", "my_answer"];
const ANSWERS = new Set(["acknowledged", "seen", "coming_withdrawn"]);

const OPEN = new Set(["reported", "acknowledged", "dispatched", "on_scene"]);

/** True for an incident that still wants the neighbours' answers. */
export function wantsAnswers(incident) {
  return Boolean(incident?.kind) && incident.class !== "community" && OPEN.has(incident.status);
}

export class Chronicle {
  #incidents = new Map(); // id → {id, kind, class, region, opened_at, status, coming, seen, my_answer, events, known: Set<seq>}
  newest = null;

  /** An incident as the API lists it, with its `timeline` where it was asked for. */
  load(listed) {
    const incident = this.#open(listed.id, listed.opened_at);
    incident.kind = listed.kind;
    incident.class = listed.class;
    incident.region = listed.region;
    incident.opened_at = listed.opened_at;
    for (const name of ANSWERED) if (listed[name] !== undefined) incident[name] = listed[name];
    for (const event of listed.timeline ?? []) this.#add(incident, event);
    this.#findNewest();
    return incident;
  }

  /** One live event; its incident, or null when it belongs to none. */
  take(event) {
    if (!event.incident) return null;
    const incident = this.#open(event.incident, event.at);
    incident.region ??= event.region;
    if (event.event === "incident_opened") Object.assign(incident, { kind: event.data.kind, class: event.data.class, opened_at: event.at });
    if (event.event === "incident_status_changed") incident.status = event.data.status;
    if (event.event === "incident_cancelled") incident.status = "cancelled";
    if (ANSWERS.has(event.event)) Object.assign(incident, { coming: event.data.coming, seen: event.data.seen });
    this.#add(incident, event);
    this.#findNewest();
    return incident;
  }

  get(id) {
    return this.#incidents.get(id) ?? null;
  }

  /** Every incident that is remembered, the newest first. */
  newestFirst() {
    return [...this.#incidents.values()].sort((one, other) => opened(other) - opened(one));
  }

  /** The newest incident for which `wanted` is true, or null. */
  last(wanted) {
    let found = null;
    for (const incident of this.#incidents.values()) {
      if (wanted(incident) && (found === null || opened(incident) >= opened(found))) found = incident;
    }
    return found;
  }

  #open(id, at) {
    let incident = this.#incidents.get(id);
    if (!incident) {
      incident = { id, kind: null, class: null, region: null, opened_at: at, status: "reported", events: [], known: new Set() };
      this.#incidents.set(id, incident);
    }
    return incident;
  }

  #add(incident, event) {
    if (incident.known.has(event.seq)) return;
    incident.known.add(event.seq);
    incident.events.push({ ...event, region: event.region ?? incident.region });
    incident.events.sort((one, other) => one.seq - other.seq);
  }

  #findNewest() {
    this.newest = this.last(() => true);
    while (this.#incidents.size > REMEMBERED) {
      const oldest = [...this.#incidents.values()].reduce((one, other) => (opened(one) <= opened(other) ? one : other));
      this.#incidents.delete(oldest.id);
    }
  }
}

// Not as text: "05.5Z" sorts before "05Z".
function opened(incident) {
  return Date.parse(incident.opened_at);
}
