"""The measures of the printed parts and of the bought box, in millimetres; plain numbers, so that the guide's drawings share them."""

from hardware.board.placement import HEIGHT, HOLES, WIDTH

BED = 220.0
WALL = 2.4
BOX = (200.0, 150.0, 100.0)  # outside; ABS, IP65
BOX_WALL = 3.5
FLOOR = 4.0  # the box's own bosses carry the tray
GLANDS = (-60.0, -20.0, 20.0, 60.0)  # across, from the box's middle; M16 in its lower side
GLAND_RADIUS = 8.2
TRAY = (176.0, 126.0, 3.0)
STANDOFF, STANDOFF_RADIUS, SCREW_RADIUS = 8.0, 4.0, 1.4  # M3 self-cutting
BOARD_THICKNESS = 1.6
BOARD_AT = (-80.0, -47.5)  # lower left corner of the board on the tray
BOARD_SIZE = (WIDTH, HEIGHT, BOARD_THICKNESS)
BUTTON_BOX = (90.0, 90.0, 50.0)
BUTTON_RADIUS = 11.2
BRACKET = (100.0, 80.0, 6.0)
BAR = 100.0  # the drill template's


def board_holes() -> list[tuple[float, float]]:
    """The board's four holes, on the tray; the board's file counts downwards."""
    return [(BOARD_AT[0] + x, BOARD_AT[1] + HEIGHT - y) for x, y in HOLES]
