// @ts-check
// Who looks at this page: a demo with its own tokens, a person who signed in on this device, or one with an access token
// kept for this tab. The session itself is a cookie that no script can read; kept here is only that there is one.

import { ask, Refused } from "./api.js";
import { byId, write } from "./element.js";
import { t } from "./words.js";

const PLACE = "kentongan.token";
const SIGNED_IN = "kentongan.signed-in";
const AGAIN_MS = 1500;

/** {demo, tokens: {resident, rt_head}, reading, silencing, maySilence} once somebody is known. */
export async function begin() {
  const demo = document.body.dataset.demo === "yes" ? await demoSession() : null;
  if (demo) return { demo, tokens: demo.tokens, reading: demo.tokens.admin, silencing: demo.tokens.rt_head, maySilence: true };
  const signed = await signedIn();
  if (signed) return signed;
  const token = sessionStorage.getItem(PLACE) ?? (await askForToken());
  byId("sign-out").hidden = false;
  byId("sign-out").addEventListener("click", forget);
  return { demo: null, tokens: { resident: token, rt_head: token }, reading: token, silencing: token, maySilence: false };
}

/** Forget the token, or end the session, and begin anew. */
export async function forget() {
  sessionStorage.removeItem(PLACE);
  if (localStorage.getItem(SIGNED_IN)) {
    localStorage.removeItem(SIGNED_IN);
    await ask("/api/v1/session", { method: "DELETE" }).catch(() => {}); // it ends by itself where nobody answers
  }
  location.reload();
}

/** Remember that this device is signed in; `asked` is the RT that has yet to admit its person. */
export function remember(asked = null) {
  localStorage.setItem(SIGNED_IN, JSON.stringify({ asked }));
}

async function signedIn() {
  const kept = localStorage.getItem(SIGNED_IN);
  if (!kept) return null;
  for (;;) {
    try {
      await ask("/api/v1/session");
      byId("sign-out").hidden = false;
      byId("sign-out").addEventListener("click", forget);
      const { asked } = JSON.parse(kept);
      return { demo: null, tokens: { resident: null, rt_head: null }, reading: null, silencing: null, maySilence: false, signedIn: true, asked };
    } catch (error) {
      if (error instanceof Refused && !error.passing) {
        localStorage.removeItem(SIGNED_IN);
        return null;
      }
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS)); // no network: the session is still there
    }
  }
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
