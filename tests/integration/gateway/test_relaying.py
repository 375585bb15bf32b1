"""Sealed payloads pass both ways untouched, and nothing else passes."""

import os
import random
from pathlib import Path

import pytest
from gateway_twins import GATEWAY, NODE, until

from kentongan_contract import topics

pytestmark = pytest.mark.real


def test_a_report_goes_up_as_it_is_and_its_receipt_comes_down_as_it_is(house):
    name, sealed = house.line.report(1, age_ms=120)
    house.line.send("report", sealed)
    assert house.server.report(name).age_ms == 120
    assert (topics.up(NODE, "report"), sealed, False) in house.server.heard
    assert house.gateway.status()["kept"] == 1
    receipt = house.server.receipt(name)
    down = house.line.read()
    assert (down.node, down.kind, down.payload) == (NODE, "receipt", receipt)
    until(lambda: house.gateway.status()["kept"] == 0, "forgetting")


def test_a_state_is_retained_for_the_node(house, guard_post):
    house.line.send("state", b"f" * 64 + b" sealed state of the node")
    until(
        lambda: [payload for topic, payload, _ in house.server.heard if topic == topics.up(NODE, "state")], "the state"
    )
    later = guard_post.server()
    until(
        lambda: (topics.up(NODE, "state"), b"f" * 64 + b" sealed state of the node", True) in later.heard,
        "its retained copy",
    )


def test_commands_for_the_node_pass_unread(house):
    house.line.send("state", b"hello")
    house.server.publish(topics.down(NODE, "command"), b"not even sealed")
    down = house.line.read()
    assert (down.kind, down.payload) == ("command", b"not even sealed")


def test_nobody_speaks_through_the_line_but_the_enrolled_node(house):
    _, foreign = house.line.report(1)
    house.line.write(house.line.frame("report", foreign, node="ktg-0102-2"))
    house.line.send("command", b"downwards")
    name, sealed = house.line.report(2)
    house.line.send("report", sealed)
    house.server.report(name)
    assert house.gateway.status()["refused_on_lines"] == {"frame": 1, "direction": 1, "noise": 0}
    assert [topic for topic, _, _ in house.server.heard if "up/report" in topic] == [topics.up(NODE, "report")]


def test_a_recorded_frame_is_worth_nothing_even_after_a_restart(house):
    name, sealed = house.line.report(1)
    frame = house.line.frame("report", sealed)
    house.line.write(frame)
    house.server.report(name)
    house.server.receipt(name)
    house.line.read()
    house.line.write(frame)
    until(lambda: house.gateway.status()["refused_on_lines"].get("counter") == 1, "the refusal")
    house.gateway.kill()
    house.gateway.start()
    house.gateway.event(event="line", open=True)
    house.line.write(frame)
    until(lambda: house.gateway.status()["refused_on_lines"].get("counter") == 1, "the refusal after the restart")
    assert house.gateway.status()["kept"] == 0


@pytest.mark.parametrize(
    "noise",
    [b"\0" * 1_000_000, b"\xff" * 1_000_000, random.Random(1).randbytes(300_000)],  # noqa: S311 -- the same noise each time
    ids=["zeros", "ones", "random"],
)
def test_noise_on_the_line_costs_nothing_but_time(house, noise):
    pages = _resident_pages(house.gateway.process.pid)
    _, sealed = house.line.report(1)
    whole = house.line.frame("report", sealed)
    house.line.write(whole[: len(whole) // 2])
    house.line.write(noise)
    name, sealed = house.line.report(2)
    house.line.write(b"\0" + house.line.frame("report", sealed))
    house.server.report(name)
    grown = (_resident_pages(house.gateway.process.pid) - pages) * os.sysconf("SC_PAGE_SIZE")
    assert grown < 10_000_000
    assert house.gateway.status()["relayed"]["up"] == 1


def _resident_pages(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])


def test_retained_commands_that_wait_at_the_broker_are_refused(guard_post):
    server = guard_post.server()
    for node in (NODE, GATEWAY):
        server.publish(topics.down(node, "command"), b"left lying", retain=True)
    gateway = guard_post.gateway()
    until(lambda: gateway.status()["refused"] == 1, "the refusal of our own")
    assert gateway.status()["refused_on_lines"] == {"retained": 1, "noise": 0}
    assert gateway.status()["relayed"]["down"] == 0
