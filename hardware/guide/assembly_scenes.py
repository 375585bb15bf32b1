"""A drawing for each step at the bench, from the board file, the circuit, the harness and the measures of the printed parts."""

from hardware.board.bodies import bodies
from hardware.board.placement import HEIGHT, MODULE, MODULE_ROWS, TERMINALS, WIDTH
from hardware.enclosure.measures import BAR, BOX, BRACKET, BUTTON_BOX, BUTTON_RADIUS, GLAND_RADIUS, GLANDS, TRAY
from hardware.guide import views
from hardware.guide.canvas import Canvas
from hardware.guide.isometric import Block, draw

LOW = 3.0  # millimetres: what is soldered first
SOCKET = "ESP32-S3-DevKitC-1"
BOARD_AT = (20.0, 8.0)


def _low() -> set[str]:
    return {body.ref for body in bodies() if not body.through_hole and body.height < LOW}


def _tall() -> set[str]:
    return {body.ref for body in bodies()} - _low()


def _module() -> str:
    return next(body.ref for body in bodies() if body.package == SOCKET)


def printed_parts(canvas: Canvas) -> None:
    """Tray, button box and bracket as they come from the printer."""
    draw(canvas, views.open_box("tray", ["tray"]), (88, 78), 0.42)
    canvas.both(20, 112, f"dudukan {TRAY[0]:g} × {TRAY[1]:g}", "tray, four posts", 3)
    wide, deep, high = BUTTON_BOX
    hole = Block(
        wide / 2 - BUTTON_RADIUS,
        deep / 2 - BUTTON_RADIUS,
        high,
        2 * BUTTON_RADIUS,
        2 * BUTTON_RADIUS,
        0.1,
        "part",
        True,
        1,
    )
    draw(canvas, [Block(0, 0, 0, *BUTTON_BOX, "now"), hole], (128, 62), 0.42)
    canvas.both(132, 94, f"kotak tombol {wide:g} × {deep:g} × {high:g}", "button box, 22 mm hole", 3)
    plate = [Block(0, 0, 0, *BRACKET, "now")]
    plate += [Block(x, 0, 6, 14, BRACKET[1], 20, "now", floor=1) for x in (21, 65)]
    draw(canvas, plate, (128, 128), 0.42)
    canvas.both(60, 140, "braket sirine", "siren bracket", 3)


def solder_low(canvas: Canvas) -> None:
    """0805, diodes, transistors: everything that lies flat."""
    views.plan(canvas, BOARD_AT, _low(), there=_low())
    canvas.both(
        20,
        HEIGHT + 15,
        f"{len(_low())} komponen rata, di bawah {LOW:g} mm",
        f"{len(_low())} flat parts, below {LOW:g} mm",
    )


def solder_tall(canvas: Canvas) -> None:
    """Sockets, terminals, capacitor, clips: everything with legs or height."""
    views.plan(canvas, BOARD_AT, _tall())
    canvas.both(
        20, HEIGHT + 15, f"{len(_tall())} komponen tinggi atau berkaki", f"{len(_tall())} tall parts or parts with legs"
    )


def measure_resistance(canvas: Canvas) -> None:
    """Meter's points before any power."""
    gates = _with_nets("nfet", "SIREN_GATE", "BEACON_GATE")
    points = {"U1": ("12 V – GND > 1 kΩ", "at the 5 V module"), _module(): ("3V3 – GND > 1 kΩ", "at the empty socket")}
    points |= dict.fromkeys(gates, ("gate – GND = 100 kΩ", "siren's and light's transistor"))
    every = views.plan(canvas, BOARD_AT, points)
    for place, (ref, words) in enumerate(points.items()):
        left, top, right, bottom = every[ref].box
        to = (BOARD_AT[0] + (left + right) / 2, BOARD_AT[1] + (top + bottom) / 2)
        canvas.note(158, 20 + 24 * place, to, f"{ref}: {words[0]}", words[1])


def _with_nets(kind: str, *nets: str) -> list[str]:
    from hardware.board.circuit import build

    return [part.ref for part in build().parts if part.kind.name == kind and set(part.nets.values()) & set(nets)]


def first_power(canvas: Canvas) -> None:
    """Bench supply at the first terminal, no module, no siren."""
    supply = next(wire for wire in views.wires() if wire.label == "13,8V")
    views.plan(canvas, BOARD_AT, [supply.ref], there={body.ref for body in bodies()} - {_module()})
    x = BOARD_AT[0] + TERMINALS[supply.label]
    y = BOARD_AT[1] + HEIGHT
    canvas.rect(150, y + 8, 52, 24, "now", 2)
    canvas.both(153, y + 16, "13,8 V   maks. 100 mA", "13.8 V, limit 100 mA", 3.4)
    canvas.line([(x, y - 7), (x, y + 18), (150, y + 18)], "wire")
    canvas.line([(x + views.PITCH, y - 7), (x + views.PITCH, y + 26), (150, y + 26)], "line")
    canvas.text(x - 4, y + 4, "+", 4, "middle", "#b3200d")
    canvas.text(x + views.PITCH + 4, y + 4, "−", 4, "middle")


