// @ts-check
// The RT head's page: who waits to be admitted, and a new invitation as a QR code.

import { ask } from "./api.js";
import { byId, element } from "./element.js";
import { content, form, hour, nameOf, qr, shown, title } from "./people_show.js";
import { t } from "./words.js";

/** Show the RT of which the signed-in person is the head. */
export async function neighbours() {
  const me = await shown(() => ask("/api/v1/me"));
  const held = me?.memberships.find((membership) => membership.role === "rt_head");
  if (!held) {
    title(t("neighbours.not_head"));
    return;
  }
  title(t("neighbours.title", { name: await nameOf(held.region) }));
  const waiting = element("ul", { class: "people", id: "waiting" });
  const invited = element("div", { id: "invited" });
  const fields = {
    uses: { label: t("neighbours.uses"), type: "number", min: 1, max: 200, value: 1 },
    hours: { label: t("neighbours.hours"), type: "number", min: 1, max: 744, value: 72 },
  };
  const invite = form(fields, t("neighbours.invite"), async (values) => {
    const body = { region: held.region, uses: Number(values.uses), hours: Number(values.hours) };
    const made = await shown(() => ask("/api/v1/invitations", { method: "POST", body }));
    if (!made) return;
    invited.replaceChildren(
      element("p", { class: "why" }, t("neighbours.scan")),
      qr(made.svg, t("neighbours.scan")),
      element("p", { class: "secret" }, made.address),
    );
  });
  content(waiting, invite, invited);
  await list(held.region);
}

async function list(region) {
  const found = await shown(() => ask(`/api/v1/admissions?region=${encodeURIComponent(region)}`));
  if (!found) return;
  const waiting = byId("waiting");
  waiting.replaceChildren(...found.map((one) => person(one, region)));
  if (!found.length) waiting.append(element("li", { class: "why" }, t("neighbours.none")));
}

function person(one, region) {
  const decide = (verb, style) => {
    const button = element("button", { class: style, type: "button" }, t(`neighbours.${verb}`));
    button.addEventListener("click", async () => {
      button.disabled = true;
      await shown(() => ask(`/api/v1/admissions/${encodeURIComponent(one.id)}/${verb}`, { method: "POST" }));
      await list(region);
    });
    return button;
  };
  const note = [one.phone, t("neighbours.since", { time: hour(one.asked_at) })].filter(Boolean).join(" · ");
  return element(
    "li",
    { class: "person" },
    element("span", { class: "person-name" }, one.name),
    decide("approve", "main-button"),
    decide("refuse", "quiet-button"),
    element("span", { class: "person-note" }, note),
  );
}
