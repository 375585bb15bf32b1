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

from hardware.enclosure.measures import (
    BAR,
    BOX,
    BOX_WALL,
    BRACKET,
    BUTTON_BOX,
    BUTTON_RADIUS,
    FLOOR,
    GLAND_RADIUS,
    GLANDS,
    SCREW_RADIUS,
    STANDOFF,
    STANDOFF_RADIUS,
    TRAY,
    WALL,
    board_holes,
)

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


def button_post() -> Part:
    """The panic button's own box, lid side down as printed: 22 mm hole, four posts for the screws of its wall plate."""
    with BuildPart() as made:
        with BuildSketch():
            RectangleRounded(*BUTTON_BOX[:2], 8)
        extrude(amount=BUTTON_BOX[2])
        with BuildSketch(Plane.XY.offset(WALL)):
            RectangleRounded(BUTTON_BOX[0] - 2 * WALL, BUTTON_BOX[1] - 2 * WALL, 8 - WALL)
        extrude(amount=BUTTON_BOX[2], mode=Mode.SUBTRACT)
        Cylinder(BUTTON_RADIUS, WALL, align=BOTTOM, mode=Mode.SUBTRACT)
        with GridLocations(70, 70, 2, 2):
            Cylinder(5, BUTTON_BOX[2], align=BOTTOM)
        with GridLocations(70, 70, 2, 2):
            Cylinder(SCREW_RADIUS, BUTTON_BOX[2], align=BOTTOM, mode=Mode.SUBTRACT)
    return made.part


def bracket() -> Part:
    """Siren on a pole of 48 to 60 mm by two hose clamps: a V lies against the pole, the plate carries the siren."""
    with BuildPart() as made:
        Box(*BRACKET, align=BOTTOM)
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
        Box(*BOX[:2], 0.6, align=BOTTOM)
        with GridLocations(186, 136, 2, 2):
            Cylinder(2.5, 1, align=BOTTOM, mode=Mode.SUBTRACT)
        with Locations(*[(x, -62, 0) for x in GLANDS]):
            Cylinder(GLAND_RADIUS, 1, align=BOTTOM, mode=Mode.SUBTRACT)
        with Locations((0, 60, 0)):
            Box(BAR, 2, 1, align=BOTTOM, mode=Mode.SUBTRACT)
    return made.part


def bought_box() -> Part:
    """The box as bought, lid off: only to see that nothing hits it. Its floor's bosses carry the tray."""
    with BuildPart() as made:
        Box(*BOX, align=BOTTOM)
        with Locations((0, 0, BOX_WALL)):
            Box(BOX[0] - 2 * BOX_WALL, BOX[1] - 2 * BOX_WALL, BOX[2] - 2 * BOX_WALL, align=BOTTOM, mode=Mode.SUBTRACT)
    return made.part.translate((0, 0, -FLOOR - BOX_WALL))


SHAPES = {"tray": tray, "button_post": button_post, "bracket": bracket, "drill_template": drill_plate}
