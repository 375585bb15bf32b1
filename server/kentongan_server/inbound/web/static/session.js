// @ts-check
// Who looks at this page: a demo with its own tokens, or one person with one access token kept for this tab.

import { ask, Refused } from "./api.js";
import { byId, write } from "./element.js";
import { t } from "./words.js";

const PLACE = "kentongan.token";
const AGAIN_MS = 1500;

/** {demo, tokens: {resident, rt_head}, reading, silencing, maySilence} once somebody is known. */
export async function begin() {
  const demo = document.body.dataset.demo === "yes" ? await demoSession() : null;
  if (demo) return { demo, tokens: demo.tokens, reading: demo.tokens.admin, silencing: demo.tokens.rt_head, maySilence: true };
  const token = sessionStorage.getItem(PLACE) ?? (await askForToken());
  byId("sign-out").hidden = false;
  byId("sign-out").addEventListener("click", forget);
  return { demo: null, tokens: { resident: token, rt_head: token }, reading: token, silencing: token, maySilence: false };
}

/** Forget the token and begin anew. */
export function forget() {
  sessionStorage.removeItem(PLACE);
  location.reload();
}

async function demoSession() {
  for (;;) {
    try {
      return await ask("/demo/session", { cache: "default" }); // the page asked for it already, while its script was on the way
    } catch (error) {
      if (error instanceof Refused && error.status === 404) return null;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS)); // a demo that is still starting
    }
  }
}

function askForToken() {
  const dialog = byId("sign-in");
  const problem = byId("sign-in-problem");
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.querySelector("form").addEventListener("submit", async (event) => {
      event.preventDefault();
      const token = byId("token").value.trim();
      try {
        await ask("/api/v1/me", { token });
      } catch (error) {
        problem.hidden = false;
        write(problem, t(error instanceof Refused ? "sign_in.refused" : "sign_in.unreachable"));
        return;
      }
      sessionStorage.setItem(PLACE, token);
      dialog.close();
      resolve(token);
    });
  });
}
