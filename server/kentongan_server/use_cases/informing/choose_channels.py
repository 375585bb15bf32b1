"""Where I am reached, and when I want to be left in peace. A destination hears nothing before it has said its code.

A browser's subscription needs none: only the browser itself can know its keys. The code goes out like every other word,
through the outbox; who guesses five times must ask for a new one. Nothing is added before its owner has agreed to the
words in force (domain/consent.py), for each channel is run by somebody else.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from kentongan_server.domain.consent import Purpose, is_in_force
from kentongan_server.domain.errors import ConflictError, RefusedError, UnknownError
from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.notification import Destination, NotifyChannel, Wave, own_word
from kentongan_server.domain.people import Person
from kentongan_server.domain.preferences import Preferences
from kentongan_server.ports.unit_of_work import UnitOfWork

MOST = 10
CODE_LIFE = timedelta(minutes=15)
GUESSES = 5
_SELF_PROVING = (NotifyChannel.WEB_PUSH,)


def add_destination(uow: UnitOfWork, person: Person, wanted: Destination, code: str) -> Destination:
    """Keep the destination; one that the same person has at this address already is changed instead of doubled.

    ConflictError without consent, and beyond the most that one person may have.
    """
    mine = uow.destinations.of_people([person.id])
    if not is_in_force(uow.consents.of_person(person.id), Purpose.CHANNELS) and not _is_renewed(mine, wanted):
        raise ConflictError(
            "This channel is run by somebody else, so it needs your consent first: read the words of GET "
            "/api/v1/consent-texts for `channels`, and send their version as `consent`."
        )
    known = next((d for d in mine if (d.channel, d.address) == (wanted.channel, wanted.address)), None)
    if known is not None:
        wanted = replace(wanted, id=known.id, confirmed=known.confirmed)
    elif len(mine) >= MOST:
        raise ConflictError(f"You have {MOST} channels already; remove one that you no longer use.")
    else:
        wanted = replace(wanted, confirmed=wanted.channel in _SELF_PROVING)
    if wanted.channel in _SELF_PROVING:
        _take_over(uow, person, wanted)
    uow.destinations.put(wanted)
    if not wanted.confirmed:
        _send_code(uow, wanted, code)
    return wanted


def confirm_destination(uow: UnitOfWork, person: Person, destination_id: str, code: str) -> bool:
    """True when the code fits, and from now on; a wrong one is counted, and the fifth makes the code void."""
    destination = _mine(uow, person, destination_id)
    if destination.confirmed:
        return True
    expected = uow.destinations.code(destination_id)
    if expected is None or uow.now() > expected[1] or expected[2] >= GUESSES:
        raise RefusedError("This code is too old; add the channel again for a new one.")
    if code != expected[0]:
        uow.destinations.count_wrong_code(destination_id)
        return False
    uow.destinations.put(replace(destination, confirmed=True))
    return True


def change_destination(
    uow: UnitOfWork, person: Person, destination_id: str, hears: frozenset[IncidentClass], after_s: int
) -> Destination:
    """Choose what it hears, and how much later than the others."""
    changed = replace(_mine(uow, person, destination_id), hears=hears, after_s=after_s)
    uow.destinations.put(changed)
    return changed


def try_destination(uow: UnitOfWork, person: Person, destination_id: str) -> Destination:
    """Send it a word that says it is a test; the limits of its channel hold, and one at a time is enough."""
    destination = _mine(uow, person, destination_id)
    if not destination.confirmed:
        raise ConflictError("This channel has not said its code yet; confirm it first.")
    latest = uow.notifications.latest({destination.id}).get(destination.id)
    if latest is not None and latest.wave is Wave.TRIAL and latest.due_at is not None:
        raise ConflictError("The last test is still on its way; wait for its end.")
    _send_own(uow, destination, Wave.TRIAL)
    return destination


def remove_destination(uow: UnitOfWork, person: Person, destination_id: str) -> None:
    """From now on nothing is sent there, also of what waits."""
    uow.destinations.remove(_mine(uow, person, destination_id).id)


def choose_preferences(uow: UnitOfWork, person: Person, preferences: Preferences) -> None:
    """Keep language and quiet hours."""
    uow.destinations.put_preferences(person.id, preferences)


def link_chat(uow: UnitOfWork, code: str, chat: str) -> Destination | None:
    """A stranger's chat says a code that a person was shown: from now on it is that person's. None when nobody waits."""
    for waiting in uow.destinations.at_address(NotifyChannel.TELEGRAM, f"code:{code}"):
        expected = uow.destinations.code(waiting.id)
        if expected is not None and expected[0] == code and uow.now() <= expected[1]:
            linked = replace(waiting, address=chat, confirmed=True)
            uow.destinations.put(linked)
            return linked
    return None


def unlink_chat(uow: UnitOfWork, chat: str) -> None:
    """A chat wants no more, whoever's it is: nothing is sent there, also nothing of what waits."""
    for destination in uow.destinations.at_address(NotifyChannel.TELEGRAM, chat):
        uow.destinations.remove(destination.id)


def _mine(uow: UnitOfWork, person: Person, destination_id: str) -> Destination:
    found = uow.destinations.destination(destination_id)
    if found is None or found.person != person.id:
        raise UnknownError("You have no such channel; ask GET /api/v1/me/channels for yours.")
    return found


def _is_renewed(mine: Sequence[Destination], wanted: Destination) -> bool:
    """True for a browser beside one from before consent was asked: its push service moves it to another address unasked, and
    nobody may lose the next alarm by that."""
    return wanted.channel in _SELF_PROVING and any(one.channel is wanted.channel for one in mine)


def _take_over(uow: UnitOfWork, person: Person, wanted: Destination) -> None:
    """One browser is one person's: whoever signs in on a borrowed telephone takes it from its last user."""
    for other in uow.destinations.at_address(wanted.channel, wanted.address):
        if other.person != person.id:
            uow.destinations.remove(other.id)


def _send_code(uow: UnitOfWork, destination: Destination, code: str) -> None:
    now = uow.now()
    uow.destinations.expect_code(destination.id, code, now + CODE_LIFE)
    if destination.channel is NotifyChannel.TELEGRAM:
        return  # a bot may not speak first: its user brings the code
    _send_own(uow, destination, Wave.CONFIRM)


def _send_own(uow: UnitOfWork, destination: Destination, wave: Wave) -> None:
    uow.notifications.add([own_word(uow.new_id(), destination, wave, uow.now())])
