// The page around the kentongan: loads MicroPython, gives it its files and its identity, and shows what it does.

import { makeBridge } from "./bridge.js";
import * as drum from "./drum.js";
import { WORDS } from "./words.js";

const HEAP = 128 * 1024;
const FOLDERS = ["/state", "/lib"];
const at = (id) => document.getElementById(id);
let language = new URLSearchParams(location.search).get("lang") === "en" ? "en" : "id";
const word = (name) => WORDS[language][name];
let twin = null;
let plugged = true;
let status = null;

const panel = {
  siren(on) {
    at("drum").dataset.striking = on;
    if (on) drum.strike();
  },
  light(colour) {
    at("lamp").dataset.colour = colour;
  },
  tell(event) {
    const line = document.createElement("li");
    line.textContent = JSON.stringify(event);
    at("log").prepend(line);
    while (at("log").children.length > 60) at("log").lastChild.remove();
    if (event.event === "flooded") at("state").title = `${event.count} ${word("flooded")}`;
    queueMicrotask(show);
  },
};
const bridge = makeBridge(panel);

function ask(request) {
  const answer = JSON.parse(twin.do(JSON.stringify(request)));
  if (answer.error) panel.tell({ event: "cannot", why: answer.error });
  return answer;
}

function show() {
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  document.documentElement.lang = language;
  at("language").textContent = word("other");
  at("network").textContent = word(plugged ? "unplug" : "plug");
  at("sound").textContent = word(drum.isHeard() ? "mute" : "hear");
  if (!twin) return;
  status = ask({ do: "status" });
  at("power").textContent = word(status.plugged ? "off" : "on");
  const state = status.plugged ? status.siren : "dark";
  at("state").dataset.state = state;
  at("state").textContent = word(state);
  at("link").textContent = word(status.connected ? "online" : "offline");
  at("link").dataset.connected = status.connected;
  const stage = status.stage ?? (status.pending?.length ? "calling" : null);
  at("stage").dataset.stage = stage ?? "";
  at("stage").textContent = stage ? WORDS[language].stages[stage] : "–";
  at("refused").textContent = status.refused;
}

function meter() {
  const { used } = ask({ do: "memory" });
  at("memory").dataset.bytes = used;
  at("memory").textContent = `${(used / 1024).toFixed(1)} ${word("kib")}`;
  show();
}

function wire() {
  const panic = at("panic");
  const press = () => { drum.allow(); ask({ do: "press" }); };
  const release = () => status?.plugged && ask({ do: "release" });
  panic.addEventListener("pointerdown", (event) => { panic.setPointerCapture(event.pointerId); press(); });
  panic.addEventListener("pointerup", release);
  panic.addEventListener("pointercancel", release);
  panic.addEventListener("keydown", (event) => { if (event.key === " " && !event.repeat) press(); });
  panic.addEventListener("keyup", (event) => { if (event.key === " ") release(); });
  at("silence").addEventListener("click", () => ask({ do: "silence" }));
  at("network").addEventListener("click", () => { plugged = !plugged; bridge.network(plugged); show(); });
  at("power").addEventListener("click", () => {
    ask({ do: status.plugged ? "unplug" : "plug" });
    panel.siren(false);
    panel.light("none");
    show();
  });
  at("flood").addEventListener("click", () => ask({ do: "flood", count: 1000 }));
  at("sound").addEventListener("click", async () => { await (drum.isHeard() ? drum.forbid() : drum.allow()); show(); });
}

async function start() {
  const identity = await (await fetch("identity.json")).json();
  if (identity.missing) throw new Error(identity.missing[language]);
  at("identity").textContent = `${identity.settings.node} · ${identity.region}`;
  const { loadMicroPython } = await import("./micropython/micropython.mjs");
  const micropython = await loadMicroPython({ heapsize: HEAP, pystack: 16 * 1024, stdout: console.log, stderr: console.warn });
  for (const folder of FOLDERS) if (!micropython.FS.analyzePath(folder).exists) micropython.FS.mkdir(folder);
  for (const [path, text] of Object.entries(await (await fetch("firmware.json")).json())) {
    const parts = path.split("/");
    for (let depth = 1; depth < parts.length; depth++) {
      const folder = `/lib/${parts.slice(0, depth).join("/")}`;
      if (!micropython.FS.analyzePath(folder).exists) micropython.FS.mkdir(folder);
    }
    micropython.FS.writeFile(`/lib/${path}`, text);
  }
  micropython.registerJsModule("twin_bridge", bridge.module);
  twin = micropython.pyimport("twin_node").start(JSON.stringify(identity.settings));
  window.twin = { ask };
  meter();
  setInterval(meter, 1000);
}

at("language").addEventListener("click", () => { language = language === "id" ? "en" : "id"; show(); });
at("state").textContent = word("starting");
wire();
show();
start().catch((problem) => {
  at("missing").hidden = false;
  at("missing").textContent = word("failed") + problem.message;
  at("state").textContent = "";
});
