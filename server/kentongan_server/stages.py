"""Which stage of the flow acts on which event: the stages meet here, and know nothing of each other."""

from kentongan_server.domain.events import (
    AccessReset,
    CityAlarmSounded,
    ComingWithdrawn,
    DrillAnnounced,
    DrillStarted,
    DuressCalled,
    IncidentAcknowledged,
    IncidentCancelled,
    IncidentMerged,
    IncidentMoved,
    IncidentReclassified,
    NoticeTaken,
    ReportTaken,
    StageReached,
)
from kentongan_server.ports.unit_of_work import Listeners
from kentongan_server.use_cases.alarming import ease_alarm, quieten_alarm, raise_alarm, resume_alarm
from kentongan_server.use_cases.forwarding import follow_up, forward_report
from kentongan_server.use_cases.informing import publish, tell_people, tell_reporter, tell_reset, tell_residents
from kentongan_server.use_cases.reporting import cancel_report, doubt_reporter, open_planned


def listeners() -> Listeners:
    """Which stage acts on which event, in this order and in the event's own transaction."""
    return {
        ReportTaken: (
            raise_alarm.on_report,
            forward_report.on_report,
            follow_up.on_witness,
            tell_residents.on_report,
            tell_people.on_report,
            publish.on_report,
        ),
        StageReached: (tell_reporter.on_stage, ease_alarm.on_answer),
        IncidentAcknowledged: (ease_alarm.on_answer,),
        ComingWithdrawn: (resume_alarm.on_withdrawn,),
        IncidentMoved: (ease_alarm.on_answer, doubt_reporter.on_moved, publish.on_changed),
        IncidentMerged: (ease_alarm.on_answer,),
        IncidentCancelled: (quieten_alarm.on_taken_back, follow_up.on_cancelled, publish.on_cancelled),
        IncidentReclassified: (quieten_alarm.on_taken_back, follow_up.on_reclassified, publish.on_changed),
        DuressCalled: (follow_up.on_duress,),
        NoticeTaken: (cancel_report.on_notice,),
        CityAlarmSounded: (open_planned.on_city_alarm,),
        DrillAnnounced: (open_planned.on_drill_announced,),
        DrillStarted: (open_planned.on_drill,),
        AccessReset: (tell_reset.on_reset,),
    }
