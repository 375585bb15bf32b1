// @ts-check
// How far help has come, read from the events of one incident. A step counts only when its own event says so:
// a command on its way is not yet a sounding kentongan, an accepted message not yet a police officer who saw it.

const SOUNDED = new Set(["sounding", "silenced", "completed"]);
const SAW = new Set(["acknowledged", "dispatched", "on_scene", "resolved"]);
const ON_THE_WAY = new Set(["dispatched", "on_scene"]);
const OVER = new Set(["resolved", "closed", "cancelled"]);
const STEPS = {
  crime: ["stored", "neighbours_called", "police_saw", "on_the_way"],
  emergency: ["stored", "neighbours_called", "accepted"],
  community: ["stored", "told"],
};

/**
 * For an incident of `kindClass`: {steps: [{name, at}], status, accepted, call}. `at` is null until the step is reached;
 * `status` is "waiting" | "working" | "done", null for community news; `accepted` is when the recipient's machine took
 * it, which no human has seen yet; `call` when the resident should telephone.
 */
export function progressOf(kindClass, events) {
  const at = { stored: null, told: null, neighbours_called: null, accepted: null, police_saw: null, on_the_way: null, not_delivered: null };
  let done = false;
  for (const event of events) {
    for (const step of stepsOf(event)) at[step] ??= event.at;
    done ||= isEnd(event);
  }
  const answered = at.police_saw !== null || (kindClass === "emergency" && at.accepted !== null);
  const status = done ? "done" : answered ? "working" : "waiting";
  return {
    steps: STEPS[kindClass].map((name) => ({ name, at: at[name] })),
    status: kindClass === "community" ? null : status,
    accepted: at.accepted,
    call: at.not_delivered !== null && at.accepted === null && !answered && !done,
  };
}

function stepsOf({ event, data }) {
  if (event === "report_taken") return ["stored"];
  if (event === "command_state_changed") return SOUNDED.has(data.state) ? ["neighbours_called"] : [];
  if (event === "residents_told") return data.people > 0 ? ["told"] : [];
  if (event === "forward_accepted") return ["accepted"];
  if (event === "human_paged") return ["not_delivered"];
  if (event === "police_replied") return reached(data.reply);
  if (event === "incident_status_changed") return reached(data.status);
  if (event === "stage_reached") return data.stage === "resolved" ? [] : [data.stage];
  return [];
}

function reached(word) {
  return [...(SAW.has(word) ? ["police_saw"] : []), ...(ON_THE_WAY.has(word) ? ["on_the_way"] : [])];
}

function isEnd({ event, data }) {
  return (
    (event === "incident_status_changed" && OVER.has(data.status)) || (event === "police_replied" && data.reply === "resolved")
  );
}
