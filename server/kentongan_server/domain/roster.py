"""The ronda's roster: a weekly rota makes nights; turns are swapped, and whoever comes checks in.

Nothing is written ahead: the turns of a night follow from the rotas valid that night, the swaps accepted and the check-ins.
A rota is never rewritten; a new one ends it from a night on, so that the past stays as it was.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone

from kentongan_server.domain.errors import ConflictError, InvalidError

LOCAL = timezone(timedelta(hours=7), "WIB")
EARLY = timedelta(hours=1)  # before a turn begins one may already check in
LONGEST_WATCH = timedelta(hours=12)
MOST_PEOPLE = 20


@dataclass(frozen=True, slots=True)
class Rota:
    """Who watches on one weekday (0 is Monday), from a local time on, for the nights that it is valid."""

    id: str
    region: str
    weekday: int
    begins: time
    lasts: timedelta
    people: tuple[str, ...]
    valid_from: date
    valid_until: date | None = None

    def is_of(self, night: date) -> bool:
        """True when it makes this night."""
        begun = self.valid_from <= night and (self.valid_until is None or night < self.valid_until)
        return begun and night.weekday() == self.weekday

    def period(self, night: date) -> tuple[datetime, datetime]:
        """When the watch of the night begins and ends."""
        begins = datetime.combine(night, self.begins, LOCAL)
        return begins, begins + self.lasts


@dataclass(frozen=True, slots=True)
class Swap:
    """One who is in the rota asks another (`to` None: anybody) to take the turn of one night."""

    id: str
    rota: str
    night: date
    person: str
    to: str | None
    asked_at: datetime
    accepted_by: str | None = None
    accepted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Who really came, in which watch, and when; also one who was not in the rota."""

    rota: str
    night: date
    person: str
    came_at: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """One person's watch: `person` comes, for themselves or instead of `instead_of`; `came_at` once they checked in."""

    rota: str
    region: str
    night: date
    person: str
    instead_of: str | None
    begins_at: datetime
    ends_at: datetime
    came_at: datetime | None = None

    def is_on(self, at: datetime) -> bool:
        """True while the watch lasts."""
        return self.begins_at <= at < self.ends_at


def assert_good_rota(rota: Rota) -> None:
    """InvalidError for a rota that makes no watch."""
    if not 0 <= rota.weekday <= 6:
        raise InvalidError("A weekday is a number from 0, Monday, to 6, Sunday.")
    if not timedelta(minutes=30) <= rota.lasts <= LONGEST_WATCH:
        raise InvalidError("A watch lasts from half an hour to twelve hours.")
    if len(set(rota.people)) != len(rota.people) or len(rota.people) > MOST_PEOPLE:
        raise InvalidError(f"A watch has {MOST_PEOPLE} people at most, each once.")


def nights_between(first: datetime, last: datetime) -> list[date]:
    """The nights whose watch may touch this time: those that began the evening before, too."""
    begin = first.astimezone(LOCAL).date() - timedelta(days=1)
    days = (last.astimezone(LOCAL).date() - begin).days
    return [begin + timedelta(days=day) for day in range(days + 1)]


def turns(
    rotas: Collection[Rota], swaps: Collection[Swap], check_ins: Collection[CheckIn], first: datetime, last: datetime
) -> list[Turn]:
    """Every turn that is on at some time from `first` to before `last`, in order."""
    taken = {(s.rota, s.night, s.person): s.accepted_by for s in swaps if s.accepted_by is not None}
    came = {(c.rota, c.night, c.person): c.came_at for c in check_ins}
    found = []
    for night in nights_between(first, last):
        for rota in rotas:
            begins, ends = rota.period(night)
            if not rota.is_of(night) or begins >= last or ends <= first:
                continue
            there = {}
            for person in rota.people:
                comes = _finally(taken, rota.id, night, person)
                there[comes] = None if comes == person else person
            extra = [c.person for c in check_ins if (c.rota, c.night) == (rota.id, night) and c.person not in there]
            there.update(dict.fromkeys(extra))
            found += [
                Turn(rota.id, rota.region, night, one, instead, begins, ends, came.get((rota.id, night, one)))
                for one, instead in there.items()
            ]
    return sorted(found, key=lambda turn: (turn.begins_at, turn.person))


def on_duty(found: Collection[Turn], at: datetime) -> list[Turn]:
    """Who watches now: when somebody has checked in, those who really came come first."""
    on = [turn for turn in found if turn.is_on(at)]
    return sorted(on, key=lambda turn: (turn.came_at is None, turn.came_at or turn.begins_at, turn.person))


def accepted(swap: Swap, by: str, at: datetime) -> Swap:
    """The swap once somebody takes the turn; ConflictError for one that is taken."""
    if swap.accepted_by is not None:
        raise ConflictError("Somebody has taken this turn already.")
    return replace(swap, accepted_by=by, accepted_at=at)


def _finally(taken: Mapping[tuple[str, date, str], str | None], rota: str, night: date, person: str) -> str:
    """Who comes for the person, along the chain of swaps; one who took it back themselves ends it."""
    seen = {person}
    while (following := taken.get((rota, night, person))) is not None and following not in seen:
        seen.add(following)
        person = following
    return person
