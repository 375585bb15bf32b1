"""The firmware itself, in a real MicroPython, at the other end of the gateway's line."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from gateway_twins import GATEWAY, NODE, GatewayProcess, until
from node_process import NodeProcess

from kentongan_demo.serial_cable import SerialCable

pytestmark = pytest.mark.real


class Post:
    """Gateway and real node on one cable."""

    def __init__(self, guard_post, folder: Path, interpreter: Path, stack: ExitStack) -> None:
        self.cable = stack.enter_context(SerialCable())
        gateway_end, node_end = self.cable.ends
        self.broker = guard_post.broker
        self.server = guard_post.server()
        self.gateway = GatewayProcess(folder, guard_post.password, self.broker.port, Path(gateway_end))
        stack.callback(self.gateway.close)
        self.gateway.event(event="connected")
        self.node = NodeProcess(interpreter, folder, node_end)
        stack.callback(self.node.close)
        self.server.state(NODE, presence="online")

    def press(self) -> str:
        """Hold the node's button; gives the report's id."""
        earlier = self.node.do("status")["report"]
        self.node.do("press", hold_ms=2000)

        def newer() -> str | None:
            report = self.node.do("status")["report"]
            return report if report != earlier else None

        return until(newer, "the node's report")


@pytest.fixture
def post(guard_post, tmp_path, micropython_path) -> Iterator[Post]:
    with ExitStack() as stack:
        yield Post(guard_post, tmp_path, micropython_path, stack)


def test_a_press_at_the_node_sounds_both_reaches_the_server_and_is_answered(post):
    assert post.node.event(event="ready")["interpreter"] == "micropython"
    name = post.press()
    post.node.event(event="siren", on=True)
    assert post.gateway.event(event="siren", on=True)["report"] == name
    assert post.server.report(name).kind == "panic"
    post.server.receipt(name, "neighbours_called")
    until(lambda: post.node.do("status")["pending"] == [], "the receipt at the node")
    assert post.node.do("status")["stage"] == "neighbours_called"
    until(lambda: post.gateway.status()["kept"] == 0, "the receipt at the gateway")
    assert post.gateway.status()["local_soundings"] == 1
    assert post.gateway.status()["refused_on_lines"] == {"noise": 0}


def test_a_command_passes_the_line_and_sounds_the_node_alone(post):
    post.server.command("c1", node=NODE, rounds=3)
    assert post.node.event(event="siren", on=True)["command"] == "c1"
    post.server.state(NODE, commands=[["c1", "completed"]])
    assert post.node.do("status")["soundings"] == 1
    assert post.gateway.status()["siren"] == "silent"


def test_a_press_while_the_broker_is_away_arrives_after_it_is_back(post):
    post.broker.stop()
    post.gateway.event(event="disconnected")
    name = post.press()
    post.node.event(event="siren", on=True)
    post.gateway.event(event="siren", on=True, report=name)
    post.broker.start()
    assert post.server.report(name).age_ms is not None
    post.server.receipt(name)
    until(lambda: post.node.do("status")["pending"] == [], "the receipt at the node")


def test_after_kill_9_of_the_gateway_line_and_alarm_live_on(post):
    post.gateway.kill()
    name = post.press()
    post.node.event(event="siren", on=True)
    post.gateway.start()
    assert post.gateway.event(event="siren", on=True)["report"] == name
    post.server.report(name)
    post.server.receipt(name)
    until(lambda: post.node.do("status")["pending"] == [], "the receipt at the node")
    states = len(post.server.states(NODE))
    post.server.state(NODE, after=states)
    post.server.command("c1", node=NODE, rounds=1)
    post.server.state(NODE, commands=[["c1", "completed"]])


def test_after_a_power_cut_at_the_node_its_frames_are_still_believed(post):
    first = post.press()
    post.gateway.event(event="siren", on=True, report=first)
    post.node.close()
    post.node.start()
    after = len(post.server.messages(NODE, "report"))
    again = until(lambda: post.server.messages(NODE, "report")[after:], "the journalled report")[0]
    assert (again.id, again.age_ms) == (first, None)
    second = post.press()
    post.gateway.event(event="siren", on=True, report=second)
    assert [event["report"] for event in post.gateway.all_events(event="siren", on=True)] == [first, second]
    assert post.gateway.status()["id"] == GATEWAY
