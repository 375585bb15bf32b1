"""One message or request is one unit of work: everything it changes becomes true together, or nothing does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from kentongan_server.domain.errors import UnknownError
from kentongan_server.domain.events import Event
from kentongan_server.domain.incident import Incident
from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.people import Person, Role
from kentongan_server.ports.access import AccessBook
from kentongan_server.ports.admissions import AdmissionBook
from kentongan_server.ports.alarms import AlarmBook, Order
from kentongan_server.ports.answers import Answers
from kentongan_server.ports.clock import Clock
from kentongan_server.ports.codebooks import CodebookShelf
from kentongan_server.ports.consents import ConsentBook
from kentongan_server.ports.destinations import Destinations
from kentongan_server.ports.identifiers import Identifiers
from kentongan_server.ports.incidents import IncidentBook
from kentongan_server.ports.notifications import Notifications
from kentongan_server.ports.outbox import Outbox
from kentongan_server.ports.people import PeopleBook
from kentongan_server.ports.personal_data import PersonalDataBook
from kentongan_server.ports.places import Places
from kentongan_server.ports.plans import PlanBook
from kentongan_server.ports.record import RecordBook
from kentongan_server.ports.releases import ReleaseShelf
from kentongan_server.ports.replies import Replies
from kentongan_server.ports.roster import RosterBook
from kentongan_server.ports.spreading import SpreadBook
from kentongan_server.ports.statistics import StatisticsBook
from kentongan_server.ports.subscriptions import Subscriptions
from kentongan_server.ports.surroundings import Surroundings
from kentongan_server.ports.timeline import Timeline
from kentongan_server.ports.trust import TrustBook

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """The books, the time and the ids of one transaction; `happened` is how one stage of the flow calls the next."""

    incidents: IncidentBook
    answers: Answers
    alarms: AlarmBook
    places: Places
    surroundings: Surroundings
    people: PeopleBook
    access: AccessBook
    admissions: AdmissionBook
    roster: RosterBook
    outbox: Outbox
    destinations: Destinations
    notifications: Notifications
    subscriptions: Subscriptions
    replies: Replies
    timeline: Timeline
    record: RecordBook
    statistics: StatisticsBook
    codebooks: CodebookShelf
    releases: ReleaseShelf
    spreading: SpreadBook
    trust: TrustBook
    plans: PlanBook
    personal: PersonalDataBook
    consents: ConsentBook
    clock: Clock
    identifiers: Identifiers
    listeners: "Listeners"

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        return self.clock.now()

    def new_id(self) -> str:
        """A fresh ULID."""
        return self.identifiers.new()

    def incident_for(self, person: Person, incident_id: str) -> Incident:
        """The incident as this person may see it; UnknownError when it is none of theirs."""
        incident = self.incidents.incident(incident_id)
        if incident is None or not self.concerns(person, incident):
            raise UnknownError("There is no such incident, or it is not yours to see; look at your list of incidents.")
        return self.shown_to(person, incident)

    def concerns(self, person: Person, incident: Incident) -> bool:
        """True when the incident is this person's to see: it reaches them, or they reported it, admitted to an RT or not."""
        if self.reaches(person, incident):
            return True
        is_news = incident.incident_class is IncidentClass.COMMUNITY
        return not is_news and self.incidents.has_spoken(incident.id, person.id, None)

    def reaches(self, person: Person, incident: Incident) -> bool:
        """True when the incident lies in their region, or sounded in it."""
        if person.sees(incident.region, incident.incident_class):
            return True
        scopes = person.scope(incident.incident_class) or frozenset()
        return bool(scopes) and self.alarms.has_woken(incident.id, scopes)

    def shown_to(self, person: Person, incident: Incident) -> Incident:
        """The neighbourhood is shown a cancelled incident as cancelled, whatever is true."""
        if (incident.cancelled_at, incident.duress_at) == (None, None) or self.knows_all(person, incident):
            return incident
        return incident.as_cancelled()

    def knows_all(self, person: Person, incident: Incident) -> bool:
        """True for the police, unless it was they who reported: on the reporter's phone nothing may give a duress away."""
        police = person.has(Role.OPERATOR, incident.region) or person.has(Role.POLISI_RW, incident.region)
        return police and not self.incidents.has_spoken(incident.id, person.id, None)

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

    async def run(self, job: Callable[[UnitOfWork], Result], *, patient: bool = False) -> Result:
        """Run `job`; return once what it wrote is durable. When it raises, nothing was written. A `patient` one lets
        whoever is not go first."""
        ...

    async def read(self, query: Callable[[UnitOfWork], Result]) -> Result:
        """Run a query that writes nothing."""
        ...
