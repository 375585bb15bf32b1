// @ts-check
// The live line to the server. Fetch instead of EventSource, which cannot carry the Authorization header.
// `navigator.onLine` is not believed: the line is retried by timer, when the page is seen again, and after silence.

import { EventStream } from "./event_stream.js";

const SILENCE_MS = 45_000;
const SHORTEST_MS = 400;
const LONGEST_MS = 8000;

/**
 * Keep the line open until stop() is called.
 * `onState`: "connecting" | "open" | "lost" | "refused"; `onOpen` is awaited before the first event is handed over,
 * so that the snapshot it takes is never older than the events that follow.
 */
export function openLive({ path, token, onEvent, onState, onOpen }) {
  let stopped = false;
  let lastId = "";
  let failures = 0;
  let wake = () => {};
  let hangUp = () => {};

  async function listen() {
    const call = new AbortController();
    let silence = 0;
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => call.abort(), SILENCE_MS);
    };
    hangUp = () => call.abort();
    heard();
    try {
      const headers = { Accept: "text/event-stream" };
      if (token) headers.Authorization = `Bearer ${token}`;
      if (lastId) headers["Last-Event-ID"] = lastId;
      const response = await fetch(path, { headers, signal: call.signal, cache: "no-store" });
      if (response.status === 401 || response.status === 403) return "refused";
      if (!response.ok || !response.body) return "lost";
      await onOpen();
      onState("open");
      failures = 0;
      const stream = new EventStream();
      stream.lastId = lastId;
      const reader = response.body.getReader();
      const decoder = new TextDecoder();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return "lost";
        heard();
        for (const event of stream.feed(decoder.decode(value, { stream: true }))) {
          lastId = event.id;
          hand(event);
        }
      }
    } catch {
      return "lost"; // no network, hung up, or no snapshot: the state shown says so, and the line is tried again
    } finally {
      clearTimeout(silence);
      call.abort();
    }
  }

  /** One event that cannot be shown must not cost the next ones. */
  function hand(event) {
    try {
      onEvent(JSON.parse(event.data));
    } catch (error) {
      console.error(`event ${event.id} could not be shown`, error);
    }
  }

  async function keepListening() {
    onState("connecting");
    while (!stopped) {
      const end = await listen();
      if (stopped) return;
      onState(end);
      if (end === "refused") return;
      const pause = Math.min(LONGEST_MS, SHORTEST_MS * 2 ** failures) * (0.8 + 0.4 * Math.random());
      failures += 1;
      await new Promise((resolve) => {
        wake = resolve;
        setTimeout(resolve, pause);
      });
    }
  }

  const seenAgain = () => {
    if (document.visibilityState === "visible") wake();
  };
  document.addEventListener("visibilitychange", seenAgain);
  window.addEventListener("online", seenAgain);
  keepListening();
  return {
    stop() {
      stopped = true;
      hangUp();
      wake();
      document.removeEventListener("visibilitychange", seenAgain);
      window.removeEventListener("online", seenAgain);
    },
  };
}
