// @ts-check
// The kentongan's voice: a slit drum struck once per stroke, synthesised, at exactly the commanded beats.
// Browsers keep a page silent until somebody has touched it, so sound is a switch with a visible state.

import { length, strokes } from "./rhythm.js";

const AHEAD_S = 1.5; // a hidden tab's timers come once a second
const TICK_MS = 200;
const STROKE_S = 0.16;

/** One stroke of wood: a falling tone near 780 Hz, its hollow overtone, and the click of the mallet. */
export function strokeSamples(rate) {
  const samples = new Float32Array(Math.ceil(rate * STROKE_S));
  let seed = 1;
  for (let i = 0; i < samples.length; i += 1) {
    const s = i / rate;
    const body = Math.sin(2 * Math.PI * (780 * s + 1.1 * (1 - Math.exp(-s * 70)))) * Math.exp(-s * 30);
    const hollow = Math.sin(2 * Math.PI * 1290 * s) * Math.exp(-s * 75) * 0.35;
    seed = (seed * 16807) % 2147483647; // the same click every time
    const click = (seed / 1073741823.5 - 1) * Math.exp(-s * 900) * 0.5;
    samples[i] = (body + hollow + click) * Math.min(1, s * 4000) * 0.6;
  }
  return samples;
}

/** The stroke as a buffer of `context`. */
export function wood(context) {
  const samples = strokeSamples(context.sampleRate);
  const buffer = context.createBuffer(1, samples.length, context.sampleRate);
  buffer.copyToChannel(samples, 0);
  return buffer;
}

/** Schedule the strokes of `rhythm` in [fromMs, toMs), which began at `startS` of the context's clock. */
export function scheduleStrokes(target, stroke, rhythm, startS, fromMs, toMs) {
  for (const at of strokes(rhythm, fromMs, toMs)) {
    const source = target.context.createBufferSource();
    source.buffer = stroke;
    source.connect(target);
    source.start(startS + at / 1000);
  }
}

/** The page's one voice. `onState` hears "off" | "on" | "playing". */
export class Sound {
  #onState;
  #context = null;
  #stroke = null;
  #gain = null;
  #timer = 0;
  #rhythm = null;
  #startS = 0;
  #doneMs = 0;
  state = "off";

  constructor(onState) {
    this.#onState = onState;
  }

  /** Allowed only from a touch or key; turns the voice on. */
  async enable() {
    if (!this.#context) {
      this.#context = new AudioContext();
      this.#stroke = wood(this.#context);
      // A telephone call or the system may take the loudspeaker away; the switch must not claim otherwise.
      this.#context.onstatechange = () => {
        if (this.#context.state !== "running" && this.state !== "off") this.disable();
      };
    }
    await this.#context.resume();
    this.#say("on");
    if (this.#rhythm) this.#begin();
  }

  /** Be quiet until enabled again. */
  async disable() {
    this.#hush();
    this.#say("off");
    await this.#context?.suspend();
  }

  /** Sound this rhythm, begun at `startedAt` (performance.now()); null is silence. The same rhythm goes on undisturbed. */
  play(rhythm) {
    if (rhythm === this.#rhythm) return;
    this.#rhythm = rhythm;
    this.#hush();
    if (this.state !== "off") this.#begin();
  }

  #begin() {
    this.#hush();
    const rhythm = this.#rhythm;
    const played = rhythm ? performance.now() - rhythm.startedAt : 0;
    if (!rhythm || !rhythm.beats.length || played >= length(rhythm)) {
      this.#say("on");
      return;
    }
    this.#gain = this.#context.createGain();
    this.#gain.connect(this.#context.destination);
    this.#startS = this.#context.currentTime - played / 1000;
    this.#doneMs = played;
    this.#say("playing");
    this.#fill();
    this.#timer = setInterval(() => this.#fill(), TICK_MS);
  }

  #fill() {
    const now = (this.#context.currentTime - this.#startS) * 1000;
    const until = now + AHEAD_S * 1000;
    scheduleStrokes(this.#gain, this.#stroke, this.#rhythm, this.#startS, this.#doneMs, until);
    this.#doneMs = Math.max(this.#doneMs, until);
    if (now >= length(this.#rhythm)) this.#begin(); // it has played out: say so
  }

  #hush() {
    clearInterval(this.#timer);
    this.#gain?.disconnect();
    this.#gain = null;
  }

  #say(state) {
    if (state === this.state) return;
    this.state = state;
    this.#onState(state);
  }
}
