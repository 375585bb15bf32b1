// One case as a card. Whatever came from outside is set as text, never as markup.

import { ACTS, DISPOSITIONS, REPLIES, STAGES, ago, kindWords, sourceWord, trustWord, viewWords, wib } from "./words.js";

export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "data") Object.assign(made.dataset, value);
    else if (key.startsWith("aria-")) made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

// A link that is over is no link any more: the server would only say no.
const opens = (view, now = new Date()) => view.link !== null && (view.until === null || now < new Date(view.until));

const english = (words) => element("span", { className: "aside", lang: "en" }, words);

export class CaseCard {
  // `say(incident, action, disposition)` sends the operator's word; it throws an Error whose message is shown.
  constructor(say) {
    this.root = element("li", { className: "case" });
    this.say = say;
    this.ending = false;
    this.wrong = "";
    this.quietUntil = 0;
    this.open = false;
  }

  show(one) {
    const drawn = JSON.stringify(one);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    if (one.status !== this.one?.status) {
      this.ending = false;
      this.wrong = "";
    }
    this.one = one;
    this.draw();
  }

  draw() {
    const hadFocus = this.root.contains(document.activeElement);
    const one = this.one;
    this.root.dataset.stage = STAGES[one.status][0];
    this.root.dataset.incident = one.incident;
    this.root.dataset.status = one.status;
    this.root.dataset.purpose = one.purpose;
    this.root.replaceChildren(...[
      this.ribbon(one), this.top(one), this.place(one), this.when(one),
      this.wrong ? element("p", { className: "wrong", role: "alert" }, this.wrong) : null,
      this.acts(one), // above the details: the answer must never lie below the fold
      ...this.middle(one),
    ].filter((part) => part !== null));
    if (hadFocus) this.root.querySelector("button")?.focus();
  }

  age(now) {
    const shown = this.root.querySelector(".age");
    if (shown) shown.textContent = ago(new Date(this.one.opened_at), now);
    if (this.root.querySelectorAll(".view a").length !== this.one.views.filter((view) => opens(view, now)).length) this.draw();
  }

  // A case that ended steps back: one line says how, the rest is there for who asks.
  middle(one) {
    const all = [this.takenBack(one), this.said(one), this.views(one), this.facts(one), this.proofs(one), this.steps(one.replies)];
    if (one.status !== "resolved") return all;
    const rest = element("details", { className: "rest", open: this.open },
      element("summary", {}, "Rincian ", english("Details")), ...all.filter((part) => part !== null));
    rest.addEventListener("toggle", () => { this.open = rest.open; });
    return [this.steps(one.replies.slice(-1)), rest];
  }

  ribbon(one) {
    if (one.purpose === "actual") return null;
    const drill = one.purpose === "drill";
    return element("p", { className: "ribbon" }, drill ? "LATIHAN " : "LATIHAN · UJI ",
      element("span", {}, "bukan kejadian nyata · ", element("span", { lang: "en" }, drill ? "exercise" : "test")));
  }

  top(one) {
    const [, words, aside] = STAGES[one.status];
    const [kind, kindAside] = kindWords(one.kind);
    return element("div", { className: "top" },
      element("h3", { className: "kind" }, `${kind} `, english(kindAside)),
      element("p", { className: "stage" }, words, english(aside)));
  }

  place(one) {
    return element("p", { className: "place" }, element("bdi", {}, one.region_name), " ", element("span", { className: "aside" }, one.region));
  }

  when(one) {
    const opened = new Date(one.opened_at);
    return element("p", { className: "when" },
      element("time", { dateTime: one.opened_at }, wib(opened)), " · ", element("span", { className: "age" }, ago(opened)));
  }

  takenBack(one) {
    if (one.event !== "incident.cancelled") return null;
    return element("p", { className: "taken-back" }, "Dibatalkan pelapor. Petugas yang memutuskan. ", english("Cancelled by the reporter; you decide."));
  }

  said(one) {
    return one.text ? element("p", { className: "said", dir: "auto" }, one.text) : null;
  }

