"""Reports are said at once, kept, and said again until a receipt."""

import pytest

from kentongan_contract import codec, topics
from kentongan_contract.messages import Report, report_id
from kentongan_gateway.reports import MOST_OF_A_NODE, Reports
from kentongan_gateway.spool import Forget, Keep, Kept

OWN = "gw-0101"
NODE = "ktg-0101-2"


class House:
    """Reports with a link that can be cut and a spool that is a list."""

    def __init__(self) -> None:
        self.connected = True
        self.said: list[tuple[str, bytes]] = []
        self.notes: list = []
        self.reports = Reports(
            OWN, lambda report, age_ms: f"{report.id} {age_ms}".encode(), self._publish, self.notes.append, lambda: 0.5
        )

    def _publish(self, topic: str, payload: bytes) -> bool:
        if self.connected:
            self.said.append((topic, payload))
        return self.connected


@pytest.fixture
def house():
    return House()


def own(seq: int = 1) -> Report:
    return Report(report_id(OWN, 7, seq), "panic", "actual", 7, seq, 0)


def test_a_nodes_report_is_said_at_once_and_kept(house):
    house.reports.take(NODE, "a", b"first", 0)
    assert house.said == [(topics.up(NODE, "report"), b"first")]
    assert house.notes == [Keep(Kept("a", NODE, b"first"))]


def test_its_repeat_is_relayed_with_the_newest_words_and_not_written_again(house):
    house.reports.take(NODE, "a", b"first", 0)
    house.reports.take(NODE, "a", b"second", 500)
    house.reports.say_due(100_000)
    assert [payload for _, payload in house.said] == [b"first", b"second", b"second"]
    assert len(house.notes) == 1


def test_what_came_while_the_broker_was_away_is_said_in_order_when_it_is_back(house):
    house.connected = False
    for name in ("c", "a", "b"):
        house.reports.take(NODE, name, name.encode(), 0)
    house.reports.take_own(own(), 10)
    house.reports.say_due(50)
    assert house.said == []
    house.connected = True
    house.reports.say_everything(100)
    assert [payload for _, payload in house.said] == [b"c", b"a", b"b", b"gw-0101.7.1 90"]


def test_the_own_press_says_its_age_each_time(house):
    house.reports.take_own(own(), 1000)
    assert house.said == [(topics.up(OWN, "report"), b"gw-0101.7.1 0")]
    now_ms = house.reports.next_ms()
    house.reports.say_due(now_ms)
    assert house.said[-1][1] == b"gw-0101.7.1 500"
    assert house.notes == [Keep(Kept(own().id, OWN, codec.encode(own())))]


def test_a_receipt_ends_it_for_its_own_node_alone(house):
    house.reports.take(NODE, "a", b"first", 0)
    assert not house.reports.forget("ktg-0101-3", "a")
    assert house.reports.count() == 1
    assert house.reports.forget(NODE, "a")
    assert not house.reports.forget(NODE, "a")
    assert house.notes[-1] == Forget("a")
    assert (house.reports.count(), house.reports.next_ms()) == (0, None)


def test_a_report_that_comes_again_after_its_receipt_is_kept_again(house):
    house.reports.take(NODE, "a", b"first", 0)
    house.reports.forget(NODE, "a")
    house.reports.take(NODE, "a", b"second", 10)
    assert house.notes[-1] == Keep(Kept("a", NODE, b"second"))


def test_one_node_cannot_fill_the_spool_and_is_still_relayed(house):
    for number in range(MOST_OF_A_NODE + 5):
        house.reports.take(NODE, f"a{number}", b"x", 0)
    house.reports.take("ktg-0101-3", "b", b"y", 0)
    assert len(house.said) == MOST_OF_A_NODE + 6
    assert (house.reports.count(), house.reports.not_kept) == (MOST_OF_A_NODE + 1, 5)
    house.reports.forget(NODE, "a0")
    house.reports.take(NODE, "again", b"x", 0)
    assert house.reports.count() == MOST_OF_A_NODE + 1


def test_what_an_earlier_run_left_is_taken_up_and_an_own_press_has_lost_its_age(house):
    house.reports.restore([Kept("a", NODE, b"sealed"), Kept(own().id, OWN, codec.encode(own()))], 0)
    house.reports.say_everything(5)
    assert [payload for _, payload in house.said] == [b"sealed", b"gw-0101.7.1 None"]
    assert house.notes == []


def test_an_own_press_that_cannot_be_read_any_more_is_let_go(house):
    house.reports.restore([Kept("x", OWN, b"?")], 0)
    assert (house.reports.count(), house.notes) == (0, [Forget("x")])


def test_a_link_that_takes_no_more_is_not_pushed(house):
    house.connected = False
    for name in ("a", "b"):
        house.reports.take(NODE, name, b"x", 0)
    tries = []
    house.reports._publish = lambda *message: tries.append(message) or False
    house.reports.say_everything(10)
    assert len(tries) == 1
