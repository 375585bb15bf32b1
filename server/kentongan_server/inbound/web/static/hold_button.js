// @ts-check
// Hold to send: 1.5 s by pointer, touch or key (Space, Enter). Shorter sends nothing, and says so.

export const HOLD_MS = 1500;
const SLIP_PX = 32;

/** `onHeld()` once per full hold, `onShort()` when let go too early, `onStart()` at the beginning. */
export function holdToSend(button, { onHeld, onShort, onStart = () => {} }) {
  let timer = 0;
  let since = 0;
  let holder = null; // the pointer's id, or the key

  function begin(by) {
    if (holder !== null || button.getAttribute("aria-disabled") === "true") return;
    holder = by;
    since = performance.now();
    button.dataset.hold = "holding";
    timer = window.setTimeout(finish, HOLD_MS);
    onStart();
  }

  function finish() {
    // Timers of a throttled tab may fire early or late; only the time really held counts.
    const missing = HOLD_MS - (performance.now() - since);
    if (missing > 0) {
      timer = window.setTimeout(finish, missing);
      return;
    }
    timer = 0;
    button.dataset.hold = "held";
    navigator.vibrate?.(80);
    onHeld();
  }

  function end(by) {
    if (holder === null || by !== holder) return;
    holder = null;
    if (timer) {
      clearTimeout(timer);
      timer = 0;
      onShort();
    }
    button.dataset.hold = "idle";
  }

  button.dataset.hold = "idle";
  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    button.setPointerCapture(event.pointerId);
    begin(event.pointerId);
  });
  button.addEventListener("pointermove", (event) => {
    // A finger that slides well off the button has changed its mind.
    const { left, right, top, bottom } = button.getBoundingClientRect();
    const { clientX: x, clientY: y } = event;
    if (x < left - SLIP_PX || x > right + SLIP_PX || y < top - SLIP_PX || y > bottom + SLIP_PX) end(event.pointerId);
  });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
    button.addEventListener(name, (event) => end(event.pointerId));
  }
  button.addEventListener("keydown", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (!event.repeat) begin(event.key);
  });
  button.addEventListener("keyup", (event) => {
    if (event.key === " " || event.key === "Enter") event.preventDefault();
    end(event.key);
  });
  button.addEventListener("blur", () => end(holder));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") end(holder);
  });
  button.addEventListener("contextmenu", (event) => event.preventDefault());
}
