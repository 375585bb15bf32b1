// @ts-check
// The city as the page knows it: regions, their kentongan, and what each siren says. No drawing here.

const ENDED = new Set(["silenced", "completed", "expired", "failed", "superseded"]);

export class City {
  regions = new Map(); // code → {code, name, latitude, longitude, deaf, nodes: [node]}
  nodes = new Map(); // id → {id, role, region, presence, siren, command, incident, state}

  /** Take a snapshot from /api/v1/regions; what single commands said is kept for kentongan that are still there. */
  load(regions) {
    const known = this.nodes;
    this.regions = new Map();
    this.nodes = new Map();
    for (const { nodes, ...region } of regions) {
      const here = nodes.map((node) => {
        const before = known.get(node.id);
        const state = node.siren !== "sounding" && before?.state === "sounding" ? null : (before?.state ?? null);
        return { ...node, region: region.code, command: before?.command ?? null, incident: before?.incident ?? null, state };
      });
      this.regions.set(region.code, { ...region, nodes: here });
      for (const node of here) this.nodes.set(node.id, node);
    }
  }

  /** Take the command states of an incident's `alarm` list, [{node, state}]. */
  loadAlarm(incident, alarm) {
    for (const { node: id, state } of alarm) {
      const node = this.nodes.get(id);
      if (!node) continue;
      if (state === "sounding") node.incident = incident;
      if (state === "sounding" || node.siren !== "sounding") node.state = state;
    }
  }

  /** Take one event; the code of the region it changed, or null. */
  apply({ event, incident, region, data }) {
    if (event === "alarm_raised") return this.#alarmRaised(region, data);
    if (event === "command_state_changed") return this.#commandSaid(incident, data);
    if (event === "presence_changed") return this.#presence(data);
    return null;
  }

  /** "sounding", "deaf" (no kentongan that could sound) or "quiet". */
  stateOf(region) {
    if (region.nodes.some((node) => node.siren === "sounding")) return "sounding";
    if (region.deaf || region.nodes.every((node) => node.presence !== "online")) return "deaf";
    return "quiet";
  }

  /** How many regions are in each state. */
  count() {
    const total = { sounding: 0, deaf: 0, quiet: 0 };
    for (const region of this.regions.values()) total[this.stateOf(region)] += 1;
    return total;
  }

  #alarmRaised(region, { nodes }) {
    for (const id of nodes) {
      const node = this.nodes.get(id);
      if (node && node.siren !== "sounding") node.state = "queued";
    }
    return region;
  }

  #commandSaid(incident, { command, node: id, state }) {
    const node = this.nodes.get(id);
    if (!node) return null;
    if (state === "sounding") {
      node.siren = "sounding";
      node.command = command;
      node.incident = incident;
    } else if (ENDED.has(state) && (node.command === null || node.command === command)) {
      node.siren = "silent";
      node.command = null;
    }
    // While it sounds, the word shown is that of the command it sounds for, not of the next one in the queue.
    if (node.siren !== "sounding" || node.command === command) node.state = state;
    return node.region;
  }

  #presence({ node: id, presence }) {
    const node = this.nodes.get(id);
    if (!node) return null;
    node.presence = presence;
    const region = this.regions.get(node.region);
    if (presence === "online") region.deaf = false;
    return node.region;
  }
}
