"""The PersonalDataBook over the other fakes: names, memberships, reports and the record."""

import json
from collections.abc import Collection
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from tests.fakes.answers import FakeAnswers
from tests.fakes.destinations import FakeDestinations
from tests.fakes.incidents import FakeIncidents
from tests.fakes.notifications import FakeNotifications
from tests.fakes.people import FakePeople
from tests.fakes.subscriptions import FakeSubscriptions
from tests.fakes.timeline import FakeTimeline

from kentongan_server.domain.lifecycle import OPEN_INCIDENT_STATES, NotificationState
from kentongan_server.domain.notification import NotifyChannel
from kentongan_server.domain.region_code import is_within


def _drop(rows: dict[Any, Any], keys: list[Any]) -> int:
    for key in keys:
        del rows[key]
    return len(keys)


class FakePersonalData:
    """Sessions are nobody's here."""

    def __init__(
        self,
        people: FakePeople,
        incidents: FakeIncidents,
        timeline: FakeTimeline,
        answers: FakeAnswers,
        notifications: FakeNotifications,
        destinations: FakeDestinations,
        subscriptions: FakeSubscriptions,
    ) -> None:
        self._people = people
        self._incidents = incidents
        self._timeline = timeline
        self._answers = answers
        self._notifications = notifications
        self._destinations = destinations
        self._subscriptions = subscriptions

    def about(self, person: str) -> dict[str, list[dict[str, Any]]]:
        """See the port, as with everything below."""
        found: dict[str, list[dict[str, Any]]] = {
            "name": [{"id": person, "name": self._people.names[person]}] if person in self._people.names else [],
            "memberships": [asdict(grant) for grant in self._people.grants_of(person)],
            "reports": [asdict(report) for report in self._incidents.reports.values() if report.reporter == person],
            "record": [asdict(link) for link in self._timeline.links if link.actor == person],
        }
        return {category: rows for category, rows in found.items() if rows}

    def words_of(self, person: str) -> set[str]:
        said = {report.text for report in self._incidents.reports.values() if report.reporter == person and report.text}
        return said | ({self._people.names[person]} if self._people.names.get(person) else set())

    def incidents_of(self, person: str) -> set[str]:
        return {report.incident for report in self._incidents.reports.values() if report.reporter == person}

    def entries_naming(self, person: str) -> set[int]:
        name = json.dumps(person, ensure_ascii=False)
        return {link.seq for link in self._timeline.links if link.actor == person or name in link.facts}

    def forget(self, person: str, pseudonym: str) -> dict[str, int]:  # noqa: ARG002  # nobody else names people here
        words, incidents = self.words_of(person), self.incidents_of(person)
        for id in incidents:
            if self._incidents.incidents[id].text in words:
                self._incidents.incidents[id] = replace(self._incidents.incidents[id], text=None)
        own = [report for report in self._incidents.reports.values() if report.reporter == person]
        for report in own:
            self._incidents.reports[report.id] = replace(report, reporter=None, text=None, position=None)
        grants = self._people.grants_of(person)
        for grant in grants:
            del self._people.grants[grant.id]
        del self._people.names[person]
        counts = {"reports": len(own), "memberships": len(grants), "name": 1}
        return {category: count for category, count in counts.items() if count}

    def blur_positions(self, before: datetime, limit: int) -> int:
        old = [r for r in self._incidents.reports.values() if r.position and r.received_at < before][:limit]
        for report in old:
            self._incidents.reports[report.id] = replace(report, position=None)
        return len(old)

    def drop_words(self, before: datetime, limit: int) -> int:
        old = [r for r in self._incidents.reports.values() if r.text is not None and r.received_at < before][:limit]
        for report in old:
            self._incidents.reports[report.id] = replace(report, text=None)
        return len(old)

    def drop_sessions(self, before: datetime, limit: int) -> int:  # noqa: ARG002
        return 0

    def drop_notifications(self, before: datetime, limit: int) -> int:
        done = [n.id for n in self._notifications.all.values() if n.due_at is None and n.changed_at < before]
        return _drop(self._notifications.all, done[:limit])

    def drop_answers(self, before: datetime, limit: int) -> int:
        over = {i.id for i in self._incidents.incidents.values() if i.status not in OPEN_INCIDENT_STATES}
        old = [key for key, one in self._answers.all.items() if one.answered_at < before and one.incident in over]
        return _drop(self._answers.all, old[:limit])

    def drop_deliveries(self, before: datetime, limit: int) -> int:
        done = [d.id for d in self._subscriptions.deliveries.values() if d.due_at is None and d.changed_at < before]
        return _drop(self._subscriptions.deliveries, done[:limit])

    def drop_destinations(self, before: datetime, limit: int) -> int:
        told = list(self._notifications.all.values())
        taken = [n for n in told if n.state in (NotificationState.SENT, NotificationState.DELIVERED)]
        works = any(n.channel is NotifyChannel.WEB_PUSH and n.changed_at >= before for n in taken)
        failed = {n.destination for n in told if n.state is NotificationState.FAILED and n.changed_at < before}
        dead = failed - {n.destination for n in taken} if works else set()
        codes = self._destinations.codes
        gone = [
            d.id
            for d in self._destinations.known.values()
            if (not d.confirmed and d.id in codes and codes[d.id][1] < before)
            or (d.channel is NotifyChannel.WEB_PUSH and d.id in dead)
        ][:limit]
        for id in gone:
            self._destinations.remove(id)
        return len(gone)

    def affected(self, categories: Collection[str], region: str | None) -> dict[str, list[str]]:
        found = {}
        for person in self._people.names:
            places = [grant.membership.region for grant in self._people.grants_of(person)]
            held = sorted(set(categories) & self.about(person).keys())
            if held and (region is None or any(place and is_within(place, region) for place in places)):
                found[person] = held
        return found
