"""A node behind a faulty wire: what it notices, what it loses (nothing), and what it says twice as new (nothing).

The long form: KENTONGAN_HISTORIES=1000 pytest tests/integration/node/test_faults.py -k thousand
"""

import contextlib
import os
import random
import time

import pytest
from tests.integration.node.fault_proxy import FaultProxy
from tests.integration.node.node_process import NodeProcess

pytestmark = pytest.mark.real

FAULTS = int(os.environ.get("KENTONGAN_HISTORIES", "40"))


@pytest.fixture
def wire(city):
    """The faulty wire before the city's broker."""
    proxy = FaultProxy((city.broker.host, city.broker.port))
    yield proxy
    proxy.close()


def test_a_cut_wire_is_noticed_at_once_and_mended_at_once(city, wire, run_node):
    node = run_node(city.fleet(port=wire.port))
    node.wait("connected")
    for _ in range(5):
        since, began = len(node.events), time.monotonic()
        wire.cut()
        assert node.wait("disconnected", since=since)["at"] - began < 0.5
        assert node.wait("connected", since=since)["at"] - began < 1.5


def test_a_wire_deaf_on_one_side_is_noticed(city, wire, run_node):
    node = run_node(city.fleet(port=wire.port, ping_ms=600, answer_ms=400))
    node.wait("connected")
    since, began = len(node.events), time.monotonic()
    wire.half_open()
    assert node.wait("disconnected", since=since)["at"] - began < 2.5
    report = node.press()  # what it says may arrive; it is said until it is answered
    wire.heal()
    city.server.wait_report("ktg-a", report)
    city.server.confirm("ktg-a", report)
    node.wait("confirmed", report=report)


def test_a_slow_wire_is_a_wire(city, wire, run_node):
    node = run_node(city.fleet(port=wire.port, answer_ms=3_000))
    node.wait("connected")
    wire.delay(0.3)
    report = node.press()
    city.server.wait_report("ktg-a", report)
    city.server.confirm("ktg-a", report)
    node.wait("confirmed", report=report)
    assert node.heard("disconnected") == []
    assert node.status()["siren"] == "sounding"


def test_the_siren_comes_before_every_fault(city, wire, run_node):
    node = run_node(city.fleet(port=wire.port, hold_ms=0, local_ms=500, ping_ms=600, answer_ms=600))
    node.wait("connected")
    latencies = []
    for fault in (wire.heal, wire.black_hole, wire.half_open, wire.cut, wire.heal):
        fault()
        for _ in range(2):
            since = len(node.events)
            node.post("press", hold_ms=400)
            closed = node.wait("contact", since=since, closed=True)
            latencies.append(node.wait("siren", since=since, on=True)["ms"] - closed["ms"])
            node.wait("siren", since=since, on=False)
    assert max(latencies) < 500  # no siren waited for an answer; how soon it comes is `./kentongan bench node`
    status = node.status()
    assert status["longest_unfed_ms"] < 2_000  # the watchdog waits 8 s and asks nobody but this loop


class History:
    """One node through a chain of faults: what was pressed, what its server heard."""

    def __init__(self, city, micropython, folder, wire):
        self._city = city
        self._micropython = micropython
        self._folder = folder
        self._wire = wire
        self._chance = random.Random(20_26)  # noqa: S311 - the same history each time
        self._fleet = city.fleet(
            port=wire.port, hold_ms=0, local_ms=50, ping_ms=300, answer_ms=300, heartbeat_ms=500, retry_cap_ms=300
        )
        self._faults = (
            [wire.cut] * 4 + [wire.black_hole, wire.half_open] * 2 + [lambda: wire.delay(0.05)] + [wire.heal] * 2
        )
        self.pressed: list[str] = []
        self.power_cuts = 0
        self.node = self._start()

    def heard(self):
        """The ids that the server was ever told."""
        return {report.id for report in self._city.server.reports["ktg-a"]}

    def live_through(self, number):
        """One fault, perhaps a press in it, perhaps the power's end, and the wire mended."""
        if number % 50 == 17:
            self._city.broker.kill()
            self._city.broker.start()
        else:
            self._chance.choice(self._faults)()
        if self._chance.random() < 0.5:
            self.pressed.append(self.node.press(hold_ms=300))
            time.sleep(0.5)  # until the contact is open again, as debounced, on a slow machine too
        if self._chance.random() < 0.25:
            self._cut_power()
        self._wire.heal()
        for report in self.heard():
            if self._chance.random() < 0.1:  # a receipt may be late, lost with the wire, or come again and again
                self._confirm(report)
        time.sleep(self._chance.random() * 0.1)

    def settle(self):
        """Mend everything and answer until nothing waits."""
        self._wire.heal()
        until = time.monotonic() + 60
        while pending := self.node.status()["pending"]:
            assert time.monotonic() < until, pending
            for report in pending:
                self._city.server.wait_report("ktg-a", report)
                self._confirm(report)
            time.sleep(0.1)

    def _confirm(self, report):
        with contextlib.suppress(RuntimeError):  # the broker took the server's own session with it
            self._city.server.confirm("ktg-a", report)

    def _cut_power(self):
        if self.pressed and self.node.heard("pressed", report=self.pressed[-1]):
            self.node.wait("kept", report=self.pressed[-1])  # what the flash knows must outlive it; nobody can ask more
        self.node.cut_power()
        assert self.node.end() == ""
        self.power_cuts += 1
        self.node = self._start()

    def _start(self):
        return NodeProcess(self._micropython, self._fleet, "ktg-a", self._folder)


def test_no_alarm_is_lost_or_told_twice_as_new_over_a_thousand_faults(city, micropython_path, tmp_path, wire):
    history = History(city, micropython_path, tmp_path / "state", wire)
    for number in range(FAULTS):
        history.live_through(number)
    history.settle()
    pressed, heard = history.pressed, history.heard()
    assert set(pressed) - heard == set(), "lost"
    assert heard - set(pressed) == set(), "told as new"
    assert len(pressed) == len(set(pressed))
    assert history.node.end() == ""
    assert history.power_cuts > FAULTS // 10
    print(f"{FAULTS} faults, {history.power_cuts} of them power cuts, {len(pressed)} presses, {len(heard)} heard")
