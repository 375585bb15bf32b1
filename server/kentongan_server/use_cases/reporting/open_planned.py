"""What was planned becomes reports like any other: a city-wide alarm one, a drill one for each of its RTs.

Before a regular drill its RTs get news of it: community news, so that it reaches the neighbours by every channel of theirs
in their waking hours, and never the police; it makes no noise.
"""

from kentongan_server.domain.events import CityAlarmSounded, DrillAnnounced, DrillStarted
from kentongan_server.domain.incident import Source
from kentongan_server.domain.incident_kind import IncidentKind, Purpose
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.reporting.take_report import Said, take_report


def on_city_alarm(uow: UnitOfWork, event: CityAlarmSounded) -> None:
    """One report for the whole region."""
    _take(uow, f"city.{event.city_alarm}", event.kind, event.purpose, event.region or "", event.text, Source.CITY)


def on_drill(uow: UnitOfWork, event: DrillStarted) -> None:
    """One report in each RT, so that each is scored by itself."""
    for number, rt in enumerate(event.rts):
        _take(uow, f"drill.{event.drill}.{number}", event.kind, Purpose.DRILL, rt, None, Source.DRILL)


def on_drill_announced(uow: UnitOfWork, event: DrillAnnounced) -> None:
    """One piece of news in each RT."""
    for number, rt in enumerate(event.rts):
        id = f"drill-news.{event.drill}.{number}"
        _take(uow, id, IncidentKind.GATHERING, Purpose.ACTUAL, rt, event.text, Source.ANNOUNCEMENT)


def _take(
    uow: UnitOfWork, report: str, kind: IncidentKind, purpose: Purpose, region: str, text: str | None, source: Source
) -> None:
    said = Said(
        id=report,
        kind=kind,
        purpose=purpose,
        region=region,
        person=None,
        node=None,
        text=text,
        position=None,
        happened_at=uow.now(),
        source=source,
    )
    take_report(uow, said)
