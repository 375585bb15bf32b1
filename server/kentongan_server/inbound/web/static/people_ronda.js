// @ts-check
// Tonight's ronda: who watches, who has come, and one button to say that one is here.

import { ask } from "./api.js";
import { byId, element } from "./element.js";
import { content, hour, nameOf, shown, title } from "./people_show.js";
import { t } from "./words.js";

const NEIGHBOURS = ["resident", "rt_head", "ronda"];

/** Show the watch of the RT in which the signed-in person lives. */
export async function ronda() {
  const me = await shown(() => ask("/api/v1/me"));
  const held = me?.memberships.find((membership) => NEIGHBOURS.includes(membership.role));
  if (!held) {
    title(t("ronda.only"));
    return;
  }
  title(t("ronda.title", { name: await nameOf(held.region) }));
  const come = element("button", { class: "main-button", id: "come", type: "button" }, t("ronda.come"));
  come.addEventListener("click", async () => {
    come.disabled = true;
    const came = await shown(() => ask("/api/v1/ronda/check-ins", { method: "POST", body: { region: held.region } }));
    if (came) await list(held.region);
    come.disabled = false;
  });
  content(element("ul", { class: "people", id: "turns" }), come);
  await list(held.region);
}

async function list(region) {
  const found = await shown(() => ask(`/api/v1/ronda/turns?days=1&region=${encodeURIComponent(region)}`));
  if (!found) return;
  byId("turns").replaceChildren(...found.map(turn));
  byId("come").hidden = !found.length;
  if (!found.length) byId("turns").append(element("li", { class: "why" }, t("ronda.none")));
}

function turn(one) {
  const came = one.came_at ? t("ronda.came", { time: hour(one.came_at) }) : t("ronda.expected");
  const times = t("ronda.turn", { begins: hour(one.begins_at), ends: hour(one.ends_at) });
  return element(
    "li",
    { class: "person", "data-came": one.came_at ? "yes" : "no" },
    element("span", { class: "person-name" }, one.name),
    element("span", { class: "chip" }, came),
    element("span", { class: "person-note" }, one.instead_of ? `${times} · ${t("ronda.instead")}` : times),
  );
}
