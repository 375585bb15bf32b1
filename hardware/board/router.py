"""Wires on two layers: A* on a quarter-millimetre grid, each net in its own width, nothing nearer than the clearance.

A net that finds no way is moved to the front and everything is routed again, so the result depends on the input alone.
"""

import heapq
import itertools
import math
from dataclasses import dataclass, field

import numpy as np

GRID = 0.25
VIA_RADIUS, VIA_DRILL = 0.4, 0.4
VIA_COST = 12.0
EDGE = 0.8
DIAGONAL = math.sqrt(2)
STEPS = [(1, 0, 1.0), (-1, 0, 1.0), (0, 1, 1.0), (0, -1, 1.0)]
STEPS += [(dx, dy, DIAGONAL) for dx in (1, -1) for dy in (1, -1)]
Node = tuple[int, int, int]  # layer, column, row


class NoWayError(RuntimeError):
    """A net cannot be routed at all."""


@dataclass(slots=True)
class Pad:
    """A rectangle of copper, on one layer or through the board."""

    net: str
    x: float
    y: float
    half_width: float
    half_height: float
    layers: tuple[int, ...]


@dataclass(slots=True)
class Track:
    """A straight piece of copper."""

    net: str
    layer: int
    start: tuple[float, float]
    end: tuple[float, float]
    width: float


@dataclass(slots=True)
class Via:
    """A hole that joins the layers."""

    net: str
    x: float
    y: float


@dataclass(slots=True)
class Router:
    """A board to be routed: size, pads, forbidden rectangles (left, top, right, bottom), net → track width."""

    width: float
    height: float
    pads: list[Pad]
    forbidden: list[tuple[float, float, float, float]]
    widths: dict[str, float]
    order: list[str]
    clearance: float = 0.22
    tracks: list[Track] = field(default_factory=list)
    vias: list[Via] = field(default_factory=list)

    def route(self, tries: int = 40) -> int:
        """All nets; how many rounds it took. NoWayError when some net never finds a way."""
        order = list(self.order)
        failed = ""
        for attempt in range(1, tries + 1):
            self.tracks, self.vias = [], []
            failed = next((net for net in order if not self._net(net)), "")
            if not failed:
                return attempt
            order.remove(failed)
            order.insert(0, failed)
        raise NoWayError(f"{failed} finds no way after {tries} rounds")

    def _net(self, net: str) -> bool:
        pads = [pad for pad in self.pads if pad.net == net]
        if len(pads) < 2:
            return True
        width = self.widths.get(net, self.widths["*"])
        blocked = self._blocked(net, width / 2)
        no_via = self._blocked(net, VIA_RADIUS)
        no_via[:] = no_via.any(axis=0)
        tree: set[Node] = set(self._nodes(pads[0]))
        left = pads[1:]
        while left:
            x, y = pads[0].x, pads[0].y
            near = min(left, key=lambda pad: (self._distance(tree, pad), pad.x - x, pad.y - y))
            path = self._path(tree, set(self._nodes(near)), blocked, no_via)
            if path is None:
                return False
            self._lay(net, width, path)
            tree |= set(path) | set(self._nodes(near))
            left.remove(near)
        return True

    def _distance(self, tree: set[Node], pad: Pad) -> float:
        column, row = round(pad.x / GRID), round(pad.y / GRID)
        return min(max(abs(node[1] - column), abs(node[2] - row)) for node in tree)

    def _nodes(self, pad: Pad) -> list[Node]:
        """The grid point nearest the centre, on each of its layers."""
        return [(layer, round(pad.x / GRID), round(pad.y / GRID)) for layer in pad.layers]

    def _blocked(self, net: str, half: float) -> np.ndarray:
        columns, rows = round(self.width / GRID) + 1, round(self.height / GRID) + 1
        mask = np.zeros((2, columns, rows), dtype=bool)
        rim = math.ceil((EDGE + half) / GRID)
        mask[:, :rim] = mask[:, -rim:] = True
        mask[:, :, :rim] = mask[:, :, -rim:] = True
        for left, top, right, bottom in self.forbidden:
            _fill(mask, (0, 1), left - half, top - half, right + half, bottom + half)
        reach = half + self.clearance
        for pad in self.pads:
            if pad.net != net:
                wide, high = pad.half_width + reach, pad.half_height + reach
                _fill(mask, pad.layers, pad.x - wide, pad.y - high, pad.x + wide, pad.y + high)
        for track in self.tracks:
            if track.net != net:
                _capsule(mask[track.layer], track.start, track.end, track.width / 2 + reach)
        for via in self.vias:
            if via.net != net:
                for layer in (0, 1):
                    _capsule(mask[layer], (via.x, via.y), (via.x, via.y), VIA_RADIUS + reach)
        return mask

    def _path(
        self, sources: set[Node], targets: set[Node], blocked: np.ndarray, no_via: np.ndarray
    ) -> list[Node] | None:
        _, goal_x, goal_y = next(iter(sorted(targets)))
        best = dict.fromkeys(sources, 0.0)
        before: dict[Node, Node] = {}
        heap = [(_guess(node, goal_x, goal_y), 0.0, node) for node in sorted(sources)]
        heapq.heapify(heap)
        while heap:
            _, cost, node = heapq.heappop(heap)
            if node in targets:
                return _trace(before, node)
            if cost > best[node]:
                continue
            layer, x, y = node
            following = [((layer, x + dx, y + dy), step) for dx, dy, step in STEPS]
            if not no_via[layer, x, y]:
                following.append(((1 - layer, x, y), VIA_COST))
            for other, step in following:
                if blocked[other] and other not in targets:
                    continue
                total = cost + step
                if total < best.get(other, math.inf):
                    best[other] = total
                    before[other] = node
                    heapq.heappush(heap, (total + _guess(other, goal_x, goal_y), total, other))
        return None

    def _lay(self, net: str, width: float, path: list[Node]) -> None:
        start = path[0]
        for place, (one, two) in enumerate(itertools.pairwise(path)):
            if one[0] != two[0]:
                self._track(net, width, start, one)
                self.vias.append(Via(net, one[1] * GRID, one[2] * GRID))
                start = two
            elif place + 2 < len(path):
                after = path[place + 2]
                if after[0] == two[0] and (after[1] - two[1], after[2] - two[2]) != (two[1] - one[1], two[2] - one[2]):
                    self._track(net, width, start, two)
                    start = two
        self._track(net, width, start, path[-1])

    def _track(self, net: str, width: float, one: Node, two: Node) -> None:
        if one != two:
            start, end = (one[1] * GRID, one[2] * GRID), (two[1] * GRID, two[2] * GRID)
            self.tracks.append(Track(net, one[0], start, end, width))


