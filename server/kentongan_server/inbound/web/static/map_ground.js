// @ts-check
// The ground under the points, drawn from the points themselves: the city's land, lanes between neighbouring RTs, and the
// kelurahan's names. No tiles, no request to anybody; an operator's real boundaries may come in its place.

const SIDES = 14;
const NEAREST = 6;
const MOST_LANES = 1000; // more points than this are their own drawing

/** {land: [[lat, lng]…], lanes: [[[lat, lng], [lat, lng]]…], names: [{name, at: [lat, lng]}]}, degrees throughout. */
export function ground(regions) {
  const points = regions.map(({ latitude, longitude }) => [latitude, longitude]);
  const near = points.length <= MOST_LANES ? nearest(points) : [];
  const step = spacing(points, near);
  return {
    land: hull(points.flatMap((point) => circle(point, 1.1 * step))),
    lanes: lanes(points, near),
    names: names(regions, step),
  };
}

/** "RT 01 RW 02 Miroto" is in Miroto. */
export function kelurahanName(name) {
  return name.replace(/\bR[TW]\s*\d+/gi, "").replace(/[\s,·/-]+/g, " ").trim();
}

function nearest(points) {
  return points.map((one) =>
    points
      .map((other, index) => ({ index, far: far(one, other) }))
      .sort((a, b) => a.far - b.far)
      .slice(1, NEAREST + 1),
  );
}

function spacing(points, near) {
  const gaps = near.filter((list) => list.length).map((list) => list[0].far).sort((a, b) => a - b);
  return gaps[Math.floor(gaps.length / 2)] || 0.002;
}

// Two are neighbours when no third is nearer to both: a mesh that looks like the lanes of a kampung.
function lanes(points, near) {
  const found = [];
  near.forEach((list, one) => {
    for (const { index: other, far: gap } of list) {
      if (other < one && near[other].some(({ index }) => index === one)) continue;
      const between = list.some(({ index, far: reach }) => index !== other && reach < gap && far(points[index], points[other]) < gap);
      if (!between) found.push([points[one], points[other]]);
    }
  });
  return found;
}

// A name stands over its kelurahan's own points; one that would cover another, or whose points lie apart, is left out.
function names(regions, step) {
  const groups = new Map();
  for (const region of regions) {
    const code = region.code.split("/")[0];
    if (!groups.has(code)) groups.set(code, []);
    groups.get(code).push(region);
  }
  const placed = [];
  for (const members of groups.values()) {
    const name = kelurahanName(members[0].name);
    const latitude = Math.max(...members.map((member) => member.latitude)) + 0.35 * step;
    const longitude = members.reduce((sum, member) => sum + member.longitude, 0) / members.length;
    const width = Math.max(...members.map((member) => Math.abs(member.longitude - longitude)));
    if (width > (1 + Math.sqrt(members.length)) * step) continue;
    const free = placed.every(({ at }) => Math.abs(at[0] - latitude) > 0.9 * step || Math.abs(at[1] - longitude) > 3 * step);
    if (name && free) placed.push({ name, at: [latitude, longitude] });
  }
  return placed;
}

function far(a, b) {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

function circle([latitude, longitude], radius) {
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
