"""kill -9, unplugged adapters, a broker that hangs: back by itself, and nothing lost."""

import os
import signal
import subprocess
import sys
import time

import pytest
from gateway_twins import GATEWAY, NODE, until

from kentongan_contract import topics

pytestmark = pytest.mark.real


def test_killed_with_reports_in_the_spool_it_loses_none_and_sounds_none_twice(house):
    house.broker.stop()
    house.gateway.event(event="disconnected")
    names = []
    for number in range(20):
        name, sealed = house.line.report(number)
        house.line.send("report", sealed)
        names.append(name)
    house.gateway.do("press", hold_ms=100)
    until(lambda: house.gateway.status()["kept"] == 21, "all reports")
    own = [event["report"] for event in house.gateway.all_events(event="siren", on=True)][-1]
    until(lambda: house.gateway.status()["on_disk"], "the disk")
    house.gateway.kill()
    house.broker.start()
    house.server.back()
    house.gateway.start()
    for name in names:
        house.server.report(name)
    assert house.server.report(own).age_ms is None
    order = [report.id for report in house.server.messages(NODE, "report")]
    assert order[: len(names)] == names
    _, sealed = house.line.report(19)
    house.gateway.event(event="line", open=True)
    house.line.send("report", sealed)
    until(lambda: house.gateway.status()["relayed"]["up"] == 1, "the node's own repeat")
    assert house.gateway.all_events(event="siren", on=True) == []
    for name in [*names, own]:
        house.server.receipt(name)
    until(lambda: house.gateway.status()["kept"] == 0, "every receipt")
    until(lambda: house.gateway.status()["on_disk"], "the disk")
    house.gateway.kill()
    house.gateway.start()
    assert house.gateway.status()["kept"] == 0


def test_killed_at_any_moment_it_loses_no_report_that_was_on_the_disk(house):
    house.broker.stop()
    house.gateway.event(event="disconnected")
    on_disk: list[str] = []
    for number in range(60):
        name, sealed = house.line.report(number, kind="theft")
        house.line.send("report", sealed)
        until(lambda wanted=number + 1: house.gateway.status()["kept"] == wanted, "the report")
        if house.gateway.status()["on_disk"]:
            on_disk.append(name)
    house.gateway.kill()
    house.broker.start()
    house.gateway.start()
    assert on_disk
    for name in on_disk:
        house.server.report(name)


def test_ids_and_counters_rise_across_a_restart(house):
    house.gateway.do("press", hold_ms=100)
    first = house.gateway.event(event="siren", on=True)["report"]
    house.line.send("state", b"here I am")
    house.server.receipt("ktg-0102-1.9.9")
    before = house.line.read().counter
    house.gateway.kill()
    house.gateway.start()
    house.gateway.event(event="line", open=True)
    house.gateway.event(event="connected")
    house.gateway.do("press", hold_ms=100)
    second = house.gateway.event(event="siren", on=True)["report"]
    assert int(second.split(".")[1]) == int(first.split(".")[1]) + 1
    house.server.receipt("ktg-0102-1.9.9")
    assert house.line.read().counter > before


def test_an_adapter_that_vanishes_is_back_within_two_seconds_of_its_return(house):
    for turn in range(3):
        house.line.unplug()
        house.gateway.event(event="line", open=False, after=len(house.gateway.events) - 1 if turn else 0)
        after = len(house.gateway.events)
        assert house.gateway.status()["lines"] == {str(house.line.path): False}
        began = time.monotonic()
        house.line.plug()
        back = house.gateway.event(event="line", open=True, after=after)["came"] - began
        print(f"adapter back after {back:.2f} s")
        assert back < 2
        name, sealed = house.line.report(turn)
        house.line.send("report", sealed)
        house.server.report(name)


