"""How many sirens an RT needs: levels fall by 6 dB per doubling of the distance in the open, and by walls and doors.

A calculation for planning, not a promise: wind, walls and rain decide, and the hand-over walk with a phone or a meter does.
Sources: 55 dB(A) residential limit KEP-48/MENLH/11/1996; 65 dB(A) or 15 dB above the surroundings and 75 dB(A) at the bed,
guides to BS 5839; a closed door takes about 20 dB.
"""

import math
from dataclasses import dataclass

AMBIENT = 55.0
ABOVE_AMBIENT = 15.0
AT_THE_BED = 75.0
DOOR = 20.0
SAFE = 120.0
EARS = 1.6  # height of an ear
HEX = 3 * math.sqrt(3) / 2  # a circle's share that hexagonal packing uses, times the radius squared


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a siren reaches and how many an area takes."""

    reach_m: float
    sirens: int
    spacing_m: float
    level_below: float
    bedroom_reach_m: float


def level_at(level_1m: float, metres: float) -> float:
    """Free field: level at a distance."""
    return level_1m - 20 * math.log10(max(metres, 0.1))


def reach(level_1m: float, wanted: float, loss: float = 0.0) -> float:
    """The distance at which `wanted` is still heard behind `loss`."""
    return float(10 ** ((level_1m - loss - wanted) / 20))


def cover(width_m: float, length_m: float, level_1m: float, mount_m: float, obstruction: float = 6.0) -> Coverage:
    """Sirens for a rectangle of houses; ValueError where a number makes no sense."""
    if min(width_m, length_m) <= 0:
        raise ValueError("the RT's width and length must be more than 0 m")
    if not 80 <= level_1m <= 130:
        raise ValueError("a siren's level at 1 m lies between 80 and 130 dB(A): look at the data sheet, not at the box")
    if mount_m < 3:
        raise ValueError("mount the siren at 3 m or higher: nearer it hurts ears")
    far = reach(level_1m, AMBIENT + ABOVE_AMBIENT, obstruction)
    across = math.sqrt(max(far * far - (mount_m - EARS) ** 2, 1.0))
    count = max(math.ceil(width_m * length_m / (HEX * across * across)), _along(width_m, length_m, across))
    below = level_at(level_1m, max(mount_m - EARS, 0.5))
    return Coverage(across, count, across * math.sqrt(3), below, reach(level_1m, AT_THE_BED, DOOR))


def _along(width_m: float, length_m: float, radius: float) -> int:
    """A long lane needs sirens along it, whatever its area."""
    short, long = sorted((width_m, length_m))
    half = math.sqrt(radius * radius - (short / 2) ** 2) if short / 2 < radius else 0.0
    return math.ceil(long / (2 * half)) if half else 1
