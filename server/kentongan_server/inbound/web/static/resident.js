// @ts-check
// The resident's panel: the red button, the other kinds, the neighbours' news, and what became of one's own report.

import { byId, element, write } from "./element.js";
import { holdToSend } from "./hold_button.js";
import { Outbox } from "./outbox.js";
import { paintSteps } from "./steps.js";
import { number, spoken, t } from "./words.js";

const RETOLD_MS = 1000; // how soon a report that is not stored tells its age again

/**
 * `send(entry)` posts a report; `chronicle` knows the incidents; `onStored(entry)` hears of each stored one;
 * `regionName(code)` names an RT as soon as the city is known.
 */
export class ResidentPanel {
  #outbox;
  #chronicle;
  #codebook = { kinds: [] };
  #regionName;
  #home = null; // the code of the resident's RT
  #name = null;
  #own = null; // the newest report of danger, as the outbox knows it
  #news = null; // the newest community news of one's own, likewise
  #said = "hold.hint";

  constructor({ send, chronicle, onStored, regionName }) {
    this.#chronicle = chronicle;
    this.#regionName = regionName;
    this.#outbox = new Outbox({
      send,
      onChange: (entry) => {
        this.#follow(entry);
        this.paint();
        if (entry.state === "stored") onStored(entry);
      },
    });
    this.#holdable(byId("panic"), () => "panic");
    byId("notice").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#tellNeighbours();
    });
    setInterval(() => (isOpen(this.#own) || isOpen(this.#news)) && this.paint(), RETOLD_MS);
  }

  /** From now on the button works, for the RT with this code; null: nobody's button. */
  arm(home) {
    this.#home = home;
    byId("panic").setAttribute("aria-disabled", String(home === null));
    this.#said = home === null ? "resident.none" : "hold.hint";
    if (home) this.#outbox.resume();
    this.paint();
  }

  /** The person's name and the API's codebook, which names the kinds. */
  introduce(name, codebook) {
    this.#name = name;
    this.#codebook = codebook;
    this.#listKinds();
    this.paint();
  }

  /** The incident of the newest own report, or null. */
  get ownIncident() {
    return this.#own?.incident ?? null;
  }

  /** The line may be back: do not wait for the timer. */
  hurry() {
    this.#outbox.hurry();
  }

  /** The name of a kind in the language spoken. */
  kindName(kind) {
    return this.#code(kind)?.[spoken()] ?? kind;
  }

  /** Show everything anew. */
  paint() {
    write(byId("who"), this.#name ? t("resident.named", { name: this.#name }) : t("resident.you"));
    write(byId("home-name"), this.#home ? this.#regionName(this.#home) : "—");
    write(byId("hold-says"), t(this.#said));
    for (const named of document.querySelectorAll("[data-kind]")) write(named, this.kindName(named.dataset.kind));
    if (this.#own) {
      const incident = this.#own.incident ? this.#chronicle.get(this.#own.incident) : null;
      const kindClass = this.#code(this.#own.report.kind)?.class ?? "crime";
      paintSteps(byId("own"), this.#own, incident, kindClass, (kind) => this.kindName(kind));
    }
    const says = byId("notice-says");
    write(says, this.#news ? newsSays(this.#news) : "");
    says.hidden = !says.textContent;
    this.#paintCards();
  }

  // News never takes the place of a report of danger.
  #follow(entry) {
    if (entry.news) this.#news = !this.#news || entry.since >= this.#news.since ? entry : this.#news;
    else this.#own = !this.#own || entry.since >= this.#own.since ? entry : this.#own;
  }

  #listKinds() {
    const holds = this.#codebook.kinds.filter(({ kind, class: of }) => of !== "community" && kind !== "panic");
    byId("kinds").replaceChildren(
      ...holds.map(({ kind, class: of }) => {
        const button = element("button", { type: "button", class: "kind", "data-class": of }, element("span", { "data-kind": kind }));
        this.#holdable(button, () => kind);
        return button;
      }),
    );
    const notices = this.#codebook.kinds.filter(({ class: of }) => of === "community");
    byId("notice-kind").replaceChildren(...notices.map(({ kind }) => element("option", { value: kind, "data-kind": kind })));
  }

  #holdable(button, kind) {
    holdToSend(button, {
      onStart: () => this.#say("hold.holding"),
      onShort: () => this.#say("hold.short"),
      onHeld: () => {
        if (!this.#home) return;
        this.#outbox.put({ kind: kind(), region: this.#home }, { as: "resident", news: false });
        this.#say("hold.sent");
      },
    });
  }

  #tellNeighbours() {
    const text = byId("notice-text").value.trim();
    const as = document.getElementById("notice-as")?.value ?? "resident";
    if (!this.#home) return;
    this.#outbox.put({ kind: byId("notice-kind").value, region: this.#home, ...(text ? { text } : {}) }, { as, news: true });
    byId("notice-text").value = "";
  }

  #say(key) {
    this.#said = key;
    write(byId("hold-says"), t(key));
    byId("hold-says").dataset.says = key;
  }

  // The newest community news of this RT, whoever sent it: where it went, and where it did not.
  #paintCards() {
    const news = this.#chronicle.last((incident) => incident.class === "community" && incident.region === this.#home);
    const cards = [];
    for (const { event, data } of news?.events ?? []) {
      if (event === "forward_held") cards.push(["held", `${this.kindName(news.kind)}: ${t("card.held")}`]);
      if (event === "residents_told") cards.push(["told", t("card.told", { people: number(data.people) })]);
    }
    const box = byId("cards");
    const shape = JSON.stringify([news?.id, cards]);
    if (box.dataset.shape === shape) return;
    box.dataset.shape = shape;
    box.replaceChildren(...cards.map(([name, text]) => element("p", { class: "card", "data-card": name }, text)));
    if (cards.length) box.scrollIntoView({ block: "nearest" });
  }

  #code(kind) {
    return this.#codebook.kinds.find((code) => code.kind === kind) ?? null;
  }
}

function isOpen(entry) {
  return entry !== null && (entry.state === "waiting" || entry.state === "sending");
}

function newsSays({ state, attempts, problem }) {
  if (state === "sending" && attempts === 1) return t("progress.sending");
  if (state === "sending" || state === "waiting") return t("progress.retrying", { n: attempts });
  if (state === "refused") return t("progress.refused", { reason: problem });
  return state === "too_old" ? t("notice.too_old") : "";
}
