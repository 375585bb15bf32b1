// @ts-check
// The neighbour's answer, docked where the thumb is: "Saya datang", "Saya lihat", how many have said so, and a way
// back for who cannot come after all.

import { ask, Refused } from "./api.js";
import { byId, element, write } from "./element.js";
import { clockTime, number, t } from "./words.js";

const AGAIN_MS = 2000;

/** Bring the bar's own style sheet. */
export function dress() {
  const sheet = element("link", { rel: "stylesheet", href: new URL("./answer.css", import.meta.url) });
  return new Promise((resolve) => {
    sheet.addEventListener("load", resolve);
    sheet.addEventListener("error", resolve);
    document.head.append(sheet);
  });
}

/** Made once somebody is known, after the red button works. `kindName(kind)` and `regionName(code)` give names; `token` says whose answer it is. */
export class AnswerBar {
  #incident = null;
  #isOwn = false;
  // {id, answer} that is not stored yet
  #waiting = null;
  #problem = null;
  // true once the way back was tapped
  #sure = null;
  #names;

  constructor(names) {
    this.#names = names;
    document.querySelector("main").after(bar());
    for (const answer of ["coming", "seen"]) byId(answer).addEventListener("click", () => this.#say(answer));
    // The way back is asked for twice, for a thumb may slip.
    byId("stay").addEventListener("click", () => {
      this.#sure = !this.#sure;
      if (this.#sure) this.#paint();
      else this.#say("seen", "DELETE");
    });
  }

  /** Show this incident; null: none. Of one's own only the counts. */
  paint(incident, isOwn) {
    if (incident?.id !== this.#incident?.id) this.#problem = this.#sure = null;
    this.#incident = incident;
    this.#isOwn = isOwn;
    this.#paint();
  }

  #paint() {
    const incident = this.#incident;
    byId("answer").hidden = incident === null;
    if (incident === null) return;
    const { kindName, regionName } = this.#names;
    const drill = incident.purpose && incident.purpose !== "actual" ? `${t("answer.drill")} · ` : "";
    write(byId("answer-kind"), `${drill}${kindName(incident.kind)}`);
    write(byId("answer-where"), `${regionName(incident.region)} · ${clockTime(incident.opened_at)}`);
    byId("answer-buttons").hidden = this.#isOwn;
    const mine = this.#waiting?.id === incident.id ? this.#waiting.answer : incident.my_answer;
    for (const answer of ["coming", "seen"]) byId(answer).setAttribute("aria-pressed", String(mine === answer));
    byId("seen").hidden = mine === "coming";
    byId("stay").hidden = !byId("seen").hidden;
    write(byId("stay"), t(`answer.${this.#sure ? "again" : "stay"}`));
    const counts = t("answer.counts", { coming: number(incident.coming ?? 0), seen: number(incident.seen ?? 0) });
    const waits = this.#waiting?.id === incident.id && this.#waiting.late ? t("answer.waits") : null;
    write(byId("answer-says"), this.#problem ?? waits ?? counts);
  }

  /** Until it is stored or refused: an answer that was pressed without a network is not lost. */
  async #say(answer, method = "POST") {
    const { id, my_answer } = this.#incident;
    if (my_answer === answer || (my_answer === "coming" && method !== "DELETE")) return;
    const mine = { id, answer, late: false };
    this.#waiting = mine;
    this.#problem = null;
    this.#paint();
    while (this.#waiting === mine) {
      try {
        const path = `/api/v1/incidents/${encodeURIComponent(id)}/acknowledge`;
        const kept = await ask(path, { token: this.#names.token, method, body: method === "DELETE" ? undefined : { answer } });
        this.#names.onKept(id, { coming: kept.coming, seen: kept.seen, my_answer: kept.answer });
        if (this.#waiting === mine) this.#waiting = null;
      } catch (error) {
        if (error instanceof Refused && !error.passing) {
          this.#problem = t("answer.refused", { reason: error.message });
          if (this.#waiting === mine) this.#waiting = null;
        } else {
          mine.late = true;
          this.#paint();
          await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
        }
      }
    }
    this.#paint();
  }
}

function bar() {
  const button = (answer) => element("button", { id: answer, class: `answer-${answer}`, type: "button", "data-t": `answer.${answer}` }, t(`answer.${answer}`));
  return element(
    "section",
    { id: "answer", class: "answer", "aria-label": t("answer.label"), "data-t-label": "answer.label", hidden: true },
    element("p", { class: "answer-head" }, element("strong", { id: "answer-kind" }), " ", element("span", { id: "answer-where" })),
    element("div", { id: "answer-buttons", class: "answer-buttons" }, button("coming"), button("seen"), button("stay")),
    element("p", { id: "answer-says", class: "answer-says", role: "status" }),
  );
}
