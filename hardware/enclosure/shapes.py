"""The printed parts, in millimetres. The box itself is bought (IP65, UV-stable): a printed shell is neither.

Wall thickness is at least WALL; everything fits a 220 x 220 mm bed and prints without support in the pose it has here.
"""

from build123d import (
    Align,
    Axis,
    Box,
    BuildPart,
    BuildSketch,
    Cylinder,
    GridLocations,
    Locations,
    Mode,
    Part,
    Plane,
    RectangleRounded,
    extrude,
    fillet,
)

from hardware.board.placement import HEIGHT, HOLES, WIDTH

BED = 220.0
WALL = 2.4
TRAY = (176.0, 126.0, 3.0)  # in a box of 200 x 150 x 100 outside
STANDOFF, STANDOFF_RADIUS, SCREW_RADIUS = 8.0, 4.0, 1.4  # M3 self-cutting
BOARD_THICKNESS = 1.6
BOARD_AT = (-80.0, -47.5)  # lower left corner of the board on the tray
BOTTOM = (Align.CENTER, Align.CENTER, Align.MIN)


def tray() -> Part:
    """Holds the board on four posts, and the wires by ties beside it; the battery stands in the supply's own case."""
    with BuildPart() as made:
        Box(*TRAY, align=BOTTOM)
        fillet(made.edges().filter_by(Axis.Z), 6)
        with Locations(*[(x, y, TRAY[2]) for x, y in board_holes()]):
            Cylinder(STANDOFF_RADIUS, STANDOFF, align=BOTTOM)
        with Locations(*[(x, y, TRAY[2] - 1.0) for x, y in board_holes()]):
            Cylinder(SCREW_RADIUS, STANDOFF + 2, align=BOTTOM, mode=Mode.SUBTRACT)
        with GridLocations(TRAY[0] - 14, TRAY[1] - 14, 2, 2):
            Cylinder(2.2, TRAY[2], align=BOTTOM, mode=Mode.SUBTRACT)
        with Locations((66, 0)), GridLocations(10, 30, 2, 3):
            Box(3, 8, TRAY[2], align=BOTTOM, mode=Mode.SUBTRACT)
    return made.part


def board_holes() -> list[tuple[float, float]]:
    """The board's four holes, on the tray; the board's file counts downwards."""
    return [(BOARD_AT[0] + x, BOARD_AT[1] + HEIGHT - y) for x, y in HOLES]


def button_post() -> Part:
    """The panic button's own box, lid side down as printed: 22 mm hole, four posts for the screws of its wall plate."""
    with BuildPart() as made:
        with BuildSketch():
            RectangleRounded(90, 90, 8)
        extrude(amount=50)
        with BuildSketch(Plane.XY.offset(WALL)):
            RectangleRounded(90 - 2 * WALL, 90 - 2 * WALL, 8 - WALL)
        extrude(amount=50, mode=Mode.SUBTRACT)
        Cylinder(11.2, WALL, align=BOTTOM, mode=Mode.SUBTRACT)
        with GridLocations(70, 70, 2, 2):
            Cylinder(5, 50, align=BOTTOM)
        with GridLocations(70, 70, 2, 2):
            Cylinder(SCREW_RADIUS, 50, align=BOTTOM, mode=Mode.SUBTRACT)
    return made.part


def bracket() -> Part:
    """Siren on a pole of 48 to 60 mm by two hose clamps: a V lies against the pole, the plate carries the siren."""
    with BuildPart() as made:
        Box(100, 80, 6, align=BOTTOM)
        with Locations((-22, 0, 0), (22, 0, 0)):
            Box(14, 80, 26, align=BOTTOM)
        with Locations((-22, -22, 14), (22, -22, 14), (-22, 22, 14), (22, 22, 14)):
            Box(20, 14, 4, mode=Mode.SUBTRACT)
        with GridLocations(84, 60, 2, 2):
            Cylinder(3.2, 6, align=BOTTOM, mode=Mode.SUBTRACT)
    return made.part


def drill_plate() -> Part:
    """The drill template: print at 1:1, check the bar of 100 mm, tape it to the wall or the box."""
    with BuildPart() as made:
        Box(200, 150, 0.6, align=BOTTOM)
        with GridLocations(186, 136, 2, 2):
            Cylinder(2.5, 1, align=BOTTOM, mode=Mode.SUBTRACT)
        with Locations((-60, -62, 0), (-20, -62, 0), (20, -62, 0), (60, -62, 0)):
            Cylinder(8.2, 1, align=BOTTOM, mode=Mode.SUBTRACT)
        with Locations((0, 60, 0)):
            Box(100, 2, 1, align=BOTTOM, mode=Mode.SUBTRACT)
    return made.part


SHAPES = {"tray": tray, "button_post": button_post, "bracket": bracket, "drill_template": drill_plate}
BOARD_SIZE = (WIDTH, HEIGHT, BOARD_THICKNESS)
