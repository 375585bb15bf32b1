"""Take a report back, with the PIN, while nobody else has reported the same. Nothing is deleted; the police get a Cancel.

The duress PIN does exactly the same to every eye but the police's: the noise stops, the neighbourhood sees it cancelled,
and the incident goes on. Where the PIN would be refused so is the duress PIN, in the same words, and the police still
learn of it: so a refusal is given back and not raised, for what is raised is not kept.
"""

from dataclasses import replace
from datetime import datetime

from kentongan_server.domain.errors import IllegalTransitionError, KentonganError, UnknownError
from kentongan_server.domain.events import DuressCalled, IncidentCancelled, Noted, NoticeTaken
from kentongan_server.domain.guards import assert_allowed, assert_in_time, move
from kentongan_server.domain.incident import Incident
from kentongan_server.domain.lifecycle import INCIDENT, OPEN_INCIDENT_STATES, IncidentStatus, advance
from kentongan_server.domain.people import Person
from kentongan_server.ports.unit_of_work import UnitOfWork


def cancel_report(uow: UnitOfWork, incident_id: str, person: Person, *, duress: bool) -> KentonganError | None:
    """Cancel what this person reported, or seem to; None when it is (or looks) done, else why not."""
    incident = uow.incident_for(person, incident_id)
    has_reported = uow.incidents.has_spoken(incident.id, person.id, None)
    try:
        assert_allowed("cancel", person, incident.region, has_reported=has_reported)
    except KentonganError as refusal:
        return refusal
    return _cancel(uow, incident.id, person.id, uow.now(), duress=duress)


def on_notice(uow: UnitOfWork, event: NoticeTaken) -> None:
    """The same at a call point, which has checked its PIN itself. What cannot be done is only noted: the node must forget it."""
    notice = event.notice
    report = uow.incidents.report(notice.of) if notice.of else None
    if notice.kind not in ("cancel", "duress") or report is None or report.node != notice.node:
        return
    refusal = _cancel(uow, report.incident, notice.node, uow.now(), duress=notice.kind == "duress")
    if refusal is not None:
        told = {"node": notice.node, "reason": str(refusal)}
        uow.happened(Noted(report.incident, event.region, notice.node, what="cancel_refused", data=told))


def _cancel(uow: UnitOfWork, incident_id: str, who: str, at: datetime, *, duress: bool) -> KentonganError | None:
    true = uow.incidents.incident(incident_id)
    if true is None:
        return UnknownError("There is no such incident.")
    refusal = None if true.cancelled_at is not None else _why_not(uow, true, who, at)
    if duress:
        _call_duress(uow, true, who, shown=refusal is None)
    if refusal is None and true.cancelled_at is None:
        changed = uow.incidents.incident(incident_id) or true
        changed = replace(changed, cancelled_at=uow.now())
        if not duress:
            changed = replace(changed, status=move(changed, "cancel"), settled_at=uow.now())
        uow.incidents.change(changed)
        uow.happened(IncidentCancelled(changed.id, changed.region, who, of=changed, genuine=not duress))
    return refusal


def _why_not(uow: UnitOfWork, incident: Incident, who: str, at: datetime) -> KentonganError | None:
    try:
        move(incident, "cancel")
        assert_in_time("cancel", incident.opened_at, at)
    except KentonganError as refusal:
        return refusal
    if any((report.reporter or report.node) != who for report in uow.incidents.reports_of(incident.id)):
        return IllegalTransitionError(
            "Others have reported it too, so it is not yours alone to cancel; ask the RT head."
        )
    return None


def _call_duress(uow: UnitOfWork, incident: Incident, who: str, *, shown: bool) -> None:
    """Once for each incident; a cancelled one is taken up again, without a sign of it."""
    if incident.duress_at is not None:
        return
    changed = replace(incident, duress_at=uow.now())
    if incident.status is IncidentStatus.CANCELLED:
        changed = replace(changed, status=advance(INCIDENT, incident.status, "reopen"), settled_at=None)
    elif incident.status not in OPEN_INCIDENT_STATES:
        return
    uow.incidents.change(changed)
    uow.happened(DuressCalled(changed.id, changed.region, who, of=changed, shown_cancelled=shown))
