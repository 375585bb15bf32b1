"""One message or request is one unit of work: everything it changes becomes true together, or nothing does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from kentongan_server.domain.events import Event
from kentongan_server.ports.access import AccessBook
from kentongan_server.ports.admissions import AdmissionBook
from kentongan_server.ports.alarms import AlarmBook, Order
from kentongan_server.ports.clock import Clock
from kentongan_server.ports.destinations import Destinations
from kentongan_server.ports.identifiers import Identifiers
from kentongan_server.ports.incidents import IncidentBook
from kentongan_server.ports.notifications import Notifications
from kentongan_server.ports.outbox import Outbox
from kentongan_server.ports.people import PeopleBook
from kentongan_server.ports.places import Places
from kentongan_server.ports.record import RecordBook
from kentongan_server.ports.statistics import StatisticsBook
from kentongan_server.ports.surroundings import Surroundings
from kentongan_server.ports.timeline import Timeline

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """The books, the time and the ids of one transaction; `happened` is how one stage of the flow calls the next."""

    incidents: IncidentBook
    alarms: AlarmBook
    places: Places
    surroundings: Surroundings
    people: PeopleBook
    access: AccessBook
    admissions: AdmissionBook
    outbox: Outbox
    destinations: Destinations
    notifications: Notifications
    timeline: Timeline
    record: RecordBook
    statistics: StatisticsBook
    clock: Clock
    identifiers: Identifiers
    listeners: "Listeners"

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        return self.clock.now()

    def new_id(self) -> str:
        """A fresh ULID."""
        return self.identifiers.new()

    def happened(self, event: Event) -> None:
        """Write the event to the timeline and let the stages that listen act on it, in this same transaction."""
        self.timeline.append(event, self.now())
        for listener in self.listeners.get(type(event), ()):
            listener(self, event)


Listeners = Mapping[type[Event], Sequence[Callable[[UnitOfWork, Any], None]]]


@dataclass(slots=True)
class Committed:
    """What has just become durable and wants to be acted on at once."""

    orders: list[Order] = field(default_factory=list)
    outbox: bool = False
    timeline: bool = False


class Transactions(Protocol):
    """Runs units of work."""

    async def run(self, job: Callable[[UnitOfWork], Result]) -> Result:
        """Run `job`; return once what it wrote is durable. When it raises, nothing was written."""
        ...

    async def read(self, query: Callable[[UnitOfWork], Result]) -> Result:
        """Run a query that writes nothing."""
        ...
