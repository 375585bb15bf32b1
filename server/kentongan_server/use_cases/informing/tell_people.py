"""Whom to tell of an incident, and when: tonight's ronda at once, the RT a short lead later, the silent ronda once more.

What is decided later is written down now, so a crash loses no wave. The lead is spent by nobody when no ronda can be
reached; a stranger's report, which does not sound yet, goes to the residents when its gate opens.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from kentongan_server.domain.events import Noted, ReportTaken
from kentongan_server.domain.incident import Incident
from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.lifecycle import OPEN_INCIDENT_STATES, AlarmState, NotificationState
from kentongan_server.domain.notification import Destination, Notification, Urgency, Wave
from kentongan_server.domain.people import Person, Role
from kentongan_server.domain.preferences import Preferences
from kentongan_server.ports.notifications import PlannedWave
from kentongan_server.ports.roster import on_duty
from kentongan_server.ports.unit_of_work import UnitOfWork

LEAD = timedelta(seconds=10)
AGAIN_AFTER = timedelta(seconds=60)
_NEIGHBOURS = (Role.RESIDENT, Role.RT_HEAD, Role.RONDA, Role.POLISI_RW)
_AT_ONCE = 8  # waves in one transaction: a press waits for no more


def on_report(uow: UnitOfWork, event: ReportTaken) -> None:
    """Begin to tell people of a new incident; a witness's report tells nobody a second time."""
    if not event.opened:
        return
    incident, now = event.of, uow.now()
    if incident.incident_class is IncidentClass.COMMUNITY:
        uow.notifications.plan(PlannedWave(incident.id, Wave.RESIDENTS, now))
        return
    reached = _tell(uow, incident, Wave.RONDA, _ronda(uow, incident.region))
    uow.notifications.plan(PlannedWave(incident.id, Wave.RESIDENTS, now + LEAD if reached else now))
    if reached:
        uow.notifications.plan(PlannedWave(incident.id, Wave.AGAIN, now + AGAIN_AFTER))


def tell_due_waves(uow: UnitOfWork) -> int:
    """Tell everybody whose wave has come, a few waves at a time; how many there were. None are left when it says 0."""
    due = uow.notifications.waves_due(uow.now(), _AT_ONCE)
    for wave in due:
        incident = uow.incidents.incident(wave.incident)
        wait_until = None if incident is None else _gated_until(uow, incident)
        if wave.wave is Wave.RESIDENTS and wait_until is not None:
            uow.notifications.plan(PlannedWave(wave.incident, wave.wave, wait_until))
            continue
        uow.notifications.wave_done(wave.incident, wave.wave)
        if incident is None or incident.status not in OPEN_INCIDENT_STATES:
            continue
        if wave.wave is Wave.RESIDENTS:
            _tell(uow, incident, wave.wave, uow.people.holders(incident.region, _NEIGHBOURS, uow.now()))
        else:
            _tell_the_silent(uow, incident)
    return len(due)


def answered(uow: UnitOfWork, incident: str) -> set[str]:
    """The people who have answered the incident themselves, whether they come or have only seen it."""
    return uow.answers.people(incident)


def _ronda(uow: UnitOfWork, region: str) -> list[Person]:
    """Those who watch now; where no roster says, everybody with that role."""
    now = uow.now()
    on = [uow.people.person(turn.person, now) for turn in on_duty(uow.roster, region, now)]
    return [person for person in on if person is not None] or uow.people.holders(region, (Role.RONDA,), now)


def _gated_until(uow: UnitOfWork, incident: Incident) -> datetime | None:
    """When the alarm's gate will have opened; the ticker that opens it runs before us."""
    alarm = uow.alarms.alarm_of(incident.id)
    if alarm is None or alarm.state is not AlarmState.GATED:
        return None
    return max(uow.now() + timedelta(seconds=1), alarm.due_at or uow.now())


def _tell_the_silent(uow: UnitOfWork, incident: Incident) -> None:
    ronda = _ronda(uow, incident.region)
    heard = answered(uow, incident.id)
    if heard & {person.id for person in ronda}:
        return
    _tell(uow, incident, Wave.AGAIN, ronda)


def _tell(uow: UnitOfWork, incident: Incident, wave: Wave, people: Sequence[Person]) -> int:
    """Queue one notification for each destination of those who may know; how many people can be reached."""
    if not people:
        return 0
    meant = {p.id for p in people if p.sees(incident.region, incident.incident_class)}
    destinations = [
        destination
        for destination in uow.destinations.of_people(meant)
        if destination.confirmed and incident.incident_class in destination.hears
    ]
    if not destinations:
        return 0
    told = {one.destination for one in uow.notifications.of_incident(incident.id)} if wave is Wave.RESIDENTS else set()
    spoke = {report.reporter for report in uow.incidents.reports_of(incident.id)}
    preferences = uow.destinations.preferences(meant)
    new = [
        _notification(uow, incident, wave, destination, preferences.get(destination.person, Preferences()))
        for destination in destinations
        if destination.person not in spoke and destination.id not in told
    ]
    reached = {one.person for one in new}
    if new:
        uow.notifications.add(new)
    if reached:
        uow.happened(Noted(incident.id, incident.region, what="people_told", data=_facts(wave, reached, new)))
    return len(reached)


def _facts(wave: Wave, reached: Collection[str], new: Collection[Notification]) -> dict[str, object]:
    channels: dict[str, int] = {}
    for one in new:
        channels[one.channel] = channels.get(one.channel, 0) + 1
    return {"wave": wave, "people": len(reached), "channels": channels}


def _notification(
    uow: UnitOfWork, incident: Incident, wave: Wave, destination: Destination, preferences: Preferences
) -> Notification:
    now = uow.now()
    is_news = incident.incident_class is IncidentClass.COMMUNITY
    urgency = Urgency.NEWS if is_news else Urgency.AGAIN if wave is Wave.AGAIN else Urgency.FIRST
    return Notification(
        id=uow.new_id(),
        incident=incident.id,
        person=destination.person,
        destination=destination.id,
        channel=destination.channel,
        wave=wave,
        urgency=urgency,
        state=NotificationState.PENDING,
        attempts=0,
        error=None,
        queued_at=now,
        due_at=preferences.quiet_hours.earliest(now) if is_news else now + timedelta(seconds=destination.after_s),
        changed_at=now,
    )
