"""A drawing for each step at the mast, and for each of the yearly ones."""

from hardware.bom import parts
from hardware.checks import MOUNT
from hardware.guide import views
from hardware.guide.assembly_scenes import BOARD_AT
from hardware.guide.canvas import Canvas, Point
from hardware.guide.isometric import draw
from hardware.sound import coverage

GROUND, METRES, POLE = 128.0, 17.0, 122.0


def _level() -> float:
    return float(next(item["level_dba"] for item in parts.read()["off_board"] if "level_dba" in item))


def _scene(canvas: Canvas, **styles: str) -> dict[str, Point]:
    views.house(canvas, GROUND, METRES)
    return views.mast(canvas, POLE, GROUND, METRES, styles)


def choose_place(canvas: Canvas) -> None:
    """How high, and how loud where."""
    siren = _scene(canvas, siren="now", light="now")["siren"]
    canvas.measure((POLE + 16, GROUND), (POLE + 16, siren[1]), f"≥ {MOUNT:g} m")
    for place, metres in enumerate((10, 25, 50, 100)):
        y = 30 + 13 * place
        canvas.line([(POLE + 12, siren[1]), (POLE + 40, y)], "thin")
        canvas.text(POLE + 42, y + 1, f"{metres} m: {coverage.level_at(_level(), metres):.0f} dB(A)", 3)
    canvas.both(
        8,
        140,
        f"sirine {_level():.0f} dB(A) pada 1 m; hitungan lapangan terbuka",
        "free-field calculation; walk it with a meter",
    )


def bracket_on_pole(canvas: Canvas) -> None:
    """Bracket by two hose clamps, siren on its plate."""
    canvas.rect(92, 6, 22, 130, "part")
    canvas.rect(56, 40, 36, 56, "now")
    canvas.rect(62, 28, 24, 80, "part", 2)
    for y in (48, 84):
        canvas.rect(88, y, 30, 5, "now", 1)
        canvas.rect(116, y - 2, 8, 9, "now", 1)
    canvas.note(140, 46, (120, 50), "2 klem selang", "two hose clamps")
    canvas.note(140, 74, (74, 66), "sirine, corong ke jalan", "siren, horn towards the lane")
    canvas.both(8, 146, "pipa 48–60 mm", "pole of 48 to 60 mm")


def box_in_shade(canvas: Canvas) -> None:
    """Box and button at their heights."""
    at = _scene(canvas, box="now", button="now")
    canvas.note(POLE + 20, 62, at["box"], "kotak: teduh, di bawah 45 °C", "box: in the shade, below 45 °C")
    canvas.note(POLE + 20, 96, at["button"], "tombol: 1,2–1,4 m", "button: 1.2 to 1.4 m")


def earthing(canvas: Canvas) -> None:
    """One earth point."""
    siren = _scene(canvas)["siren"]
    canvas.line([siren, (POLE + 14, siren[1] + 10), (POLE + 14, GROUND + 4), (POLE + 30, GROUND + 4)], "wire")
    canvas.rect(POLE + 28, GROUND, 4, 24, "now")
    canvas.note(POLE + 24, GROUND - 26, (POLE + 14, GROUND - 30), "≥ 4 mm²; 16 mm² di atas atap", "16 mm² above a roof")
    canvas.both(POLE + 36, GROUND + 12, "elektroda < 10 Ω", "electrode", 3)


