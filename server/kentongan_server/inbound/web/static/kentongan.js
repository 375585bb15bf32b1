// @ts-check
// The home RT's kentongan as slit drums: the lamp, the mallet in rhythm, and the state in a word.

import { drawing, element, write } from "./element.js";
import { strokes } from "./rhythm.js";
import { t } from "./words.js";

/** The drums in `list`; `real` and `wired` name the node that is a MicroPython process and the one behind the gateway. */
export class Drums {
  #list;
  #drums = new Map();
  #rhythm = null;
  #frame = 0;
  #calm = window.matchMedia("(prefers-reduced-motion: reduce)");

  constructor(list) {
    this.#list = list;
  }

  /** Show these nodes; `colour` is the lamp's while one is commanded, `rhythm` what the sounding ones play. */
  show(nodes, { colour, rhythm, real, wired }) {
    for (const [id, drum] of this.#drums) {
      if (nodes.some((node) => node.id === id)) continue;
      drum.item.remove();
      this.#drums.delete(id);
    }
    for (const node of nodes) {
      if (!this.#drums.has(node.id)) this.#drums.set(node.id, this.#make(node.id, node.role));
      this.#paint(this.#drums.get(node.id), node, { colour, real, wired });
    }
    this.#beat(rhythm);
  }

  #make(id, role) {
    const drawn = drum();
    const parts = {
      word: element("strong", { class: "drum-word" }),
      label: element("span", { class: "drum-id" }, id),
      badges: element("span", { class: "badges" }),
      mallet: drawn.querySelector(".mallet"),
      body: drawn.querySelector(".swing"),
      lamp: drawn.querySelector(".lamp"),
    };
    parts.item = element("li", { class: "drum", "data-node": id, "data-role": role }, drawn, parts.word, parts.label, parts.badges);
    this.#list.append(parts.item);
    return parts;
  }

  #paint(drum, node, { colour, real, wired }) {
    const state = shownState(node);
    drum.item.dataset.state = state;
    drum.item.dataset.siren = node.siren;
    drum.item.dataset.lamp = lampOf(state, colour);
    write(drum.word, t(`state.${state}`));
    const badges = [
      node.id === real ? t("drum.micropython") : null,
      node.id === wired ? t("drum.gateway") : null,
      node.role === "gateway" ? t("drum.is_gateway") : null,
    ].filter(Boolean);
    if (drum.badges.textContent !== badges.join("")) {
      drum.badges.replaceChildren(...badges.map((text) => element("span", { class: "badge" }, text)));
    }
  }

  #beat(rhythm) {
    if (rhythm === this.#rhythm) return;
    this.#rhythm = rhythm;
    cancelAnimationFrame(this.#frame);
    if (!rhythm || this.#calm.matches) return;
    let done = performance.now() - rhythm.startedAt;
    const step = () => {
      const now = performance.now() - rhythm.startedAt;
      if (strokes(rhythm, done, now).length) this.#strike();
      done = now;
      this.#frame = requestAnimationFrame(step);
    };
    this.#frame = requestAnimationFrame(step);
  }

  #strike() {
    for (const drum of this.#drums.values()) {
      if (drum.item.dataset.siren !== "sounding") continue;
      drum.item.dataset.strokes = String(Number(drum.item.dataset.strokes ?? 0) + 1);
      const blow = { duration: 150, easing: "ease-out" };
      drum.mallet.animate([{ transform: "rotate(0deg)" }, { transform: "rotate(26deg)" }], blow);
      drum.body.animate([{ transform: "rotate(-2.5deg)" }, { transform: "rotate(0deg)" }], blow);
      drum.lamp.animate([{ opacity: 1 }, { opacity: 0.35 }], blow);
    }
  }
}

function shownState(node) {
  if (node.presence !== "online") return node.presence;
  if (node.siren === "sounding") return "sounding";
  return node.state ?? "ready";
}

function lampOf(state, colour) {
  if (state === "sounding") return colour ?? "red";
  if (state === "queued" || state === "sent" || state === "device_acked" || state === "timed_out") return "called";
  if (state === "failed" || state === "expired") return "fault";
  return state === "offline" || state === "unknown" ? "off" : "ready";
}

function drum() {
  return drawing(
    "svg",
    { viewBox: "0 0 120 150", class: "drum-drawing", "aria-hidden": "true" },
    drawing("path", { class: "rope", d: "M60 2 C50 12 46 16 46 26 M60 2 C70 12 74 16 74 26" }),
    drawing(
      "g",
      { class: "swing" },
      drawing("rect", { class: "wood", x: 34, y: 20, width: 52, height: 122, rx: 24 }),
      drawing("path", { class: "shine", d: "M43 42 C41 70 41 96 44 122" }),
      drawing("path", { class: "grain", d: "M76 40 C79 70 79 98 75 126 M69 34 C71 40 71 44 70 50" }),
      drawing("path", { class: "band", d: "M34 46 H86 M34 118 H86" }),
      drawing("path", { class: "slit", d: "M60 54 C64 54 65 58 65 62 V104 C65 108 64 112 60 112 C56 112 55 108 55 104 V62 C55 58 56 54 60 54 Z" }),
      drawing("circle", { class: "lamp-glow", cx: 60, cy: 34, r: 11 }),
      drawing("circle", { class: "lamp", cx: 60, cy: 34, r: 5.5 }),
    ),
    drawing(
      "g",
      { class: "mallet" },
      drawing("path", { class: "handle", d: "M112 122 L97 84" }),
      drawing("ellipse", { class: "head", cx: 95, cy: 79, rx: 6.5, ry: 10, transform: "rotate(-21 95 79)" }),
    ),
  );
}
