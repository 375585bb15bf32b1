// @ts-check
// A beat pattern in time: stroke and pause in turn, in milliseconds, as the kentongan was commanded to play it.
// Drums and sound read the same strokes, so that eye and ear agree.

/** Offsets (ms) of the strokes that begin in [from, to); `rounds` 0 means without end. */
export function strokes({ beats, rounds, duration_ms: longest }, from, to) {
  const round = beats.reduce((sum, beat) => sum + beat, 0);
  if (!(round > 0) || to <= from) return [];
  const last = Math.min(to, longest > 0 ? longest : Infinity, rounds > 0 ? rounds * round : Infinity);
  const found = [];
  for (let turn = Math.max(0, Math.floor(from / round)); turn * round < last; turn += 1) {
    let at = turn * round;
    for (let i = 0; i + 1 < beats.length; i += 2) {
      if (beats[i] > 0 && at >= from && at < last) found.push(at);
      at += beats[i] + beats[i + 1];
    }
  }
  return found;
}

/** How long it sounds in ms; Infinity when only the kentongan knows. */
export function length({ beats, rounds, duration_ms: longest }) {
  const round = beats.reduce((sum, beat) => sum + beat, 0);
  return Math.min(longest > 0 ? longest : Infinity, rounds > 0 ? rounds * round : Infinity);
}
