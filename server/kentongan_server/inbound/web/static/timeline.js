// @ts-check
// One incident told in plain words, the last event first, with Semarang's time. What the drums show is not repeated.

import { element } from "./element.js";
import { clockTime, has, number, spoken, t } from "./words.js";

const TOLD_STATES = new Set(["sounding", "silenced", "completed", "failed", "expired", "timed_out"]);

/** Fill `list` with the story of `incident`; `kindName(kind)` and `regionName(code)` give names for people. */
export function tell(list, incident, { kindName, regionName }) {
  const shape = JSON.stringify([incident?.id, incident?.events.length, spoken(), incident && regionName(incident.region)]);
  if (list.dataset.shape === shape) return;
  list.dataset.shape = shape;
  if (!incident) {
    const hint = document.body.dataset.demo === "yes" ? "timeline.try" : "timeline.nothing";
    list.replaceChildren(element("li", { class: "quiet" }, t(hint)));
    return;
  }
  const first = incident.events[0]?.at;
  const lines = linesOf(incident.events).reverse();
  list.replaceChildren(
    ...lines.map(({ event, nodes }) =>
      element(
        "li",
        { "data-event": event.event, class: weightOf(event) },
        element("time", { datetime: event.at }, clockTime(event.at)),
        element("span", { class: "since" }, since(first, event.at)),
        element("span", { class: "what" }, sentence(event, nodes, kindName, regionName)),
      ),
    ),
  );
}

/** One line for each event that has words; kentongan that reach the same state are told together. */
function linesOf(events) {
  const lines = [];
  const states = new Map();
  let before = "";
  for (const event of events) {
    const repeats = event.event === "incident_status_changed" && before === "police_replied";
    before = event.event;
    if (repeats) continue; // the officer's answer was told already
    if (event.event === "command_state_changed") {
      const { state, node } = event.data;
      if (!TOLD_STATES.has(state)) continue;
      const line = states.get(state);
      if (line && !line.nodes.includes(node)) {
        line.nodes.push(node);
        continue;
      }
      const fresh = { event, nodes: [node] };
      states.set(state, fresh);
      lines.push(fresh);
    } else if (has(`event.${event.event}`)) {
      if (event.event === "alarm_raised") states.clear();
      lines.push({ event, nodes: [] });
    }
  }
  return lines;
}

function sentence({ event, region, data }, nodes, kindName, regionName) {
  if (event === "command_state_changed") {
    return t(`event.command.${data.state}`, { n: nodes.length, nodes: nodes.join(", ") });
  }
  if (event === "police_replied") {
    const key = `event.police_replied.${data.reply}`;
    return t(has(key) ? key : "event.police_replied", { operator: data.operator ?? "", reply: data.reply });
  }
  if (event === "report_taken") return t(data.node ? "event.report_taken.button" : "event.report_taken", { kind: kindName(data.kind), node: data.node });
  if (event === "incident_status_changed") return t("event.incident_status_changed", { status: statusName(data.status) });
  if (event === "residents_told") {
    const told = t("event.residents_told", { people: number(data.people ?? 0) });
    return data.text ? `${told} “${data.text}”` : told;
  }
  return t(`event.${event}`, {
    ...data,
    kind: data.kind ? kindName(data.kind) : "",
    region: region ? regionName(region) : "",
    n: data.nodes?.length ?? 0,
    channel: data.channel ? channelName(data.channel) : "",
  });
}

function statusName(status) {
  return has(`status.${status}`) ? t(`status.${status}`) : status;
}

function channelName(channel) {
  return has(`channel.${channel}`) ? t(`channel.${channel}`) : channel;
}

function since(first, at) {
  const seconds = (Date.parse(at) - Date.parse(first)) / 1000;
  return seconds >= 0.005 && seconds < 3600 ? t("timeline.since", { seconds: number(seconds, seconds < 10 ? 2 : 0) }) : "";
}

function weightOf({ event, data }) {
  if (event === "forward_held") return "held";
  if (event === "human_paged" || event === "forward_failed" || event === "region_deaf") return "bad";
  if (event === "command_state_changed" && (data.state === "failed" || data.state === "expired")) return "bad";
  return event === "police_replied" || event === "acknowledged" ? "good" : "plain";
}
