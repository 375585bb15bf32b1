// @ts-check
// Accept an invitation. Its code stands behind the # of the address, so it was never sent with the page.

import { ask } from "./api.js";
import { element } from "./element.js";
import { consentTo, content, form, problem, shown, title } from "./people_show.js";
import { remember } from "./session.js";
import { ulid } from "./ulid.js";
import { t } from "./words.js";

/** Show where the invitation leads, and ask for a name. */
export async function join() {
  const code = location.hash.slice(1);
  title(t("join.title", { name: "…" }));
  const place = await shown(() => ask("/api/v1/invitations/look", { method: "POST", body: { code } }), {
    404: "join.shut",
    422: "join.shut",
  });
  if (!place) return;
  title(t("join.title", { name: place.name }), t("join.why"));
  const words = await consentTo("membership");
  if (!words) return;
  const id = ulid(); // one for this page: sending twice asks once
  const fields = {
    name: { label: t("join.name"), autocomplete: "name", maxlength: 80, autofocus: true },
    phone: { label: t("join.phone"), type: "tel", autocomplete: "tel", maxlength: 32 },
  };
  const agreed = element("input", { type: "checkbox", id: "agreed", name: "agreed" });
  content(
    element("label", { class: "agree" }, agreed, element("span", { lang: words.lang }, words.text)),
    form(fields, t("join.send"), async (values) => {
      if (!agreed.checked) {
        problem(t("join.must_agree"));
        agreed.focus();
        return;
      }
      const body = { id, code, name: values.name, phone: values.phone || null, consent: words.version };
      const asked = await shown(() => ask("/api/v1/invitations/accept", { method: "POST", body }), { 404: "join.shut", 409: "join.known", 422: "join.name_bad" });
      if (!asked) return;
      remember(asked.region);
      title(asked.name, t("join.done"));
      content(element("a", { class: "main-button", href: "/" }, t("home.link")));
    }),
  );
}
