"""A prank, named as one by a human, costs its reporter two weeks of trust; a reopened incident gives it back."""

from dataclasses import replace

from kentongan_server.domain.errors import IllegalTransitionError, RefusedError, UnknownError
from kentongan_server.domain.events import IncidentMoved, Noted
from kentongan_server.domain.incident import Disposition
from kentongan_server.domain.people import Person, Role
from kentongan_server.domain.trust import COOLDOWN, Cooldown
from kentongan_server.ports.unit_of_work import UnitOfWork


def on_moved(uow: UnitOfWork, event: IncidentMoved) -> None:
    """Begin a cooldown for who opened a prank; end the one of an incident that is taken up again."""
    reports = [report for report in uow.incidents.reports_of(event.of.id) if report.incident == event.of.id]
    first = reports[0].reporter if reports else None
    if first is None or event.actor is None:
        return  # a button is nobody's word: it always works
    if event.by_event == "resolve" and event.disposition is Disposition.PRANK:
        now = uow.now()
        cooldown = Cooldown(
            id=uow.new_id(),
            person=first,
            incident=event.of.id,
            region=event.of.region,
            since=now,
            until=now + COOLDOWN,
            set_by=event.actor,
        )
        uow.trust.add(cooldown)
        told = {"until": cooldown.until.isoformat()}
        uow.happened(Noted(event.of.id, event.of.region, event.actor, what="cooldown_begun", data=told))
    elif event.by_event == "reopen":
        for cooldown in uow.trust.of_person(first):
            if cooldown.incident == event.of.id and cooldown.lifted_at is None:
                _lift(uow, cooldown, event.actor)


def appeal(uow: UnitOfWork, person: Person, text: str) -> Cooldown:
    """Ask the RT head to look at this person's cooldown again."""
    standing = [cooldown for cooldown in uow.trust.of_person(person.id) if cooldown.counts(uow.now())]
    if not standing:
        raise IllegalTransitionError("Your word is trusted as it is; there is nothing to appeal against.")
    if standing[0].appeal is not None:
        raise IllegalTransitionError("You have appealed already; the RT head will answer.")
    changed = replace(standing[0], appeal=text, appealed_at=uow.now())
    uow.trust.put(changed)
    uow.happened(Noted(changed.incident, changed.region, person.id, what="cooldown_appealed"))
    return changed


def lift(uow: UnitOfWork, cooldown_person: str, by: Person) -> int:
    """End this person's cooldowns; how many. Only the RT head of the region may, or an operator."""
    if not (by.has(Role.RT_HEAD) or by.has(Role.OPERATOR)):
        # Before anything is looked up: whose word is doubted is nobody else's to find out.
        raise RefusedError("Only the RT head where it happened, or an operator, may lift a cooldown; ask one of them.")
    standing = [cooldown for cooldown in uow.trust.of_person(cooldown_person) if cooldown.counts(uow.now())]
    mine = [c for c in standing if by.has(Role.RT_HEAD, c.region) or by.has(Role.OPERATOR, c.region)]
    if not mine or by.id == cooldown_person:
        raise UnknownError("This person has no cooldown that you could lift.")
    for cooldown in mine:
        _lift(uow, cooldown, by.id)
    return len(mine)


def _lift(uow: UnitOfWork, cooldown: Cooldown, by: str) -> None:
    uow.trust.put(replace(cooldown, lifted_at=uow.now(), lifted_by=by))
    uow.happened(Noted(cooldown.incident, cooldown.region, by, what="cooldown_lifted"))
