"""The StatisticsBook over the other fakes."""

from collections.abc import Collection
from datetime import datetime

from tests.fakes.incidents import FakeIncidents
from tests.fakes.timeline import FakeTimeline

from kentongan_server.domain.incident import Disposition
from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.region_code import is_within
from kentongan_server.domain.statistics import Case, Heard
from kentongan_server.ports.timeline import Entry


class FakeStatistics:
    """Goes through everything, entry by entry."""

    def __init__(self, incidents: FakeIncidents, timeline: FakeTimeline) -> None:
        self._incidents = incidents
        self._timeline = timeline

    def cases(self, region: str, since: datetime, until: datetime, classes: Collection[IncidentClass]) -> list[Case]:
        """See the port, as with everything below."""
        found = []
        for one in sorted(self._incidents.incidents.values(), key=lambda one: one.opened_at):
            if not (is_within(one.region, region) and since <= one.opened_at < until and one.incident_class in classes):
                continue
            entries = self._timeline.of_incident(one.id)
            said = [r.happened_at or r.received_at for r in self._incidents.reports_of(one.id)]
            sounding = [e.at for e in entries if e.event == "command_state_changed" and e.facts["state"] == "sounding"]
            judged = [e.facts["disposition"] for e in entries if e.facts.get("disposition")]
            police = [e for e in entries if e.event == "police_replied" or _acknowledged(e, "police")]
            case = Case(
                one.id,
                one.region,
                one.incident_class,
                one.purpose,
                min([one.opened_at, *said]),
                one.opened_at,
                first_sounding_at=sounding[0] if sounding else None,
                last_sounding_at=sounding[-1] if sounding else None,
                community_at=next((e.at for e in entries if _acknowledged(e, "community")), None),
                police_at=police[0].at if police else None,
                arrived_at=next((e.at for e in entries if e.facts.get("status") == "on_scene"), None),
                disposition=Disposition(judged[-1]) if judged else None,
                kentongan=sum(len(e.facts["nodes"]) for e in entries if e.event == "alarm_raised"),
                sounded=len(sounding),
                forwards=sum(e.event == "forward_queued" for e in entries),
                accepted=sum(e.event == "forward_accepted" for e in entries),
            )
            found.append(case)
        return found

    def heard(self, region: str, until: datetime) -> list[Heard]:
        return [
            Heard(e.facts["node"], e.region or "", e.facts["presence"] == "online", e.at)
            for e in self._timeline.entries
            if e.event == "presence_changed" and e.region and is_within(e.region, region) and e.at < until
        ]


def _acknowledged(entry: Entry, by: str) -> bool:
    return entry.event == "acknowledged" and entry.facts["by"] == by
