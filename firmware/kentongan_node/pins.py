"""Which board this is, and so which generated pin file holds: `from .pins import pins`.

MicroPython's build says the board. A board that shares another's build (Olimex's runs the plain ESP32's) is named in the
file /board. A build we do not know stops here: a pin driven on a guess may be a siren.
"""

import sys

BOARD_FILE = "/board"
BOARDS = {
    "esp32_s3": ("ESP32_GENERIC_S3", "standard"),  # "standard": the unix port, on which the reference board is tested
    "esp32": ("ESP32_GENERIC",),
    "esp32_c3": ("ESP32_GENERIC_C3",),
    "olimex_esp32_poe": ("OLIMEX_ESP32_POE",),
    "pico_w": ("RPI_PICO_W",),
}


def chosen(build: str, named: str) -> str:
    """The board: the one the file names, else the one built for; RuntimeError with a sentence for neither."""
    if named:
        if named not in BOARDS:
            raise RuntimeError(BOARD_FILE + " names " + named + "; it must be one of " + ", ".join(sorted(BOARDS)))
        return named
    for board, builds in BOARDS.items():
        if build in builds or build.split("-")[0] in builds:  # a variant (SPIRAM, OTA) is the same board
            return board
    raise RuntimeError("no pins for the build " + build + "; write the board's name into " + BOARD_FILE)


def _named() -> str:
    try:
        with open(BOARD_FILE) as file:
            return file.read(32).strip()
    except OSError:
        return ""


BOARD = chosen(getattr(sys.implementation, "_build", "standard"), _named())
pins = getattr(__import__("kentongan_node.pins_" + BOARD), "pins_" + BOARD)
