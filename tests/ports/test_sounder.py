"""What every Sounder keeps: what it returned from was taken by the link, what was not says so."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

import pytest
from tests.fakes.sounder import FakeSounder

from kentongan_contract import codec, seal, topics
from kentongan_contract.messages import STAGES, Command, Receipt
from kentongan_server.domain.alarm import Action
from kentongan_server.domain.codebook import SHIPPED
from kentongan_server.domain.incident_kind import IncidentKind, Purpose
from kentongan_server.outbound.mqtt.signer import Signer
from kentongan_server.outbound.mqtt.sounder import MqttSounder
from kentongan_server.ports.alarms import Order
from kentongan_server.ports.sounder import LinkDownError, Sounder

SIGNER = Signer(bytes(range(32)))
NONCE = "0123456789abcdef"


def an_order(kind: IncidentKind = IncidentKind.PANIC, action: Action = Action.SOUND, **different: object) -> Order:
    plain = {"node": "ktg-1", "incident": "incident-1", "purpose": Purpose.ACTUAL, "nonce": NONCE, "counter": 7}
    plain["rhythm"] = SHIPPED.all_clear if action is Action.ALL_CLEAR else SHIPPED.code_of(kind)
    return Order(kind=kind, action=action, **{"command": "command-1", **plain, **different})


@dataclass
class Line:
    """A link that keeps what it was given, or is away."""

    away: bool = False
    said: list[tuple[str, bytes]] = field(default_factory=list)

    async def publish(self, topic: str, payload: bytes) -> None:
        if self.away:
            raise LinkDownError("the broker is away")
        self.said.append((topic, payload))

    async def publish_all(self, messages: Iterable[tuple[str, bytes]]) -> list[int]:
        if self.away:
            return []
        drawn = list(messages)
        self.said += drawn
        return list(range(len(drawn)))


class Bench(Protocol):
    """A sounder, and the nodes at its other end."""

    sounder: Sounder

    def go_away(self) -> None: ...
    def commanded(self) -> list[tuple[str, str, int]]: ...
    def shown(self) -> list[tuple[str, str, str]]: ...


@dataclass
class MemoryBench:
    sounder: FakeSounder = field(default_factory=FakeSounder)

    def go_away(self) -> None:
        self.sounder.away = True

    def commanded(self) -> list[tuple[str, str, int]]:
        """(node, command, counter) in order."""
        return [(order.node, order.command, order.counter) for order in self.sounder.orders]

    def shown(self) -> list[tuple[str, str, str]]:
        """(node, report, stage) in order."""
        return [shown[:3] for shown in self.sounder.shown]


class MqttBench:
    def __init__(self) -> None:
        self.line = Line()
        self.sounder = MqttSounder(self.line, SIGNER)

    def go_away(self) -> None:
        self.line.away = True

    def messages(self) -> list[tuple[str, Command | Receipt]]:
        """What each node reads, with its own key."""
        found = []
        for topic, payload in self.line.said:
            node, direction, kind = topics.parse(topic)
            assert direction == "down"
            found.append((node, codec.decode(kind, seal.unseal(SIGNER.key(node), kind, node, payload))))
        return found

    def commanded(self) -> list[tuple[str, str, int]]:
        return [(node, said.id, said.counter) for node, said in self.messages() if isinstance(said, Command)]

    def shown(self) -> list[tuple[str, str, str]]:
        return [(node, said.report, said.stage) for node, said in self.messages() if isinstance(said, Receipt)]


@pytest.fixture(params=[MemoryBench, MqttBench], ids=["memory", "mqtt"])
def bench(request: pytest.FixtureRequest) -> Bench:
    return request.param()


async def test_an_order_reaches_its_node(bench: Bench) -> None:
    await bench.sounder.send(an_order())
    await bench.sounder.send(an_order(node="ktg-2", counter=8))
    assert bench.commanded() == [("ktg-1", "command-1", 7), ("ktg-2", "command-1", 8)]


async def test_a_stage_reaches_its_call_point(bench: Bench) -> None:
    for stage in STAGES:
        await bench.sounder.show("ktg-1", "ktg-1.0.1", stage, "incident-1")
    assert bench.shown() == [("ktg-1", "ktg-1.0.1", stage) for stage in STAGES]


async def test_a_link_that_is_down_says_so(bench: Bench) -> None:
    bench.go_away()
    with pytest.raises(LinkDownError):
        await bench.sounder.send(an_order())
    with pytest.raises(LinkDownError):
        await bench.sounder.show("ktg-1", "ktg-1.0.1", "stored", "incident-1")
    assert (bench.commanded(), bench.shown()) == ([], [])


async def test_many_orders_reach_their_nodes(bench: Bench) -> None:
    orders = [an_order(node=f"ktg-{number}", counter=number) for number in range(20)]
    assert await bench.sounder.send_all(orders) == ["command-1"] * 20
    assert bench.commanded() == [(f"ktg-{number}", "command-1", number) for number in range(20)]
    bench.go_away()
    assert await bench.sounder.send_all(orders) == []


async def test_what_another_command_has_overtaken_is_left_for_another_attempt(bench: Bench) -> None:
    await bench.sounder.send_all([an_order(counter=8)])
    late = [an_order(command="late", counter=7), an_order(command="other", node="ktg-2", counter=7)]
    assert await bench.sounder.send_all(late) == ["other"]
    assert await bench.sounder.send_all([an_order(command="late", counter=9)]) == ["late"]
    assert bench.commanded() == [("ktg-1", "command-1", 8), ("ktg-2", "other", 7), ("ktg-1", "late", 9)]


async def test_a_command_of_many_says_what_it_says_alone() -> None:
    """What is written once and filled in for each is the very command that `send` writes."""
    orders = [
        an_order(kind, action, node=f"ktg-{number}", counter=number, nonce=f"{number:016x}")
        for action in Action
        for kind in IncidentKind
        for number in (1, 2)
    ]
    alone, together = MqttBench(), MqttBench()
    for order in orders:
        await alone.sounder.send(order)
    await together.sounder.send_all(orders)
    assert together.messages() == alone.messages()


@pytest.mark.parametrize("kind", IncidentKind)
@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("purpose", Purpose)
async def test_every_order_fits_the_contract(kind: IncidentKind, action: Action, purpose: Purpose) -> None:
    bench = MqttBench()
    await bench.sounder.send(an_order(kind, action, purpose=purpose))
    ((node, command),) = bench.messages()
    assert node == "ktg-1"
    assert (command.action, command.class_, command.purpose) == (action, kind.incident_class, purpose)
    assert bool(command.beats) == (
        action is Action.ALL_CLEAR or (action is Action.SOUND and kind is not IncidentKind.HOUSE_WATCH)
    )
    assert (command.nonce, command.counter, command.incident) == (NONCE, 7, "incident-1")


async def test_no_other_node_can_read_it_as_its_own() -> None:
    bench = MqttBench()
    await bench.sounder.send(an_order())
    ((_, payload),) = bench.line.said
    for node, key, kind in (
        ("ktg-1", "ktg-2", "command"),
        ("ktg-2", "ktg-1", "command"),
        ("ktg-1", "ktg-1", "receipt"),
    ):
        with pytest.raises(seal.SealError):
            seal.unseal(SIGNER.key(key), kind, node, payload)
