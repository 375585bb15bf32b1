"""The same things again and again: the board from above, its terminals with their wires, the open box, a house with its mast."""

from collections.abc import Collection
from dataclasses import dataclass

from hardware.board.bodies import Body, bodies
from hardware.board.circuit import Part, build
from hardware.board.placement import ANTENNA, HEIGHT, HOLE_DIAMETER, HOLES, TERMINALS, WIDTH
from hardware.enclosure.measures import (
    BOARD_AT,
    BOARD_SIZE,
    BOARD_THICKNESS,
    BOX,
    BOX_WALL,
    FLOOR,
    STANDOFF,
    STANDOFF_RADIUS,
    TRAY,
    board_holes,
)
from hardware.guide.canvas import Canvas, Point
from hardware.guide.isometric import Block
from hardware.harness.drawings import OUTSIDE

PITCH = 5.08
SIREN_AT, BOX_AT, BUTTON_AT = 4.2, 2.3, 1.3  # metres above the ground


@dataclass(frozen=True, slots=True)
class Wire:
    """What hangs at one terminal: its label, its name in two languages, the nets of its screws, the wires' colours."""

    ref: str
    label: str
    name_id: str
    name_en: str
    screws: tuple[str, ...]
    colours: tuple[str, ...]


def wires() -> list[Wire]:
    """Every wire that leaves the box, as circuit and harness have it, from left to right."""
    found = [_wire(part) for part in build().parts if part.outside]
    return sorted(found, key=lambda one: TERMINALS[one.label])


def _wire(part: Part) -> Wire:
    name, pins, colours, _gauge, _longest = OUTSIDE[part.label]
    first, _, second = name.partition(" / ")
    return Wire(part.ref, part.label, first, second or first, tuple(pins), tuple(colours))


def plan(canvas: Canvas, at: Point, now: Collection[str] = (), there: Collection[str] | None = None) -> dict[str, Body]:
    """The board from above at 1:1; `now` are this step's designators, `there` what is soldered already (all, if None)."""
    x, y = at
    canvas.rect(x, y, WIDTH, HEIGHT, "line", 1)
    canvas.rect(x + ANTENNA[0], y + ANTENNA[1], ANTENNA[2], ANTENNA[3] - ANTENNA[1], "dash")
    for across, down in HOLES:
        canvas.circle(x + across, y + down, HOLE_DIAMETER / 2, "line")
    every = {body.ref: body for body in bodies()}
    unknown = sorted(set(now) - set(every))
    if unknown:
        raise ValueError(f"the board has no {', '.join(unknown)}")
    for ref, body in sorted(every.items(), key=lambda item: item[1].height):
        left, top, right, bottom = body.box
        is_there = there is None or ref in there
        style = "now" if ref in now else "done" if is_there else "thin"
        canvas.rect(x + left, y + top, right - left, bottom - top, style)
        if ref in now and (right - left) > 1.9:
            canvas.text(x + (left + right) / 2, y + (top + bottom) / 2 + 0.6, ref, 1.9, "middle", "#b3200d")
    return every


def terminals(canvas: Canvas, at: Point, now: Collection[str], done: Collection[str] = ()) -> None:
    """The board's lower edge with all its wires downwards; `now` are this step's labels, numbered and told at the right."""
    x, y = at
    unknown = sorted(set(now) - {wire.label for wire in wires()})
    if unknown:
        raise ValueError(f"no terminal is labelled {', '.join(unknown)}")
    plan(canvas, (x, y), [wire.ref for wire in wires() if wire.label in now])
    number, line = 0, y + 6.0
    for wire in wires():
        left = x + TERMINALS[wire.label]
        last = left + PITCH * (len(wire.screws) - 1)
        canvas.text((left + last) / 2, y + HEIGHT + 3.2, wire.label, 2.3, "middle")
        if wire.label not in (*now, *done):
            continue
        is_now = wire.label in now
        for screw in range(len(wire.screws)):
            across = left + PITCH * screw
            canvas.line([(across, y + HEIGHT + 4.5), (across, y + HEIGHT + 24)], "wire" if is_now else "rest")
            if is_now:
                canvas.text(across, y + HEIGHT + 35, wire.screws[screw].split(" ")[0], 2, "middle")
                canvas.text(across, y + HEIGHT + 38, wire.colours[screw], 2, "middle", "#666")
        if not is_now:
            continue
        number += 1
        canvas.circle((left + last) / 2, y + HEIGHT + 28, 3, "now")
        canvas.text((left + last) / 2, y + HEIGHT + 29, str(number), 3, "middle")
        canvas.circle(156, line, 3, "now")
        canvas.text(156, line + 1, str(number), 3, "middle")
        canvas.text(161, line, f"{wire.ref} {wire.label}", 3)
        canvas.both(161, line + 3.6, wire.name_id, wire.name_en, 2.5)
        canvas.text(161, line + 10, "  ".join(f"{a} {b}" for a, b in zip(wire.screws, wire.colours, strict=True)), 2.2)
        line += 17


