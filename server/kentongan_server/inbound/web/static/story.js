// @ts-check
// Which incident is told: the newest, as long as nobody chooses another.

import { byId, element } from "./element.js";
import { tell } from "./timeline.js";
import { clockTime, spoken, t } from "./words.js";

const OFFERED = 8;

/** The story's panel; `onChosen(id)` fetches what may be missing of an incident. */
export class Story {
  #chronicle;
  #names;
  #list = byId("story");
  #choice = byId("story-of");

  constructor({ chronicle, kindName, regionName, onChosen }) {
    this.#chronicle = chronicle;
    this.#names = { kindName, regionName };
    this.#choice.addEventListener("change", () => {
      if (this.#choice.value) onChosen(this.#choice.value);
      this.paint();
    });
  }

  paint() {
    this.#offer();
    tell(this.#list, this.#chronicle.get(this.#choice.value) ?? this.#chronicle.newest, this.#names);
  }

  #offer() {
    const offered = this.#chronicle.newestFirst().slice(0, OFFERED);
    const { kindName, regionName } = this.#names;
    const titles = offered.map(({ kind, region, opened_at: at }) => `${kind ? kindName(kind) : "…"} · ${regionName(region)} · ${clockTime(at)}`);
    const shape = JSON.stringify([titles, spoken()]);
    this.#choice.hidden = offered.length === 0;
    if (this.#choice.dataset.shape === shape) return;
    this.#choice.dataset.shape = shape;
    const chosen = this.#choice.value;
    const newest = element("option", { value: "" }, `${t("timeline.newest")}: ${titles[0] ?? ""}`);
    this.#choice.replaceChildren(newest, ...offered.slice(1).map(({ id }, i) => element("option", { value: id }, titles[i + 1])));
    this.#choice.value = offered.slice(1).some(({ id }) => id === chosen) ? chosen : "";
  }
}
