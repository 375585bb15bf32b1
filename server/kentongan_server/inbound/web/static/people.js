// @ts-check
// The small pages: sign in, accept an invitation, admit neighbours, tonight's ronda, my channels, my data, third
// parties' systems. Each shows itself by the page's view.

import { ask } from "./api.js";
import { byId, write } from "./element.js";
import { channels } from "./people_channels.js";
import { data } from "./people_data.js";
import { join } from "./people_join.js";
import { neighbours } from "./people_neighbours.js";
import { ronda } from "./people_ronda.js";
import { shown, title } from "./people_show.js";
import { signIn } from "./people_sign_in.js";
import { subscriptions } from "./people_subscriptions.js";
import { speak, t } from "./words.js";

const VIEWS = { sign_in: signIn, join, neighbours, ronda, channels, data, subscriptions };
const FOR = { neighbours: ["rt_head"], subscriptions: ["rt_head", "city_admin"] };
const NEED_NOBODY = ["sign_in", "join"];

await speak(document.documentElement.lang, "people-");
for (const link of document.querySelectorAll("a.language")) link.href += location.hash; // the code of an invitation goes along
const view = document.body.dataset.view;
if (NEED_NOBODY.includes(view)) await VIEWS[view]();
else {
  const state = await shown(() => ask("/api/v1/session"));
  if (state) {
    await VIEWS[view](state);
    await pages();
  } else if (!byId("problem").dataset.passing) {
    title(t("sign_in.title"), t("sign_in.why"));
    write(byId("problem"), "");
    byId("problem").hidden = true;
    await signIn();
  }
}
document.body.dataset.ready = "yes";

/** Show the way to the pages that are for those who look after an RT, or the city. */
async function pages() {
  const me = await ask("/api/v1/me").catch(() => null); // without an answer two links stay away
  const roles = me ? me.memberships.map(({ role }) => role) : [];
  for (const link of document.querySelectorAll("[data-page][hidden]")) link.hidden = !FOR[link.dataset.page].some((role) => roles.includes(role));
}