def _guess(node: Node, x: int, y: int) -> float:
    across, down = abs(node[1] - x), abs(node[2] - y)
    return max(across, down) + (DIAGONAL - 1) * min(across, down)


def _trace(before: dict[Node, Node], node: Node) -> list[Node]:
    path = [node]
    while node in before:
        node = before[node]
        path.append(node)
    return path[::-1]


def _fill(mask: np.ndarray, layers: tuple[int, ...], left: float, top: float, right: float, bottom: float) -> None:
    columns = slice(max(0, math.ceil(left / GRID - 1e-6)), max(0, math.floor(right / GRID + 1e-6) + 1))
    rows = slice(max(0, math.ceil(top / GRID - 1e-6)), max(0, math.floor(bottom / GRID + 1e-6) + 1))
    for layer in layers:
        mask[layer, columns, rows] = True


def _capsule(mask: np.ndarray, start: tuple[float, float], end: tuple[float, float], reach: float) -> None:
    low_x, high_x = sorted((start[0], end[0]))
    low_y, high_y = sorted((start[1], end[1]))
    first_x, last_x = max(0, math.floor((low_x - reach) / GRID)), math.ceil((high_x + reach) / GRID)
    first_y, last_y = max(0, math.floor((low_y - reach) / GRID)), math.ceil((high_y + reach) / GRID)
    part = mask[first_x : last_x + 1, first_y : last_y + 1]
    xs = (first_x + np.arange(part.shape[0]))[:, None] * GRID
    ys = (first_y + np.arange(part.shape[1]))[None, :] * GRID
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy
    along = np.clip(((xs - start[0]) * dx + (ys - start[1]) * dy) / length, 0, 1) if length else 0
    part |= (xs - start[0] - along * dx) ** 2 + (ys - start[1] - along * dy) ** 2 < reach * reach