def open_box(now: str, parts: Collection[str] = ("box", "tray", "board")) -> list[Block]:
    """The bought box without lid and front, tray and populated board in it; `now` is the one this step puts in."""
    found: list[Block] = []
    low = -FLOOR - BOX_WALL
    if "box" in parts:
        style = "now" if now == "box" else "part"
        half = (BOX[0] / 2, BOX[1] / 2)
        found += [
            Block(-half[0], -half[1], low, BOX[0], BOX[1], BOX_WALL, style, floor=0),
            Block(-half[0], half[1] - BOX_WALL, low + BOX_WALL, BOX[0], BOX_WALL, BOX[2] - BOX_WALL, style, floor=1),
            Block(-half[0], -half[1], low + BOX_WALL, BOX_WALL, BOX[1] - BOX_WALL, BOX[2] - BOX_WALL, style, floor=1),
        ]
    if "tray" in parts:
        style = "now" if now == "tray" else "part"
        found.append(Block(-TRAY[0] / 2, -TRAY[1] / 2, 0, *TRAY, style, floor=2))
        found += [
            Block(x - STANDOFF_RADIUS, y - STANDOFF_RADIUS, TRAY[2], 2 * STANDOFF_RADIUS, 2 * STANDOFF_RADIUS, STANDOFF,
                  style, is_round=True, floor=3)
            for x, y in board_holes()
        ]  # fmt: skip
    if "board" in parts:
        style = "now" if now == "board" else "part"
        top = TRAY[2] + STANDOFF
        found.append(Block(*BOARD_AT, top, *BOARD_SIZE, style, floor=4))
        found += [_standing(body, top + BOARD_THICKNESS, style) for body in bodies() if body.height > 2]
    return found


def _standing(body: Body, z: float, style: str) -> Block:
    left, top, right, bottom = body.box
    x, y = BOARD_AT[0] + left, BOARD_AT[1] + HEIGHT - bottom
    is_round = body.package.startswith(("CP_", "Buzzer"))
    return Block(x, y, z, right - left, bottom - top, body.height, style, is_round, floor=5)


def house(canvas: Canvas, ground: float, metres: float) -> None:
    """Front of a house at the left, `metres` is millimetres on the sheet for one metre."""
    wide, high = 6 * metres, 2.8 * metres
    canvas.line([(0, ground), (220, ground)])
    canvas.rect(8, ground - high, wide, high, "line")
    canvas.line([(4, ground - high), (8 + wide / 2, ground - high - 1.6 * metres), (12 + wide, ground - high)])
    canvas.rect(8 + 0.8 * metres, ground - 2 * metres, 1.2 * metres, 1.1 * metres, "thin")
    canvas.rect(8 + 3.6 * metres, ground - 2.1 * metres, 0.9 * metres, 2.1 * metres, "thin")


def mast(canvas: Canvas, x: float, ground: float, metres: float, styles: dict[str, str]) -> dict[str, Point]:
    """A pole with siren, light, box and button, `metres` millimetres for one metre; `styles` says what this step is about. Gives
    their places."""
    top = ground - SIREN_AT * metres
    box, button = ground - BOX_AT * metres, ground - BUTTON_AT * metres
    canvas.rect(x - 1.5, top - 8, 3, ground - top + 8, "part")
    canvas.shape(
        [(x + 2, top - 3), (x + 10, top - 7), (x + 10, top + 7), (x + 2, top + 3)], styles.get("siren", "part")
    )
    canvas.rect(x - 3, top - 14, 6, 6, styles.get("light", "part"), 2)
    canvas.rect(x - 9, box - 7, 18, 14, styles.get("box", "part"), 1)
    canvas.rect(x - 4, button - 4, 8, 8, styles.get("button", "part"), 1)
    canvas.circle(x, button, 2, styles.get("button", "part"))
    return {"siren": (x + 6, top), "box": (x + 9, box), "button": (x + 4, button)}