def test_a_name_that_moves_to_another_device_is_followed(house):
    left = house.line.leave_behind()
    after = len(house.gateway.events)
    house.line.plug()
    house.gateway.event(event="line", open=True, after=after)
    name, sealed = house.line.report(1)
    house.line.send("report", sealed)
    house.server.report(name)
    for descriptor in left:
        os.close(descriptor)


def test_a_gateway_that_starts_before_its_adapter_waits_for_it(guard_post):
    guard_post.line.unplug()
    server = guard_post.server()
    gateway = guard_post.gateway(wait_for_line=False)
    server.state(presence="online")
    assert gateway.status()["lines"] == {str(guard_post.line.path): False}
    guard_post.line.plug()
    gateway.event(event="line", open=True)


def test_a_broker_that_hangs_is_noticed_and_left(house_with):
    house = house_with(HEARTBEAT_MS="1000")
    os.kill(house.broker.pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        reason = house.gateway.event(event="disconnected")["reason"]
        took = time.monotonic() - began
    finally:
        os.kill(house.broker.pid, signal.SIGCONT)
    assert reason == "the broker no longer answers"
    assert took < 10
    after = len(house.gateway.events) - 1
    house.gateway.event(event="connected", after=after)
    name, sealed = house.line.report(1)
    house.line.send("report", sealed)
    house.server.report(name)


def test_a_broker_that_was_away_is_found_within_two_seconds(house):
    house.broker.stop()
    house.gateway.event(event="disconnected")
    after = len(house.gateway.events)
    house.broker.start()
    began = time.monotonic()
    back = house.gateway.event(event="connected", after=after)["came"] - began
    print(f"broker back after {back:.2f} s")
    assert back < 2.5


def test_the_will_speaks_for_a_gateway_that_dies(house):
    online = house.server.state(presence="online")
    house.gateway.kill()
    offline = house.server.state(presence="offline")
    assert (offline.boot, offline.session, offline.siren) == (online.boot, online.session, "silent")


def test_a_gateway_that_is_stopped_says_farewell_and_is_silent(house):
    house.gateway.do("press", hold_ms=100)
    house.server.state(siren="sounding")
    began = time.monotonic()
    assert house.gateway.stop() == 0
    assert time.monotonic() - began < 5
    assert house.server.state(presence="offline").siren == "silent"
    states = house.server.states()
    assert [state.seq for state in states] == sorted({state.seq for state in states})
    assert house.gateway.all_events(event="siren", on=False)[-1]["outcome"] == "silenced"


def test_the_end_of_the_commands_is_the_end_of_the_gateway(house):
    house.gateway.process.stdin.close()
    assert house.gateway.process.wait(15) == 0
    house.server.state(presence="offline")


def test_a_second_gateway_on_the_same_spool_is_refused(house):
    done = subprocess.run(
        [sys.executable, "-m", "kentongan_gateway", "run"],
        env=house.gateway._environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert "belongs to another gateway that is running" in done.stderr
    assert house.gateway.status()["connected"]


def test_a_spool_that_cannot_be_written_does_not_stop_the_alarm(guard_post):
    (guard_post.line.path.parent / "spool.sqlite3").mkdir()
    server = guard_post.server()
    gateway = guard_post.gateway()
    gateway.event(event="connected")
    name, sealed = guard_post.line.report(1)
    guard_post.line.send("report", sealed)
    gateway.event(event="siren", on=True, report=name)
    server.report(name)
    assert "memory only" in gateway.log.read_text()


def test_a_wrong_password_is_said_and_tried_again(guard_post):
    gateway = guard_post.gateway(PASSWORD="not-the-password")
    reason = gateway.event(event="disconnected")["reason"]
    assert reason == f"the broker refuses {GATEWAY}: Not authorized"
    assert "not-the-password" not in gateway.log.read_text()
    gateway.do("press", hold_ms=100)
    gateway.event(event="siren", on=True)
    assert topics.up(GATEWAY, "state") not in [topic for topic, _, _ in guard_post.server().heard]
