// @ts-check
// Sign in: name and password, then (for roles that need it) the second step: enrol an app once, or its code.

import { ask } from "./api.js";
import { element } from "./element.js";
import { content, form, moment, qr, shown, title } from "./people_show.js";
import { remember } from "./session.js";
import { t } from "./words.js";

/** Show the form, and after it whatever is still missing. */
export async function signIn() {
  title(t("sign_in.title"), t("sign_in.why"));
  content(
    form(
      {
        name: { label: t("sign_in.name"), autocomplete: "username", autofocus: true },
        password: { label: t("sign_in.password"), type: "password", autocomplete: "current-password" },
      },
      t("sign_in.enter"),
      async (values) => {
        const work = () => ask("/api/v1/session", { method: "POST", body: values });
        const state = await shown(work, { 401: "problem.wrong" });
        if (state) await following(state, values);
      },
    ),
  );
}

/** What comes after the password: one of their own, the app's code, its enrolment, or nothing. */
async function following(state, signed) {
  if (state.missing === "password") await choosePassword(signed);
  else if (state.missing === "enrolment") await enrol();
  else if (state.missing === "code") await askCode("/api/v1/session/second-factor", () => done());
  else await done();
}

async function choosePassword(signed) {
  title(t("first.title"), t("first.why"));
  const fields = { password: { label: t("first.password"), type: "password", autocomplete: "new-password", autofocus: true } };
  content(
    form(fields, t("first.send"), async ({ password }) => {
      const name = signed.name.includes("@") ? { email: signed.name } : { phone: signed.name };
      const body = { ...name, password, old_password: signed.password };
      if (!(await shown(() => ask("/api/v1/me/login", { method: "PUT", body }), { 422: "first.weak" }))) return;
      const state = await shown(() => ask("/api/v1/session"));
      if (state) await following(state, { ...signed, password });
    }),
  );
}

async function enrol() {
  const begun = await shown(() => ask("/api/v1/me/second-factor", { method: "POST" }));
  if (!begun) return;
  const here = element("a", { class: "quiet-button", href: begun.address }, t("code.open"));
  const app = [qr(begun.svg, t("code.scan")), here, element("p", { class: "secret" }, t("code.secret", { secret: begun.secret }))];
  await askCode("/api/v1/me/second-factor/confirm", (answer) => keep(answer.recovery_codes), t("code.scan"), app);
}

async function askCode(path, then, why = t("code.why"), before = []) {
  title(t("code.title"), why);
  const fields = { code: { label: t("code.code"), inputmode: "text", autocomplete: "one-time-code", autofocus: true } };
  const asking = form(fields, t("code.send"), async (values) => {
    const answer = await shown(() => ask(path, { method: "POST", body: values }), { 403: "problem.code", 422: "problem.code" });
    if (answer) then(answer);
  });
  content(...before, asking);
}

function keep(codes) {
  title(t("code.title"), t("code.recovery"));
  const go = element("button", { class: "main-button", type: "button" }, t("code.kept"));
  go.addEventListener("click", () => done());
  content(element("ul", { class: "codes" }, ...codes.map((code) => element("li", {}, code))), go);
}

/** Signed in wholly. What somebody else reset meanwhile is told first. */
async function done() {
  remember();
  const state = await shown(() => ask("/api/v1/session"));
  if (!state) return;
  if (state.resets.length) {
    tellResets(state);
    return;
  }
  const here = document.body.dataset.view;
  if (here !== "sign_in") {
    location.reload();
    return;
  }
  title(t("sign_in.done", { name: state.name }));
  content(element("a", { class: "main-button", href: "/" }, t("home.link")));
}

function tellResets({ resets }) {
  title(t("reset.title"), t("reset.why"));
  const told = resets.map(({ what, at, by }) => element("li", { class: "person" }, t(`reset.${what}`, { time: moment(at), by: by ?? t("reset.machine") })));
  const seen = element("button", { class: "main-button", type: "button", id: "seen" }, t("reset.seen"));
  seen.addEventListener("click", async () => {
    if (await shown(() => ask("/api/v1/me/resets/seen", { method: "POST" }))) await done();
  });
  content(element("ul", { class: "people", id: "resets" }, ...told), seen);
}
