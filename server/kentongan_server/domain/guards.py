"""Who may move an incident, and within what time; the table of states says from where to where.

The reporter may cancel within the first minute, with a PIN and only what nobody else has reported as well. A prank is
named by the RT head or an operator, for it costs the reporter their trust.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kentongan_server.domain.errors import IllegalTransitionError, RefusedError
from kentongan_server.domain.incident import CANCEL_WINDOW, CLOSE_AFTER, REOPEN_WINDOW, Disposition, Incident
from kentongan_server.domain.lifecycle import INCIDENT, IncidentStatus
from kentongan_server.domain.people import Person, Role


@dataclass(frozen=True, slots=True)
class Guard:
    """What must be true besides the state; `within` counts from `since`, a word for the reader of the table."""

    roles: tuple[Role, ...]
    reporter: bool = False
    within: timedelta | None = None
    since: str = ""
    also: str = ""


_RESPONDERS = (Role.OPERATOR, Role.POLISI_RW, Role.RT_HEAD, Role.RONDA)
_DECIDERS = (Role.OPERATOR, Role.RT_HEAD)

GUARDS: dict[str, Guard] = {
    "acknowledge": Guard((Role.OPERATOR,), also="a neighbour's acknowledgement is a fact of its own"),
    "dispatch": Guard(_RESPONDERS),
    "arrive": Guard(_RESPONDERS),
    "resolve": Guard(_RESPONDERS, also="names a disposition; `prank` only by RT head or operator"),
    "cancel": Guard(
        (), reporter=True, within=CANCEL_WINDOW, since="the report", also="PIN; nobody else has reported it"
    ),
    "merge": Guard(_DECIDERS, also="same class and purpose"),
    "unmerge": Guard(_DECIDERS),
    "reopen": Guard(
        _DECIDERS, reporter=True, within=REOPEN_WINDOW, since="its end", also="a cancelled one only by an operator"
    ),
    "reclassify": Guard(_DECIDERS, reporter=True, also="from any open state; across classes another incident goes on"),
    "close": Guard((), also=f"by the clock, {CLOSE_AFTER} after it was resolved"),
}

_NAMES = {
    Role.RESIDENT: "a resident",
    Role.RT_HEAD: "the RT head",
    Role.RONDA: "the ronda",
    Role.POLISI_RW: "the RW's police officer",
    Role.OPERATOR: "an operator",
    Role.TECHNICIAN: "a technician",
    Role.CITY_ADMIN: "the city's admin",
}


def assert_allowed(event: str, person: Person, region: str, *, has_reported: bool) -> None:
    """RefusedError, naming who may, unless this person may do `event` to an incident in `region`."""
    guard = GUARDS[event]
    if (guard.reporter and has_reported) or any(person.has(role, region) for role in guard.roles):
        return
    allowed = [_NAMES[role] for role in guard.roles] + (["who reported it"] if guard.reporter else [])
    raise RefusedError(f"Only {_either(allowed)} may {event} this incident; ask one of them.")


def assert_names(person: Person, region: str, disposition: Disposition) -> None:
    """RefusedError when this person may not call the incident by this disposition."""
    if disposition is Disposition.PRANK and not any(person.has(role, region) for role in _DECIDERS):
        raise RefusedError("Only the RT head or an operator may call a report a prank; choose another disposition.")


def assert_in_time(event: str, since: datetime, now: datetime) -> None:
    """IllegalTransitionError when the time for `event` is over."""
    within = GUARDS[event].within
    if within is not None and now - since > within:
        raise IllegalTransitionError(_TOO_LATE[event])


def move(incident: Incident, event: str) -> IncidentStatus:
    """The incident's status after `event`; IllegalTransitionError with a sentence that says what is possible now."""
    following = INCIDENT[incident.status].get(event)
    if following is None:
        possible = ", ".join(INCIDENT[incident.status]) or "nothing"
        raise IllegalTransitionError(
            f"This incident is {incident.status}: {event} is not possible now. Possible from here: {possible}."
        )
    return following


_TOO_LATE = {
    "cancel": (
        f"The {int(CANCEL_WINDOW.total_seconds())} seconds in which a report can be taken back are over; "
        "tell the RT head or call 110 that it was a mistake."
    ),
    "reopen": "An incident can be reopened for 24 hours only; send a new report.",
}


def _either(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " or " + names[-1]
