"""The StatisticsBook over the other fakes."""

from collections.abc import Collection
from datetime import datetime

from tests.fakes.incidents import FakeIncidents
from tests.fakes.plans import FakePlans
from tests.fakes.timeline import FakeTimeline

from kentongan_server.domain.drill import SOUNDED, has_sounded
from kentongan_server.domain.incident import Disposition, Source
from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.region_code import is_within
from kentongan_server.domain.statistics import Case, Heard
from kentongan_server.ports.timeline import Entry

_SERVICE = {"kentongan_out_of_service": False, "kentongan_back_in_service": True}


class FakeStatistics:
    """Goes through everything, entry by entry."""

    def __init__(self, incidents: FakeIncidents, timeline: FakeTimeline, plans: FakePlans) -> None:
        self._incidents = incidents
        self._plans = plans
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
                drill=self._drill_of(one.id),
                loud=_loud(entries),
                skipped=frozenset(e.facts["node"] for e in entries if e.event == "kentongan_skipped"),
            )
            found.append(case)
        return found

    def heard(self, region: str, until: datetime) -> list[Heard]:
        told = [e for e in self._timeline.entries if e.region and is_within(e.region, region) and e.at < until]
        found = []
        for e in told:
            if e.event == "presence_changed":
                found.append(Heard(e.facts["node"], e.region or "", e.facts["presence"] == "online", e.at))
            elif e.event in _SERVICE:
                found.append(Heard(e.facts["node"], e.region or "", None, e.at, _SERVICE[e.event]))
        return found

    def _drill_of(self, incident: str) -> str | None:
        for report in self._incidents.reports_of(incident):
            id = report.id.removeprefix("drill.").rpartition(".")[0]
            if report.source is Source.DRILL and id in self._plans.planned_drills:
                return id
        return None


def _acknowledged(entry: Entry, by: str) -> bool:
    return entry.event == "acknowledged" and entry.facts["by"] == by


def _loud(entries: list[Entry]) -> frozenset[str]:
    loud: dict[str, bool] = {}
    for entry in entries:
        if entry.event == "command_state_changed":
            said = entry.facts["state"] in SOUNDED
            if said or "heard" in entry.facts:
                loud[entry.facts["node"]] = has_sounded(said, entry.facts.get("heard"))
    return frozenset(node for node, is_loud in loud.items() if is_loud)
