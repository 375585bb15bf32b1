"""A small town on twins: the core with its stages bound as they are in production, and verbs for what people do."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from zlib import crc32

from tests.fakes.clock import START, FakeClock
from tests.fakes.identifiers import SequenceIdentifiers
from tests.fakes.unit_of_work import InMemoryTransactions

from kentongan_server.domain.alarm import Action, Alarm, AlarmCommand
from kentongan_server.domain.incident import Incident
from kentongan_server.domain.incident_kind import IncidentKind, Purpose
from kentongan_server.domain.lifecycle import CommandState
from kentongan_server.domain.people import Membership, Person, Role
from kentongan_server.domain.place import Node, NodeRole, Presence, Region, unheard_node
from kentongan_server.domain.surroundings import Adjacency, Basis
from kentongan_server.ports.alarms import Order
from kentongan_server.ports.identifiers import Identifiers
from kentongan_server.ports.outbox import OutboxItem
from kentongan_server.ports.timeline import Entry
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.stages import listeners
from kentongan_server.use_cases.alarming.raise_alarm import alarms_due
from kentongan_server.use_cases.alarming.record_outcomes import record_outcomes
from kentongan_server.use_cases.alarming.retry_commands import due_orders
from kentongan_server.use_cases.governing.install_city import City, install_city
from kentongan_server.use_cases.reporting.take_report import Said, Taken, take_report
from kentongan_server.use_cases.supervising.note_state import note_state

RT1, RT2, DEAF_RT = (f"33.74.01.1001/RW01/RT0{number}" for number in (1, 2, 3))
NEXT_RT, FAR_RT = "33.74.01.1001/RW02/RT01", "33.74.01.1001/RW05/RT01"
KOTA, KECAMATAN, KELURAHAN = "33.74", "33.74.01", "33.74.01.1001"
RT1_NODES, RT2_NODES = ("gw-1", "ktg-1", "ktg-2"), ("ktg-9",)
NEXT_NODES, FAR_NODES = ("ktg-20",), ("ktg-50",)
NEAR_NODES = (*RT1_NODES, *RT2_NODES)
NODES = (*NEAR_NODES, *NEXT_NODES, *FAR_NODES)

SARI = Person("sari", "Bu Sari", (Membership(Role.RESIDENT, RT1, True),))
JOKO = Person("joko", "Mas Joko", (Membership(Role.RESIDENT, RT1, False),))
RINI = Person("rini", "Mbak Rini", (Membership(Role.RESIDENT, RT1, False),))
HEAD = Person("head", "Pak RT", (Membership(Role.RT_HEAD, RT1, True),))
FAR_HEAD = Person("far-head", "Pak RT 02", (Membership(Role.RT_HEAD, RT2, True),))
WULAN = Person("wulan", "Aiptu Wulan", (Membership(Role.OPERATOR, None, True),))
ADMIN = Person("admin", "Bu Lurah", (Membership(Role.CITY_ADMIN, None, True),))
EVERYBODY = (SARI, JOKO, RINI, HEAD, FAR_HEAD, WULAN, ADMIN)

CITY = City(
    regions=[Region(code, f"RT {code[-2:]}", -6.98, 110.41) for code in (RT1, RT2, DEAF_RT)],
    nodes=[
        Node(
            name,
            region,
            NodeRole.GATEWAY if name.startswith("gw") else NodeRole.KENTONGAN,
            Presence.UNKNOWN,
            "silent",
            boot=-1,
            session=-1,
            seq=-1,
            nonce=None,
            report=None,
            stage=None,
        )
        for region, names in ((RT1, RT1_NODES), (RT2, RT2_NODES))
        for name in names
    ],
    people=[(person, f"{person.id:0>64}") for person in EVERYBODY],
)


BESIDE = Adjacency(RT1, NEXT_RT, 80, Basis.CONFIRMED, "head", START)


class Town:
    """Every kentongan is awake unless `asleep`; `store` lies open, `clock` is moved by hand. A `wide` town has a kelurahan
    around it: an RT beside RT 1, one far away, and the regions above."""

    def __init__(self, *, asleep: bool = False, wide: bool = False, identifiers: Identifiers | None = None) -> None:
        self.clock = FakeClock()
        self.store = InMemoryTransactions(self.clock, identifiers or SequenceIdentifiers(), listeners())
        self.do(lambda uow: install_city(uow, CITY))
        if wide:
            self.do(_surround)
        self._reports = 0
        if not asleep:
            for name in NODES if wide else NEAR_NODES:
                self.wakes(name)

    def do(self, job: Callable[[UnitOfWork], Any]) -> Any:
        """One unit of work."""
        return self.store.do(job)

    def wait(self, seconds: float) -> None:
        self.clock.pass_seconds(seconds)

    # what people do

    def press(self, node: str = "ktg-1", kind: IncidentKind = IncidentKind.PANIC, **different: Any) -> Taken:
        """A call point is pressed, and its report arrives."""
        region = self.store.places.nodes[node].region
        return self.hears(self._said(kind, region, node=node, **different))

    def report(
        self, person: Person, kind: IncidentKind = IncidentKind.THEFT, region: str = RT1, **different: Any
    ) -> Taken:
        """A person reports through the app."""
        return self.hears(self._said(kind, region, person=person, **different))

    def hears(self, said: Said) -> Taken:
        return self.do(lambda uow: take_report(uow, said))

    def _said(self, kind: IncidentKind, region: str, **different: Any) -> Said:
        self._reports += 1
        plain: dict[str, Any] = {
            "id": f"report-{self._reports}",
            "purpose": Purpose.ACTUAL,
            "person": None,
            "node": None,
            "text": None,
            "position": None,
            "happened_at": self.clock.now(),
        }
        return Said(kind=kind, region=region, **{**plain, **different})

    # what kentongan do

    def wakes(self, name: str) -> None:
        """The node is born, or born again: a new session, a new nonce."""
        node = self.store.places.nodes[name]
        session = node.session + 1
        nonce = f"{session:08x}{crc32(name.encode()):08x}"
        self.says_state(replace(node, presence=Presence.ONLINE, boot=0, session=session, seq=0, nonce=nonce))

    def says_state(self, said: Node) -> Node | None:
        return self.do(lambda uow: note_state(uow, said))

    def says(self, command: AlarmCommand, *outcomes: CommandState, node: str | None = None) -> None:
        """The kentongan (or an impostor) tells what became of the command."""
        told = [(command.id, outcome) for outcome in outcomes]
        self.do(lambda uow: record_outcomes(uow, node or command.node, told))

    def all_say(self, incident: str, *outcomes: CommandState) -> None:
        for command in self.soundings(incident):
            self.says(command, *outcomes)

    # what time does

    def due_orders(self) -> list[Order]:
        return self.do(due_orders)

    def orders_to(self, node: str, seconds: float, step: float = 0.25) -> list[tuple[float, str, int]]:
        """(seconds from now, command, counter) of every order to `node` while so much time passes."""
        found: list[tuple[float, str, int]] = []
        for tick in range(int(seconds / step) + 1):
            mine = [order for order in self.due_orders() if order.node == node]
            found += [(tick * step, order.command, order.counter) for order in mine]
            self.wait(step)
        return found

    def open_due_gates(self) -> int:
        return self.do(alarms_due)

    # what is to be seen

    def person(self, name: str) -> Person:
        """The person with what they hold now."""
        found = self.store.people.person(name, self.clock.now())
        assert found is not None, f"{name} is nobody"
        return found

    def incident(self, incident: str) -> Incident:
        return self.store.incidents.incidents[incident]

    def alarm(self, incident: str) -> Alarm | None:
        return self.store.alarms.alarm_of(incident)

    def commands(self, incident: str, action: Action | None = None) -> list[AlarmCommand]:
        found = self.store.alarms.commands_of([incident])
        return [command for command in found if action in (None, command.action)]

    def soundings(self, incident: str) -> list[AlarmCommand]:
        """The commands to sound of the incident's present alarm."""
        alarm = self.alarm(incident)
        return [c for c in self.commands(incident, Action.SOUND) if alarm is not None and c.alarm == alarm.id]

    def command_to(self, node: str, incident: str) -> AlarmCommand:
        (found,) = [command for command in self.soundings(incident) if command.node == node]
        return found

    def forwards(self, incident: str) -> list[OutboxItem]:
        return self.store.outbox.of_incidents([incident])

    def items(self, channel: str) -> list[OutboxItem]:
        return [item for item in self.store.outbox.items.values() if item.channel == channel]

    def record(self, incident: str, event: str | None = None) -> list[Entry]:
        found = self.store.timeline.of_incident(incident)
        return [entry for entry in found if event in (None, entry.event)]

    def events(self, incident: str) -> list[str]:
        return [entry.event for entry in self.record(incident)]


def _surround(uow: UnitOfWork) -> None:
    for code in (KOTA, KECAMATAN, KELURAHAN, RT1.rpartition("/")[0], NEXT_RT, FAR_RT):
        uow.places.put_region(Region(code, f"Region {code}", -6.98, 110.41))
    for region, names in ((NEXT_RT, NEXT_NODES), (FAR_RT, FAR_NODES)):
        for name in names:
            uow.places.put_node(unheard_node(name, region))
    uow.surroundings.put_adjacencies([BESIDE])
