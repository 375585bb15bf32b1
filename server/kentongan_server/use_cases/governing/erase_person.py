"""Everything about one person: told to them, or erased, with the record still whole afterwards."""

import json
from typing import Any

from kentongan_server.domain.errors import ConflictError, UnknownError
from kentongan_server.domain.events import Noted
from kentongan_server.domain.lifecycle import OPEN_INCIDENT_STATES
from kentongan_server.domain.record import ERASED, PRUNED, remains
from kentongan_server.domain.retention import KEPT
from kentongan_server.ports.unit_of_work import UnitOfWork


def tell_person(uow: UnitOfWork, person: str) -> dict[str, Any]:
    """All that is held about the person, by category; UnknownError when there is nothing."""
    found = uow.personal.about(person)
    if not found:
        raise UnknownError("There is no such person.")
    return {"person": person, "at": uow.now().isoformat(), "data": found}


def erase_person(uow: UnitOfWork, person: str, by: str) -> dict[str, Any]:
    """Erase the person; what was removed, and what stays and why. ConflictError while an incident of theirs is open."""
    if "name" not in uow.personal.about(person):
        raise UnknownError("There is no such person.")
    reported = uow.personal.incidents_of(person)
    for incident_id in sorted(reported):
        incident = uow.incidents.incident(incident_id)
        if incident is not None and incident.status in OPEN_INCIDENT_STATES:
            raise ConflictError(f"The incident {incident_id} is still open: close it, then erase the person.")
    words = uow.personal.words_of(person)
    seqs = uow.personal.entries_naming(person)
    emptied = _empty_entries(uow, person, words, seqs, reported)
    removed = uow.personal.forget(person, f"erased-{uow.new_id()}")
    uow.happened(Noted(None, None, by, what=ERASED, data={"entries": emptied, "removed": removed}))
    return {
        "removed": {**removed, "record": len(emptied)},
        "kept": [{"what": what, "why": why} for what, why, _ in KEPT],
    }


def _empty_entries(uow: UnitOfWork, person: str, words: set[str], seqs: set[int], reported: set[str]) -> dict[str, str]:
    """Take the person out of the record's entries; the digests of what is left, by number."""
    links = {link.seq: link for incident in sorted(reported) for link in uow.record.links_of_incident(incident)}
    for seq in seqs - links.keys():
        links.update({link.seq: link for link in uow.record.links(seq - 1, 1)})
    kept: dict[int, tuple[str | None, str]] = {}
    for seq, link in links.items():
        if link.event in (ERASED, PRUNED):
            continue  # they speak of numbers, and the chain needs them as they are
        actor = None if link.actor == person else link.actor
        facts = json.dumps(
            _without(json.loads(link.facts), {person, *words}), ensure_ascii=False, separators=(",", ":")
        )
        if (actor, facts) != (link.actor, link.facts):
            kept[seq] = (actor, facts)
    uow.record.empty(kept)
    return {str(seq): remains(actor, facts) for seq, (actor, facts) in sorted(kept.items())}


def _without(value: Any, gone: set[str]) -> Any:
    if isinstance(value, dict):
        return {name: _without(inner, gone) for name, inner in value.items()}
    if isinstance(value, list):
        return [_without(inner, gone) for inner in value]
    return None if isinstance(value, str) and value in gone else value
