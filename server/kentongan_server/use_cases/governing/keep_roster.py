"""Keep the ronda's roster: set a weekday's rota, ask for a swap, take a turn, check in."""

from dataclasses import replace
from datetime import date, timedelta

from kentongan_server.domain.errors import ConflictError, InvalidError, RefusedError, UnknownError
from kentongan_server.domain.events import Noted
from kentongan_server.domain.people import Person, Role
from kentongan_server.domain.roster import EARLY, LOCAL, CheckIn, Rota, Swap, Turn, accepted, assert_good_rota
from kentongan_server.ports.roster import turns_between
from kentongan_server.ports.unit_of_work import UnitOfWork


def set_rota(uow: UnitOfWork, head: Person, rota: Rota) -> Rota:
    """The weekday's rota from its first night on; the one before ends there. An empty one ends the watch."""
    if not head.has(Role.RT_HEAD, rota.region):
        raise RefusedError("Only the RT head sets the ronda's rota.")
    assert_good_rota(rota)
    now = uow.now()
    if rota.valid_from < now.astimezone(LOCAL).date():
        raise InvalidError("A rota begins today or later; nights that were stay as they were.")
    for name in rota.people:
        person = uow.people.person(name, now)
        if person is None or not person.belongs_to(rota.region):
            raise UnknownError(f"{name} is no neighbour of this RT.")
    for known in uow.roster.rotas_of(rota.region):
        ends_later = known.valid_until is None or known.valid_until > rota.valid_from
        if known.weekday == rota.weekday and known.id != rota.id and ends_later:
            uow.roster.put_rota(replace(known, valid_until=max(rota.valid_from, known.valid_from)))
    uow.roster.put_rota(rota)
    facts = {"rota": rota.id, "weekday": rota.weekday, "people": len(rota.people)}
    uow.happened(Noted(None, rota.region, head.id, what="rota_set", data=facts))
    return rota


def ask_swap(uow: UnitOfWork, person: Person, rota_id: str, night: date, to: str | None) -> Swap:
    """Ask somebody, or anybody, to take one's own turn; repeating gives the same request."""
    turn = _turn(uow, rota_id, night, person.id)
    if turn is None or turn.begins_at <= uow.now():
        raise RefusedError("You have no turn that night, or it has begun; ask your RT head.")
    if to is not None:
        other = uow.people.person(to, uow.now())
        if to == person.id or other is None or not other.belongs_to(turn.region):
            raise UnknownError("There is no such neighbour to ask.")
    for known in uow.roster.swaps_of([rota_id], night):
        if (known.night, known.person, known.accepted_by) == (night, person.id, None):
            changed = replace(known, to=to)
            uow.roster.put_swap(changed)
            return changed
    swap = Swap(uow.new_id(), rota_id, night, person.id, to, uow.now())
    uow.roster.put_swap(swap)
    uow.happened(Noted(None, turn.region, person.id, what="swap_asked", data={"swap": swap.id}))
    return swap


def accept_swap(uow: UnitOfWork, person: Person, swap_id: str) -> Swap:
    """Take the turn; repeating changes nothing."""
    swap = uow.roster.swap(swap_id)
    rota = None if swap is None else uow.roster.rota(swap.rota)
    if swap is None or rota is None or not person.belongs_to(rota.region):
        raise UnknownError("There is no such request, or it is not of your RT.")
    if swap.accepted_by == person.id:
        return swap
    if person.id == swap.person or swap.to not in (None, person.id):
        raise RefusedError("Somebody else was asked to take this turn.")
    if rota.period(swap.night)[0] <= uow.now():
        raise ConflictError("This watch has begun already.")
    if _turn(uow, rota.id, swap.night, person.id) is not None:
        raise ConflictError("You watch that night already.")
    taken = accepted(swap, person.id, uow.now())
    uow.roster.put_swap(taken)
    uow.happened(Noted(None, rota.region, person.id, what="swap_accepted", data={"swap": swap.id}))
    return taken


def check_in(uow: UnitOfWork, person: Person, region: str) -> Turn:
    """Come to tonight's watch, in the rota or not; the first time counts."""
    if not person.belongs_to(region):
        raise RefusedError("Only neighbours of the RT check in for its ronda.")
    now = uow.now()
    near = turns_between(uow.roster, uow.roster.rotas_of(region), now, now + EARLY)
    if not near:
        raise ConflictError("No watch is on now, nor begins within the hour.")
    mine = next((turn for turn in near if turn.person == person.id), near[0])
    if mine.person != person.id or mine.came_at is None:
        uow.roster.put_check_in(CheckIn(mine.rota, mine.night, person.id, now))
        facts = {"rota": mine.rota, "night": mine.night.isoformat()}
        uow.happened(Noted(None, region, person.id, what="ronda_checked_in", data=facts))
    found = _turn(uow, mine.rota, mine.night, person.id)
    return mine if found is None else found


def _turn(uow: UnitOfWork, rota_id: str, night: date, person_id: str) -> Turn | None:
    rota = uow.roster.rota(rota_id)
    if rota is None or not rota.is_of(night):
        return None
    begins, ends = rota.period(night)
    found = turns_between(uow.roster, [rota], begins, ends - timedelta(milliseconds=1))
    return next((turn for turn in found if (turn.night, turn.person) == (night, person_id)), None)
