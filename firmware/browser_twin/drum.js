// A wooden drum: two short, falling tones and a knock for each stroke. Silent until a hand allows it, as browsers ask.

let context = null;

export function allow() {
  context ??= new AudioContext();
  return context.resume();
}

export function forbid() {
  return context?.suspend();
}

export const isHeard = () => context?.state === "running";

export function strike() {
  if (!isHeard()) return;
  const now = context.currentTime;
  for (const [pitch, loud, long] of [[330, 0.5, 0.12], [610, 0.25, 0.06]]) {
    const tone = context.createOscillator();
    const fall = context.createGain();
    tone.type = "triangle";
    tone.frequency.setValueAtTime(pitch * 1.15, now);
    tone.frequency.exponentialRampToValueAtTime(pitch, now + long);
    fall.gain.setValueAtTime(loud, now);
    fall.gain.exponentialRampToValueAtTime(0.001, now + long);
    tone.connect(fall).connect(context.destination);
    tone.start(now);
    tone.stop(now + long);
  }
}
