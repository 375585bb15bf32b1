"""Blocks seen from the front, the right and above: what stands on what, drawn from far to near."""

import math
from dataclasses import dataclass

from hardware.guide.canvas import Canvas, Point

COS, SIN = math.cos(math.radians(30)), math.sin(math.radians(30))


@dataclass(frozen=True, slots=True)
class Block:
    """A box, or a cylinder that fills it; `floor` groups what stands at one level: lower floors are drawn first."""

    x: float
    y: float
    z: float
    width: float
    depth: float
    height: float
    style: str = "part"
    is_round: bool = False
    floor: int = 0


def draw(canvas: Canvas, blocks: list[Block], at: Point, scale: float) -> None:
    """All of them, with the point (0, 0, 0) at `at`; y leads away from the eye."""
    for block in sorted(blocks, key=lambda one: (one.floor, -one.y, one.x)):
        _cylinder(canvas, block, at, scale) if block.is_round else _box(canvas, block, at, scale)


def seen(at: Point, scale: float, x: float, y: float, z: float) -> Point:
    """Where a point of space lies on the sheet."""
    return at[0] + (x + y) * COS * scale, at[1] + (x * SIN - y * SIN - z) * scale


def _box(canvas: Canvas, one: Block, at: Point, scale: float) -> None:
    def p(dx: float, dy: float, dz: float) -> Point:
        return seen(at, scale, one.x + dx * one.width, one.y + dy * one.depth, one.z + dz * one.height)

    canvas.shape([p(0, 0, 1), p(1, 0, 1), p(1, 1, 1), p(0, 1, 1)], one.style)
    canvas.shape([p(0, 0, 0), p(1, 0, 0), p(1, 0, 1), p(0, 0, 1)], one.style)
    canvas.shape([p(1, 0, 0), p(1, 1, 0), p(1, 1, 1), p(1, 0, 1)], one.style)


def _cylinder(canvas: Canvas, one: Block, at: Point, scale: float) -> None:
    middle = (one.x + one.width / 2, one.y + one.depth / 2)

    def ring(z: float) -> list[Point]:
        turns = [math.tau * step / 24 for step in range(24)]
        return [
            seen(at, scale, middle[0] + math.cos(t) * one.width / 2, middle[1] + math.sin(t) * one.depth / 2, z)
            for t in turns
        ]

    low, high = ring(one.z), ring(one.z + one.height)
    left = min(range(24), key=lambda n: low[n][0])
    right = max(range(24), key=lambda n: low[n][0])
    front = [low[n % 24] for n in range(left, left + 25)]
    end = next(place for place, point in enumerate(front) if point == low[right])
    canvas.shape([high[left], *front[: end + 1], high[right]], one.style)
    canvas.shape(high, one.style)
