// @ts-check
// A ULID made by the client names its report for ever: whoever repeats it gets the same answer, never a second alarm.

const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** 26 characters: 48 bits of time in milliseconds, 80 bits of chance. */
export function ulid(now = Date.now()) {
  let time = "";
  for (let rest = now, i = 0; i < 10; i += 1, rest = Math.floor(rest / 32)) time = DIGITS[rest % 32] + time;
  // 256 is a multiple of 32, so the remainder of a random byte is fair.
  const chance = crypto.getRandomValues(new Uint8Array(16));
  return time + Array.from(chance, (byte) => DIGITS[byte % 32]).join("");
}
