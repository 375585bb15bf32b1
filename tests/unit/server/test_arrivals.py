"""What has arrived is read in an order that keeps a press ahead of a crowd, and a crowd within bounds."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from kentongan_contract import topics
from kentongan_server.outbound.mqtt.arrivals import READ_AT_ONCE, Arrivals


@dataclass(frozen=True)
class Message:
    """What came."""

    topic: str
    payload: str


class Desk:
    """Arrivals, the time, and what was read."""

    def __init__(self) -> None:
        self.now = 0.0
        self.arrivals: Arrivals[Message] = Arrivals(lambda: self.now)
        self.unread: list[Callable[[], None]] = []

    def comes(self, node: str, kind: str, payload: str) -> None:
        self.arrivals.add(Message(topics.up(node, kind), payload))

    def takes(self, *, states: bool = True) -> str | None:
        found = self.arrivals.following(states=states)
        if found is None:
            return None
        message, was_read = found
        if was_read is not None:
            self.unread.append(was_read)
        return message.payload

    def takes_all(self) -> list[str]:
        taken = []
        while (payload := self.takes()) is not None:
            taken.append(payload)
        return taken


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_reports_go_first_and_each_in_its_order(desk: Desk) -> None:
    for node, kind, payload in (
        ("a", "state", "s1"),
        ("b", "report", "r1"),
        ("c", "state", "s2"),
        ("a", "report", "r2"),
    ):
        desk.comes(node, kind, payload)
    assert desk.takes_all() == ["r1", "r2", "s1", "s2"]


def test_while_a_city_is_told_reports_alone_are_read(desk: Desk) -> None:
    desk.comes("a", "state", "s1")
    desk.comes("a", "report", "r1")
    assert [desk.takes(states=False), desk.takes(states=False)] == ["r1", None]
    assert desk.takes() == "s1"


def test_of_what_one_kentongan_says_the_newest_two_wait_and_no_report_is_ever_passed_over(desk: Desk) -> None:
    for number in range(5):
        desk.comes("a", "state", f"a{number}")
        desk.comes("b", "report", f"r{number}")
    desk.comes("b", "state", "b0")
    assert desk.takes_all() == ["r0", "r1", "r2", "r3", "r4", "a3", "a4", "b0"]


def test_what_is_passed_over_has_waited_all_the_same(desk: Desk) -> None:
    """Its news is in the newer states, and nobody may be asked for it again before they are read."""
    for second in range(3):
        desk.now = float(second)
        desk.comes("a", "state", str(second))
    desk.now = 10.0
    assert desk.arrivals.behind() == 10.0
    assert desk.takes() == "1"
    assert desk.arrivals.behind() == 10.0


def test_requests_for_pieces_are_all_kept(desk: Desk) -> None:
    for number in range(4):
        desk.comes("a", "fetch", f"f{number}")
    assert desk.takes_all() == ["f0", "f1", "f2", "f3"]


def test_no_more_is_handed_over_than_the_reader_can_hold(desk: Desk) -> None:
    for number in range(READ_AT_ONCE + 1):
        desk.comes(f"n{number}", "state", str(number))
    assert len(desk.takes_all()) == READ_AT_ONCE
    desk.unread[0]()
    desk.unread[0]()  # once is enough
    assert desk.takes_all() == [str(READ_AT_ONCE)]


def test_it_knows_how_far_behind_it_is(desk: Desk) -> None:
    assert desk.arrivals.behind() == 0.0
    desk.comes("a", "state", "1")
    desk.now = 2.0
    desk.comes("b", "state", "2")
    desk.comes("c", "report", "3")
    desk.now = 5.0
    assert desk.arrivals.behind() == 5.0
    assert [desk.takes(), desk.takes()] == ["3", "1"]
    assert desk.arrivals.behind() == 5.0, "taken is not read yet"
    desk.unread[0]()
    assert desk.arrivals.behind() == 3.0
    assert desk.takes() == "2"
    desk.unread[1]()
    assert desk.arrivals.behind() == 0.0