def module_in(canvas: Canvas) -> None:
    """The module into its sockets, antenna over the free edge."""
    every = views.plan(canvas, BOARD_AT, [_module()])
    left, top, _right, _bottom = every[_module()].box
    low = BOARD_AT[1] + MODULE[1]
    canvas.measure(
        (BOARD_AT[0] + MODULE[0] + 56, low - MODULE_ROWS), (BOARD_AT[0] + MODULE[0] + 56, low), f"{MODULE_ROWS:g} mm"
    )
    canvas.note(
        158, 24, (BOARD_AT[0] + left + 2, BOARD_AT[1] + top + 10), "antena di tepi kiri", "antenna at the left edge"
    )
    canvas.note(158, 50, (BOARD_AT[0] + 3, BOARD_AT[1] + 30), "tanpa tembaga", "free of copper")


def board_on_tray(canvas: Canvas) -> None:
    """The populated board on the tray's four posts."""
    draw(canvas, views.open_box("board", ["tray", "board"]), (100, 84), 0.62)
    canvas.both(8, 142, "4 sekrup M3, tidak sampai berputar", "four M3 screws, not over-turned")


def tray_in_box(canvas: Canvas) -> None:
    """Tray with board into the bought box."""
    blocks = views.open_box("tray")
    draw(canvas, blocks, (104, 92), 0.5)
    canvas.both(4, 146, f"kotak {BOX[0]:g} × {BOX[1]:g} × {BOX[2]:g}, IP65", "the bought box, lid and front left out")


def drill_the_box(canvas: Canvas) -> None:
    """Where the glands go, with the template's bar."""
    x, y = 105.0, 77.0
    canvas.rect(x - BOX[0] / 2, y - BOX[1] / 2, BOX[0], BOX[1], "line", 4)
    for across in GLANDS:
        canvas.circle(x + across, y + 62, GLAND_RADIUS, "now")
    for across in (-93, 93):
        for down in (-68, 68):
            canvas.circle(x + across, y + down, 2.5, "line")
    canvas.rect(x - BAR / 2, y - 61, BAR, 2, "now")
    canvas.measure((x - BAR / 2, y - 52), (x + BAR / 2, y - 52), f"{BAR:g} mm ± 0,5")
    canvas.both(x - 30, y, f"4 kelenjar M16, lubang {2 * GLAND_RADIUS:g} mm", "four M16 glands, below")


def loops(canvas: Canvas) -> None:
    """The two supervised loops with their resistors far away."""
    views.terminals(canvas, BOARD_AT, ["PANIK", "TAMPER"])
    canvas.rect(154, 74, 52, 26, "now", 2)
    canvas.both(157, 81, "di kotak tombol", "in the button's box", 3)
    canvas.text(157, 94, "2k2  ·  2k2 + tombol", 3.4)


def lid_switch(canvas: Canvas) -> None:
    """Silence key, button's light."""
    views.terminals(canvas, BOARD_AT, ["SENYAP", "LED TBL"], ["PANIK", "TAMPER"])
    canvas.both(154, 90, "kunci di sisi kotak", "key at the box's side", 3)


def labels(canvas: Canvas) -> None:
    """The stickers' places."""
    canvas.rect(20, 10, 150, 100, "line", 4)
    canvas.rect(34, 24, 56, 36, "now", 1)
    canvas.both(37, 36, "kode QR klaim", "claim code", 3.4)
    canvas.rect(100, 24, 56, 72, "now", 1)
    canvas.both(103, 36, "tabel pin", "pin table", 3.4)
    canvas.rect(34, 68, 56, 28, "now", 1)
    canvas.both(37, 78, "tanggal aki, QA", "battery's date, QA", 3.4)
    canvas.both(
        20,
        120,
        f"di dalam tutup; label kabel di {len(views.wires())} kabel",
        "inside the lid; wire labels at every wire",
    )
    canvas.line([(0, 132), (WIDTH, 132)], "thin")


SCENES = {
    "printed_parts": printed_parts,
    "drill_the_box": drill_the_box,
    "solder_low": solder_low,
    "solder_tall": solder_tall,
    "measure_resistance": measure_resistance,
    "first_power": first_power,
    "module_in": module_in,
    "board_on_tray": board_on_tray,
    "tray_in_box": tray_in_box,
    "loops": loops,
    "lid_switch": lid_switch,
    "labels": labels,
}
