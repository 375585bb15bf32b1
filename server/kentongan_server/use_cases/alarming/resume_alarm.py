"""Nobody comes any more: the alarm goes on rising, as if nobody had taken the incident.

Only while it is fresh, for whoever thinks again an hour later wakes nobody; and never over the head of somebody who stopped the
noise, or of a step that the police or the RT have taken meanwhile.
"""

from dataclasses import replace

from kentongan_server.domain.alarm import Alarm
from kentongan_server.domain.events import ComingWithdrawn, Noted
from kentongan_server.domain.incident import SAME_EVENT_WINDOW, Incident
from kentongan_server.domain.incident_kind import Purpose
from kentongan_server.domain.lifecycle import ALARM, AlarmState, IncidentStatus, advance
from kentongan_server.domain.spread import CITY, OWN_RT, period_at
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.alarming.spread_alarm import rule_for

_STOPPED = ("alarm_silenced", "all_clear_sounded", "alarm_refuted")


def on_withdrawn(uow: UnitOfWork, event: ComingWithdrawn) -> None:
    """Let it rise when its time comes, which may be now; one that has ended is taken up by another alarm where it stood."""
    incident = uow.incidents.incident(event.incident or "")
    alarm = None if incident is None else uow.alarms.alarm_of(incident.id)
    if incident is None or alarm is None or not _goes_on(uow, incident, alarm):
        return
    rule = rule_for(uow, alarm.region, incident.incident_class, period_at(alarm.requested_at))
    following = rule.next_rise(alarm.level)
    if following is None:
        return
    due_at = max(alarm.requested_at + following[1], uow.now())
    if alarm.state is AlarmState.ENDED:
        state = advance(ALARM, AlarmState.REQUESTED, "activate")
        alarm = replace(alarm, id=uow.new_id(), state=state, due_at=due_at)
        uow.alarms.add_alarm(alarm)
    else:
        uow.alarms.set_alarm(alarm.id, advance(ALARM, alarm.state, "resume"), alarm.level, due_at)
    uow.happened(Noted(incident.id, incident.region, what="alarm_resumed", data={"alarm": alarm.id}))


def _goes_on(uow: UnitOfWork, incident: Incident, alarm: Alarm) -> bool:
    is_fresh = uow.now() < alarm.requested_at + SAME_EVENT_WINDOW
    is_untaken = incident.status is IncidentStatus.REPORTED and not uow.answers.somebody_comes(incident.id)
    return (
        alarm.state in (AlarmState.EASING, AlarmState.ENDED)
        and OWN_RT <= alarm.level < CITY
        and incident.purpose is Purpose.ACTUAL
        and incident.cancelled_at is None
        and is_fresh
        and is_untaken
        and not any(uow.timeline.has(incident.id, stopped) for stopped in _STOPPED)
    )
