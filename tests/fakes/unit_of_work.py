"""Transactions in memory: what a failed job wrote is gone, as it is on a disk."""

from collections.abc import Callable
from typing import Any, TypeVar

from tests.fakes.access import FakeAccess
from tests.fakes.admissions import FakeAdmissions
from tests.fakes.alarms import FakeAlarms
from tests.fakes.answers import FakeAnswers
from tests.fakes.codebooks import FakeCodebooks
from tests.fakes.consents import FakeConsents
from tests.fakes.destinations import FakeDestinations
from tests.fakes.incidents import FakeIncidents
from tests.fakes.notifications import FakeNotifications
from tests.fakes.outbox import FakeOutbox
from tests.fakes.people import FakePeople
from tests.fakes.personal_data import FakePersonalData
from tests.fakes.places import FakePlaces
from tests.fakes.plans import FakePlans
from tests.fakes.record import FakeRecord
from tests.fakes.releases import FakeReleases
from tests.fakes.replies import FakeReplies
from tests.fakes.roster import FakeRoster
from tests.fakes.spreading import FakeSpreading
from tests.fakes.statistics import FakeStatistics
from tests.fakes.subscriptions import FakeSubscriptions
from tests.fakes.surroundings import FakeSurroundings
from tests.fakes.timeline import FakeTimeline
from tests.fakes.trust import FakeTrust

from kentongan_server.ports.clock import Clock
from kentongan_server.ports.identifiers import Identifiers
from kentongan_server.ports.unit_of_work import Committed, Listeners, UnitOfWork

Result = TypeVar("Result")


class InMemoryTransactions:
    """The books lie open for a test to look at. `full` makes every job fail, `unreadable` every query."""

    def __init__(self, clock: Clock, identifiers: Identifiers, listeners: Listeners) -> None:
        self.incidents = FakeIncidents()
        self.places = FakePlaces()
        self.surroundings = FakeSurroundings(self.places)
        self.people = FakePeople()
        self.access = FakeAccess()
        self.admissions = FakeAdmissions()
        self.codebooks = FakeCodebooks()
        self.alarms = FakeAlarms(self.incidents, self.places, self.codebooks)
        self.answers = FakeAnswers(self.incidents)
        self.roster = FakeRoster()
        self.outbox = FakeOutbox(self.incidents)
        self.destinations = FakeDestinations()
        self.notifications = FakeNotifications()
        self.releases = FakeReleases()
        self.subscriptions = FakeSubscriptions()
        self.replies = FakeReplies()
        self.timeline = FakeTimeline(self.incidents)
        self.record = FakeRecord(self.timeline)
        self.spreading = FakeSpreading()
        self.trust = FakeTrust()
        self.plans = FakePlans()
        self.consents = FakeConsents()
        self.full = False
        self.unreadable = False
        self.refused = 0
        self._on_commit: Callable[[Committed], None] = lambda _: None
        self._kept = self._containers()
        self._unit = UnitOfWork(
            incidents=self.incidents,
            answers=self.answers,
            alarms=self.alarms,
            places=self.places,
            surroundings=self.surroundings,
            people=self.people,
            access=self.access,
            admissions=self.admissions,
            roster=self.roster,
            outbox=self.outbox,
            destinations=self.destinations,
            notifications=self.notifications,
            subscriptions=self.subscriptions,
            replies=self.replies,
            timeline=self.timeline,
            record=self.record,
            statistics=FakeStatistics(self.incidents, self.timeline, self.plans),
            codebooks=self.codebooks,
            releases=self.releases,
            spreading=self.spreading,
            trust=self.trust,
            plans=self.plans,
            consents=self.consents,
            personal=FakePersonalData(
                self.people,
                self.incidents,
                self.timeline,
                self.answers,
                self.notifications,
                self.destinations,
                self.subscriptions,
            ),
            clock=clock,
            identifiers=identifiers,
            listeners=listeners,
        )

    def listen(self, on_commit: Callable[[Committed], None]) -> None:
        """Call `on_commit` after each job that was kept."""
        self._on_commit = on_commit

    async def run(self, job: Callable[[UnitOfWork], Result], *, patient: bool = False) -> Result:  # noqa: ARG002
        """See the port."""
        return self.do(job)

    async def read(self, query: Callable[[UnitOfWork], Result]) -> Result:
        """See the port."""
        if self.unreadable:
            raise OSError("The disk cannot be read.")
        before = self._remember()
        try:
            return query(self._unit)
        finally:
            self._go_back(before)

    def do(self, job: Callable[[UnitOfWork], Result]) -> Result:
        """`run` for tests that need no loop."""
        if self.full:
            self.refused += 1
            raise OSError("The disk is full.")
        self.alarms.new_commands, self.outbox.new_items = [], []
        self.notifications.new, self.subscriptions.new = [], []
        before, grown_from = self._remember(), self.timeline.last_seq()
        try:
            result = job(self._unit)
            orders = self.alarms.orders(self.alarms.new_commands)
        except BaseException:
            self._go_back(before)
            raise
        self._on_commit(
            Committed(
                orders,
                bool(self.outbox.new_items or self.notifications.new or self.subscriptions.new),
                self.timeline.last_seq() > grown_from,
            )
        )
        return result

    def _books(self) -> list[Any]:
        return [
            self.incidents,
            self.places,
            self.surroundings,
            self.people,
            self.access,
            self.admissions,
            self.roster,
            self.answers,
            self.alarms,
            self.outbox,
            self.destinations,
            self.notifications,
            self.subscriptions,
            self.replies,
            self.timeline,
            self.record,
            self.codebooks,
            self.spreading,
            self.trust,
            self.plans,
            self.consents,
        ]

    def _containers(self) -> list[tuple[dict[str, Any], str]]:
        """Where the containers of every book are; what they hold never changes in place."""
        kept = (dict, list, set)
        return [
            (vars(book), name)
            for book in self._books()
            for name, value in vars(book).items()
            if isinstance(value, kept)
        ]

    def assert_remembers_all(self) -> None:
        """A book that got another container meanwhile would not be taken back with the rest."""
        assert [name for _, name in self._containers()] == [name for _, name in self._kept]

    def _remember(self) -> list[Any]:
        return [book[name].copy() for book, name in self._kept]

    def _go_back(self, before: list[Any]) -> None:
        for (book, name), remembered in zip(self._kept, before, strict=True):
            book[name] = remembered
