"""What the network may do to a node: nothing that a finger on the button would notice."""

import os
import signal
import time

import pytest

pytestmark = pytest.mark.real

BACK_S = 1.5


@pytest.fixture
def frozen_broker(city):
    """Freeze the broker (it holds its connections and says nothing more) until the test ends."""
    frozen = []

    def freeze() -> None:
        frozen.append(city.broker.pid)
        os.kill(city.broker.pid, signal.SIGSTOP)

    yield freeze
    for pid in frozen:
        os.kill(pid, signal.SIGCONT)


def _latencies(node, presses: int) -> list[int]:
    """Milliseconds from the contact's closing to the siren's pin, by the node's own clock."""
    found = []
    for _ in range(presses):
        since = len(node.events)
        node.post("press", hold_ms=200)
        closed = node.wait("contact", since=since, closed=True)
        found.append(node.wait("siren", since=since, on=True)["ms"] - closed["ms"])
        node.wait("siren", since=since, on=False)
    return found


def test_a_restarted_broker_has_its_node_back_at_once(city, run_node):
    node = run_node(city.fleet())
    node.wait("connected")
    for _ in range(3):
        since = len(node.events)
        city.broker.kill()
        node.wait("disconnected", since=since, deadline_s=1)
        city.broker.start()
        back = time.monotonic()
        connected = node.wait("connected", since=since)
        assert connected["at"] - back < BACK_S
    birth = city.server.wait_state("ktg-a", lambda state: state.session == 4)
    assert birth.presence == "online"


def test_a_frozen_broker_does_not_hold_up_the_siren(city, run_node, frozen_broker):
    node = run_node(city.fleet(hold_ms=0, local_ms=300, answer_ms=500, ping_ms=500))
    node.wait("connected")
    frozen_broker()
    latencies = _latencies(node, 25)
    assert len(node.heard("disconnected")) > 0  # connects into the void went on meanwhile
    assert sorted(latencies)[12] <= 35
    assert max(latencies) < 200


def test_a_frozen_broker_is_noticed_idle_and_with_a_report_under_way(city, run_node, frozen_broker):
    node = run_node(city.fleet(ping_ms=1_000, answer_ms=500))
    node.wait("connected")
    frozen_broker()
    began = time.monotonic()
    assert node.wait("disconnected")["at"] - began < 2.5
    os.kill(city.broker.pid, signal.SIGCONT)
    since = len(node.events)
    node.wait("connected", since=since)
    os.kill(city.broker.pid, signal.SIGSTOP)
    node.press()
    pressed = time.monotonic()
    assert node.wait("disconnected", since=since)["at"] - pressed < 1.5


def test_a_press_without_a_broker_sounds_and_is_told_when_there_is_one(city, run_node):
    city.broker.stop()
    node = run_node(city.fleet())
    report = node.press()
    status = node.status()
    assert (status["siren"], status["connected"], status["pending"]) == ("sounding", False, [report])
    city.broker.start()
    (copy, *_) = city.server.wait_report("ktg-a", report)
    assert copy.age_ms is not None
    city.server.confirm("ktg-a", report)
    node.wait("confirmed", report=report)


def test_a_press_ends_a_long_wait_for_the_next_try(city, run_node):
    node = run_node(city.fleet(spread_ms=3_600_000))
    node.wait("connected")
    since = len(node.events)
    city.broker.kill()
    node.wait("disconnected", since=since)
    city.broker.start()
    report = node.press()
    city.server.wait_report("ktg-a", report, deadline_s=5)


def test_a_power_cut_between_press_and_receipt_loses_nothing_and_repeats_nothing(city, run_node):
    fleet = city.fleet()
    node = run_node(fleet)
    node.wait("connected")
    city.broker.stop()
    report = node.press()
    node.wait("kept", report=report)
    node.cut_power()
    city.broker.start()
    again = run_node(fleet)
    (copy, *_) = city.server.wait_report("ktg-a", report)
    assert copy.age_ms is None
    assert again.status()["boot"] == copy.boot + 1
    assert again.status()["siren"] == "silent"
    city.server.confirm("ktg-a", report)
    again.wait("confirmed", report=report)
    again.wait_status(kept=True)
    again.cut_power()
    third = run_node(fleet)
    third.wait("connected")
    assert third.status()["pending"] == []
    assert third.press() != report