  // Each opening is noted at the server, with the officer's side of the network: the page opens none by itself.
  views(one) {
    if (one.views.length === 0) return null;
    return element("ul", { className: "views", "aria-label": "Kamera dan posisi" }, ...one.views.map((view) => {
      const { words, about } = viewWords(view);
      const name = opens(view)
        ? element("a", { href: view.link, target: "_blank", rel: "noopener noreferrer" }, element("bdi", {}, words))
        : element("bdi", {}, words);
      const until = view.until === null ? "" : `sampai ${wib(new Date(view.until))}`;
      const how = view.link === null ? "tanpa tautan" : opens(view) ? until : "tautan sudah berakhir; tunggu dokumen baru";
      return element("li", { className: "view" }, name, element("span", { className: "aside" }, [about, how].filter(Boolean).join(" · ")));
    }));
  }

  facts(one) {
    const fact = (name, value) => element("div", {}, element("dt", {}, name), element("dd", {}, element("bdi", {}, value)));
    const at = one.latitude === null ? "tidak diketahui" : `${one.latitude.toFixed(5)}, ${one.longitude.toFixed(5)}`;
    return element("dl", { className: "facts" },
      fact("Sumber", sourceWord(one.source)), fact("Kepercayaan", trustWord(one.trust)), fact("Posisi", at));
  }

  proofs(one) {
    const proof = (count, name, sound) => element("li", { className: "proof", data: { come: count ? "yes" : "no" } },
      count ? `✓ ${name} · ${sound}${count > 1 ? ` · ${count}×` : ""}` : `${name} belum datang`);
    return element("ul", { className: "proofs", "aria-label": "Bukti keaslian" },
      proof(one.formats.webhook, "JSON", "tanda tangan sah"), proof(one.formats.cap, "CAP 1.2", "tanda tangan & skema sah"));
  }

  steps(replies) {
    if (replies.length === 0) return null;
    return element("ol", { className: "steps" }, ...replies.map((reply) => {
      const result = reply.disposition ? ` (${DISPOSITIONS[reply.disposition][0].toLowerCase()})` : "";
      const way = reply.sent ? element("span", { className: "aside" }, " ✓ sampai ke server")
        : reply.attempts === 0 ? element("span", { className: "aside" }, " mengirim…")
        : element("span", { className: "unsent" }, ` belum sampai ke server, percobaan ${reply.attempts}`);
      return element("li", { title: reply.error ?? "" }, `${REPLIES[reply.reply]}${result} · ${wib(new Date(reply.at))} · `,
        element("bdi", {}, reply.operator), way);
    }));
  }

  acts(one) {
    const acts = ACTS[one.status];
    if (acts.length === 0) return null;
    if (this.ending) return element("div", { className: "acts" }, this.ends());
    return element("div", { className: "acts" }, ...acts.map(([action, words, aside], order) =>
      this.button(words, aside, order === 0 ? "main" : "more", action, () => {
        if (action !== "resolve") return this.press(action, null);
        this.ending = true;
        return this.draw();
      })));
  }

  ends() {
    return element("div", { className: "ends", role: "group", "aria-label": "Bagaimana berakhirnya?" },
      element("p", {}, "Bagaimana berakhirnya? ", english("How did it end?")),
      element("div", {}, ...Object.entries(DISPOSITIONS).map(([disposition, [words, aside]]) =>
        this.button(words, aside, "more", `resolve-${disposition}`, () => this.press("resolve", disposition))),
      this.button("Kembali", "Back", "more", "back", () => { this.ending = false; this.draw(); })));
  }

  button(words, aside, className, act, pressed) {
    const made = element("button", { type: "button", className, data: { act } }, words, element("small", { lang: "en" }, aside));
    // The next button appears where the last one was: a second press of the same finger must not trigger it.
    made.addEventListener("click", () => { if (performance.now() > this.quietUntil) pressed(); });
    return made;
  }

  async press(action, disposition) {
    this.quietUntil = Infinity;
    for (const button of this.root.querySelectorAll("button")) button.setAttribute("aria-busy", "true");
    try {
      this.show(await this.say(this.one.incident, action, disposition));
    } catch (error) {
      this.wrong = error.message;
      this.draw();
    } finally {
      this.quietUntil = performance.now() + 500;
    }
  }
}
