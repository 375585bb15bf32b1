// @ts-check
// The grammar of server-sent events (HTML standard, 9.2.6), fed with text cut anywhere, even inside a line end.

/** Feed it pieces; each call gives the events that became complete: {id, event, data}. */
export class EventStream {
  #rest = "";
  #afterReturn = false;
  #started = false;
  #data = [];
  #event = "";
  lastId = "";

  feed(piece) {
    const events = [];
    let text = piece;
    if (!this.#started && text) {
      this.#started = true;
      if (text.startsWith("\uFEFF")) text = text.slice(1);
    }
    if (this.#afterReturn && text) {
      if (text.startsWith("\n")) text = text.slice(1);
      this.#afterReturn = false;
    }
    this.#rest += text;
    for (;;) {
      const end = this.#rest.search(/[\r\n]/);
      if (end < 0) return events;
      const line = this.#rest.slice(0, end);
      let next = end + 1;
      if (this.#rest[end] === "\r") {
        if (next === this.#rest.length) this.#afterReturn = true;
        else if (this.#rest[next] === "\n") next += 1;
      }
      this.#rest = this.#rest.slice(next);
      const event = this.#line(line);
      if (event) events.push(event);
    }
  }

  #line(line) {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    if (colon === 0) return null;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") this.#data.push(value);
    else if (field === "event") this.#event = value;
    else if (field === "id" && !value.includes("\0")) this.lastId = value;
    return null;
  }

  #dispatch() {
    const complete = this.#data.length ? { id: this.lastId, event: this.#event || "message", data: this.#data.join("\n") } : null;
    this.#data = [];
    this.#event = "";
    return complete;
  }
}