def surge(canvas: Canvas) -> None:
    """From the mains to the box, in this order."""
    chain = [("PLN 230 V", "mains", "part"), ("RCD", "by an electrician", "part"), ("penangkal surja", "arrester", "now"),
             ("catu 13,8 V + aki", "supply and battery", "part"), ("kotak", "the kentongan", "part")]  # fmt: skip
    for place, (words_id, words_en, style) in enumerate(chain):
        x = 3 + 41.5 * place
        canvas.rect(x, 40, 36, 24, style, 2)
        canvas.both(x + 2, 50, words_id, words_en, 2.9)
        if place:
            canvas.line([(x - 5.5, 52), (x, 52)], "wire" if place in (2, 3) else "line")
    canvas.line([(104, 64), (104, 92)], "wire")
    for step in range(3):
        canvas.line([(96 + 3 * step, 92 + 3 * step), (112 - 3 * step, 92 + 3 * step)], "wire")
    canvas.both(56, 97, "ke elektroda bumi", "to the earth electrode", 3)
    canvas.line([(187, 64), (187, 116)], "rest")
    canvas.both(
        118, 124, "RS-485 di luar > 30 m: tabung gas di kedua ujung", "RS-485 outdoors: gas tubes at both ends", 2.9
    )


def supply_wires(canvas: Canvas) -> None:
    """Power first."""
    views.terminals(canvas, BOARD_AT, ["13,8V", "AKI PLN"])


def signal_wires(canvas: Canvas) -> None:
    """Loops, key, bus."""
    views.terminals(canvas, BOARD_AT, ["PANIK", "TAMPER", "SENYAP", "LED TBL", "A B GND"], ["13,8V", "AKI PLN"])


def siren_last(canvas: Canvas) -> None:
    """Light and siren after the quiet test."""
    done = [wire.label for wire in views.wires()]
    views.terminals(canvas, BOARD_AT, ["LAMPU", "SIRINE"], done)


def hand_over(canvas: Canvas) -> None:
    """The walk with the meter."""
    middle = (105.0, 74.0)
    for metres in (25, 50, 100):
        radius = metres * 0.62
        canvas.circle(*middle, radius, "thin")
        canvas.text(
            middle[0],
            middle[1] - radius - 1,
            f"{metres} m: {coverage.level_at(_level(), metres):.0f} dB(A)",
            2.8,
            "middle",
        )
    canvas.circle(*middle, 3, "now")
    route = [(48, 22), (48, 120), (80, 120), (80, 30), (130, 30), (130, 118), (162, 118), (162, 24)]
    canvas.line(route, "wire")
    for place, point in enumerate(route, start=1):
        canvas.circle(*point, 3, "part")
        canvas.text(point[0], point[1] + 1, str(place), 3, "middle")
    canvas.both(
        8, 146, "jalan keliling semua gang; tulis dB(A) di setiap titik", "walk every lane; write dB(A) at each point"
    )


def monthly(canvas: Canvas) -> None:
    """What is listened to and looked at."""
    at = _scene(canvas, siren="now", light="now", button="now")
    canvas.note(POLE + 20, 36, at["siren"], "bunyi pendek, jam diumumkan", "short, at the announced hour")
    canvas.note(POLE + 20, 96, at["button"], "lampu tombol menyala", "the button's light is on")


def yearly(canvas: Canvas) -> None:
    """The open box: terminals, seals, glands, insects."""
    draw(canvas, views.open_box("box"), (104, 92), 0.5)
    canvas.both(4, 146, "karet, kelenjar, sarang serangga, terminal", "seal, glands, insects, terminals")
    canvas.both(
        136, 146, "PLN dicabut 24 jam: catat tegangan aki", "mains out for 24 h: note the battery's voltage", 2.9
    )


def five_years(canvas: Canvas) -> None:
    """Battery and fuse."""
    views.plan(canvas, BOARD_AT, ["F1"])
    canvas.rect(150, 118, 56, 34, "now", 2)
    canvas.both(153, 130, "aki baru, tanggal di stiker", "new battery, date on the sticker", 3)
    canvas.both(20, 118, "sekering T3A baru (F1)", "new fuse T3A (F1)")


SCENES = {
    "choose_place": choose_place,
    "bracket_on_pole": bracket_on_pole,
    "box_in_shade": box_in_shade,
    "earthing": earthing,
    "surge": surge,
    "supply_wires": supply_wires,
    "signal_wires": signal_wires,
    "siren_last": siren_last,
    "hand_over": hand_over,
    "monthly": monthly,
    "yearly": yearly,
    "five_years": five_years,
}
