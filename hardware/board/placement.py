"""Where things lie on Papan Induk: every wire leaves at one long side, in the order of the drawing on the lid.

Millimetres from the top left corner. Named parts have a place of their own; the rest of a block is packed on shelves in
the block's own strip, straight above the terminal it serves.
"""

from dataclasses import dataclass

ORIGIN = (50.0, 40.0)  # of the board on KiCad's page
WIDTH, HEIGHT = 130.0, 95.0
HOLES = ((4.5, 4.5), (125.5, 4.5), (4.5, 90.5), (125.5, 90.5))
HOLE_DIAMETER = 3.2
TERMINALS_Y = 88.0
# The antenna lies over the left edge: no copper beneath it or beside it.
ANTENNA = (0.0, 6.5, 14.5, 36.5)
MODULE = (17.0, 33.0)  # pin 1, the end of the lower row next to the antenna
MODULE_ROWS = 22.86
PITCH = 2.54


@dataclass(frozen=True, slots=True)
class Strip:
    """Where a block's parts go: from the terminal upwards."""

    left: float
    top: float
    right: float
    bottom: float


TERMINALS = {
    "PANIK": 11.3,
    "TAMPER": 22.6,
    "AKI PLN": 33.9,
    "SENYAP": 50.3,
    "LED TBL": 61.6,
    "A B GND": 72.9,
    "LAMPU": 89.3,
    "SIRINE": 100.6,
    "13,8V": 111.9,
}
STRIPS = {
    "panic loop": Strip(5.0, 38.0, 20.0, 81.0),
    "tamper loop": Strip(20.5, 38.0, 31.0, 81.0),
    "supply senses": Strip(31.5, 38.0, 47.0, 81.0),
    "silence and test": Strip(47.5, 38.0, 58.5, 81.0),
    "indicators": Strip(59.0, 38.0, 70.5, 81.0),
    "rs-485": Strip(71.0, 38.0, 86.0, 81.0),
    "beacon": Strip(86.5, 60.0, 97.0, 81.0),
    "siren": Strip(87.0, 30.0, 108.0, 60.5),
    "power": Strip(109.5, 32.0, 126.0, 71.0),
    "controller": Strip(74.0, 30.0, 86.0, 37.5),
    "sensors": Strip(77.5, 16.0, 86.0, 26.0),
}
# value or label → centre and rotation, for what is large or must be reached by hand
FIXED = {
    "3A T": (112.5, 76.6, 0),
    "5 V active": (93.0, 17.0, 0),
    "470u 35V": (115.0, 27.0, 0),
    "K7805-1000R3": (115.5, 13.0, 0),
    "I2C": (79.0, 4.5, 90),
    "microphone": (94.0, 4.5, 90),
    "indicator": (106.0, 4.5, 90),
}


def shelves(strip: Strip, sizes: list[tuple[str, float, float]], gap: float = 1.1) -> dict[str, tuple[float, float]]:
    """Centres: rows from the bottom up, each row from the left; ValueError when the strip is too small."""
    found: dict[str, tuple[float, float]] = {}
    x, y, tallest = strip.left, strip.bottom, 0.0
    for name, width, height in sizes:
        if x + width > strip.right + 1e-6 and x > strip.left:
            x, y, tallest = strip.left, y - tallest - gap, 0.0
        if x + width > strip.right + 1e-6 or y - height < strip.top - 1e-6:
            raise ValueError(f"{name} does not fit its strip {strip}")
        found[name] = (x + width / 2, y - height / 2)
        x += width + gap
        tallest = max(tallest, height)
    return found
