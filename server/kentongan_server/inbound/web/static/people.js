// @ts-check
// The small pages: sign in, accept an invitation, admit neighbours, tonight's ronda, my channels, my data. Each shows itself
// by the page's view.

import { ask } from "./api.js";
import { byId, write } from "./element.js";
import { channels } from "./people_channels.js";
import { data } from "./people_data.js";
import { join } from "./people_join.js";
import { neighbours } from "./people_neighbours.js";
import { ronda } from "./people_ronda.js";
import { shown, title } from "./people_show.js";
import { signIn } from "./people_sign_in.js";
import { speak, t } from "./words.js";

const VIEWS = { sign_in: signIn, join, neighbours, ronda, channels, data };
const NEED_NOBODY = ["sign_in", "join"];

await speak(document.documentElement.lang, "people-");
for (const link of document.querySelectorAll("a.language")) link.href += location.hash; // the code of an invitation goes along
const view = document.body.dataset.view;
if (NEED_NOBODY.includes(view)) await VIEWS[view]();
else {
  const state = await shown(() => ask("/api/v1/session"));
  if (state) await VIEWS[view](state);
  else if (!byId("problem").dataset.passing) {
    title(t("sign_in.title"), t("sign_in.why"));
    write(byId("problem"), "");
    byId("problem").hidden = true;
    await signIn();
  }
}
document.body.dataset.ready = "yes";
