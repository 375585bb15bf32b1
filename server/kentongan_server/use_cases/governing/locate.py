"""In which RT a position lies: by the outline somebody drew, else by the nearest RT that has none, which is only a guess."""

from dataclasses import dataclass

from kentongan_server.domain.errors import UnknownError
from kentongan_server.domain.place import Region
from kentongan_server.domain.region_code import Level
from kentongan_server.domain.surroundings import distance_m
from kentongan_server.ports.unit_of_work import UnitOfWork

FURTHEST_GUESS_M = 500.0
_DEGREES = 0.006  # a little more than that, in Indonesia


@dataclass(frozen=True, slots=True)
class Located:
    """The RT, whether it was `drawn` around the position, and how far its point is."""

    region: Region
    drawn: bool
    metres: int


def locate(uow: UnitOfWork, latitude: float, longitude: float) -> Located:
    """UnknownError with a sentence when no RT is near."""
    holding = [o.region for o in uow.places.outlines_at(latitude, longitude) if o.holds(latitude, longitude)]
    drawn = [region for region in uow.places.regions(holding) if region.level is Level.RT and not region.has_ended]
    if drawn:
        return _nearest(drawn, latitude, longitude, drawn=True)
    around = uow.places.rts_around(latitude, longitude, _DEGREES)
    outlined = uow.places.outlined([region.code for region in around])
    near = [region for region in around if region.code not in outlined]
    if near:
        found = _nearest(near, latitude, longitude, drawn=False)
        if found.metres <= FURTHEST_GUESS_M:
            return found
    raise UnknownError("No RT is known at this position; choose one from the list.")


def _nearest(regions: list[Region], latitude: float, longitude: float, *, drawn: bool) -> Located:
    metres = {r.code: distance_m(latitude, longitude, r.latitude, r.longitude) for r in regions}
    region = min(regions, key=lambda r: (metres[r.code], r.code))
    return Located(region, drawn, round(metres[region.code]))
