// @ts-check
// Reports on their way: kept until the server says that it has stored them, repeated with the same id, never with another.
// They survive a reload of the tab, not its end: a forgotten report must not wake the neighbours tomorrow.

import { Refused } from "./api.js";
import { ulid } from "./ulid.js";

const PLACE = "kentongan.outbox";
const PAUSES_MS = [500, 1000, 2000, 4000, 5000];
export const TOO_OLD_MS = 10 * 60_000;

/**
 * `send(report)` resolves to {incident} or throws Refused / Unreachable; `onChange(entry)` hears every change.
 * An entry: {report: {id, kind, region, text?}, since, attempts, state, incident, storedAt, problem} with state
 * "sending" | "waiting" | "stored" | "refused" | "too_old".
 */
export class Outbox {
  #send;
  #onChange;
  #storage;
  #entries = [];
  #pauses = new Map();

  constructor({ send, onChange, storage = sessionStorage }) {
    this.#send = send;
    this.#onChange = onChange;
    this.#storage = storage;
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.hurry();
    });
    window.addEventListener("online", () => this.hurry());
  }

  /** Write down a new report and send it; what else the entry carries is the caller's. */
  put(report, rest) {
    const entry = { ...rest, report: { id: ulid(), ...report }, since: Date.now(), attempts: 0, state: "waiting" };
    this.#entries.push(entry);
    this.#remember();
    this.#attempt(entry);
  }

  /** Take up what a reload interrupted. */
  resume() {
    for (const entry of JSON.parse(this.#storage.getItem(PLACE) ?? "[]")) {
      this.#entries.push({ ...entry, state: "waiting" });
    }
    this.hurry();
  }

  /** Do not wait for the timer: the network may be back. */
  hurry() {
    for (const entry of this.#entries) if (entry.state === "waiting") this.#attempt(entry);
  }

  async #attempt(entry) {
    clearTimeout(this.#pauses.get(entry));
    if (Date.now() - entry.since > TOO_OLD_MS) return this.#change(entry, { state: "too_old" });
    this.#change(entry, { state: "sending", attempts: entry.attempts + 1 });
    try {
      const answer = await this.#send(entry);
      this.#change(entry, { state: "stored", incident: answer.incident, storedAt: new Date().toISOString() });
    } catch (error) {
      if (error instanceof Refused && !error.passing) {
        this.#change(entry, { state: "refused", problem: error.message });
        return;
      }
      this.#change(entry, { state: "waiting" });
      const pause = PAUSES_MS[Math.min(entry.attempts, PAUSES_MS.length) - 1] * (0.8 + 0.4 * Math.random());
      this.#pauses.set(entry, setTimeout(() => this.#attempt(entry), pause));
    }
  }

  #change(entry, what) {
    Object.assign(entry, what);
    if (entry.state !== "waiting" && entry.state !== "sending") this.#entries = this.#entries.filter((other) => other !== entry);
    this.#remember();
    this.#onChange(entry);
  }

  #remember() {
    this.#storage.setItem(PLACE, JSON.stringify(this.#entries));
  }
}
