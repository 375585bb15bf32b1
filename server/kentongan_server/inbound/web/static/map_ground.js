// @ts-check
// The ground under the points, drawn from the points themselves: one soft outline for each kelurahan. No tiles, no
// request to anybody; an operator's real boundaries may come in its place.

const MARGIN = 0.34; // of the middle distance between neighbours
const SIDES = 10;

/** [{name, outline: [[lat, lng]…], top: [lat, lng]}] for regions grouped by the code up to the kelurahan. */
export function kelurahans(regions) {
  const groups = new Map();
  for (const region of regions) {
    const code = region.code.split("/")[0];
    if (!groups.has(code)) groups.set(code, []);
    groups.get(code).push(region);
  }
  const margin = MARGIN * spacing(regions);
  return [...groups.values()].map((members) => {
    const outline = hull(members.flatMap((member) => circle(member, margin)));
    const north = outline.reduce((one, other) => (one[0] > other[0] ? one : other));
    const middle = (Math.min(...outline.map((p) => p[1])) + Math.max(...outline.map((p) => p[1]))) / 2;
    return { name: kelurahanName(members[0].name), outline, top: [north[0], middle] };
  });
}

/** "RT 01 RW 02 Miroto" is in Miroto. */
export function kelurahanName(name) {
  return name.replace(/\bR[TW]\s*\d+/gi, "").replace(/[\s,·/-]+/g, " ").trim();
}

function spacing(regions) {
  const sample = regions.slice(0, 200);
  const nearest = sample.map((one) =>
    Math.min(...sample.filter((other) => other !== one).map((other) => Math.hypot(one.latitude - other.latitude, one.longitude - other.longitude))),
  );
  nearest.sort((one, other) => one - other);
  const middle = nearest[Math.floor(nearest.length / 2)];
  return Number.isFinite(middle) && middle > 0 ? middle : 0.002;
}

function circle({ latitude, longitude }, radius) {
  return Array.from({ length: SIDES }, (_, i) => {
    const angle = (2 * Math.PI * i) / SIDES;
    return [latitude + radius * Math.sin(angle), longitude + radius * Math.cos(angle)];
  });
}

// Andrew's monotone chain.
function hull(points) {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (list) => {
    const chain = [];
    for (const point of list) {
      while (chain.length > 1 && cross(chain.at(-2), chain.at(-1), point) <= 0) chain.pop();
      chain.push(point);
    }
    chain.pop();
    return chain;
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

function cross(o, a, b) {
  return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
}
