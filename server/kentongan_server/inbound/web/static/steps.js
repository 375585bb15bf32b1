// @ts-check
// The reporter's own report: stored ▸ neighbours called ▸ police saw it ▸ on the way, each only when it is true.

import { element, write } from "./element.js";
import { progressOf } from "./progress.js";
import { clockTime, t } from "./words.js";

const WORRY_MS = 10_000;

/** Paint `entry` of the outbox into `root`; `incident` is its chronicle where known, `kindClass` the kind's class. */
export function paintSteps(root, entry, incident, kindClass, kindName) {
  const stored = entry.state === "stored";
  const events = stored ? [{ event: "report_taken", at: entry.storedAt, data: {} }, ...(incident?.events ?? [])] : [];
  const { steps, status, accepted, call } = progressOf(kindClass, events);
  const late = !stored && (entry.state === "refused" || entry.state === "too_old" || Date.now() - entry.since > WORRY_MS);
  root.hidden = false;
  root.dataset.state = entry.state;
  root.dataset.report = entry.report.id;
  write(root.querySelector(".own-kind"), kindName(entry.report.kind));
  const chip = root.querySelector(".own-status");
  chip.hidden = !stored || status === null;
  if (!chip.hidden) {
    chip.dataset.status = status;
    write(chip, t(`progress.${status}`));
  }
  const next = steps.findIndex(({ at }) => at === null);
  const list = root.querySelector(".steps");
  const rows = steps.map(({ name, at }, i) => ({
    name,
    state: at !== null ? "reached" : i === next ? "next" : "open",
    note: at !== null ? clockTime(at) : noteOf(name, i === next, entry, accepted),
  }));
  const shape = JSON.stringify([rows, document.documentElement.lang]);
  if (list.dataset.shape !== shape) {
    list.dataset.shape = shape;
    list.replaceChildren(
      ...rows.map(({ name, state, note }) =>
        element(
          "li",
          { class: "step", "data-step": name, "data-state": state, "aria-current": state === "next" ? "step" : null },
          element("span", { class: "step-name" }, t(`step.${stepKey(name, kindClass)}`)),
          element("span", { class: "step-note" }, note),
        ),
      ),
    );
  }
  const problem = root.querySelector(".own-problem");
  write(problem, problemOf(entry));
  problem.hidden = !problem.textContent;
  root.querySelector(".call").hidden = !(late || call) || kindClass === "community";
}

function stepKey(name, kindClass) {
  return kindClass === "emergency" && name === "accepted" ? "emergency_accepted" : name;
}

function noteOf(name, isNext, entry, accepted) {
  if (name === "stored" && entry.state === "waiting") return t("progress.retrying", { n: entry.attempts });
  if (name === "stored" && entry.state === "sending") return t("progress.sending");
  if (name === "police_saw" && accepted) return t("progress.accepted");
  return isNext && entry.state === "stored" ? t("progress.next") : "";
}

function problemOf(entry) {
  if (entry.state === "refused") return t("progress.refused", { reason: entry.problem });
  if (entry.state === "too_old") return t("progress.too_old");
  return "";
}
