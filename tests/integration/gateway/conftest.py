"""A guard post with everything around it real: the process, the pty, Mosquitto."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from kentongan_broker import Broker, Enrolment, start

sys.path.insert(0, str(Path(__file__).resolve().parent))

from gateway_twins import GATEWAY, NODE, GatewayProcess, SerialTwin, ServerTwin


class GuardPost:
    """One gateway of a broker of its own, so that a test may stop either."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self.password = "of-the-gateway"
        enrolment = Enrolment(nodes={GATEWAY: self.password}, relays={GATEWAY: (NODE,)})
        (folder / "broker").mkdir()
        self.broker: Broker = stack.enter_context(start(folder / "broker", enrolment, kind="mosquitto"))
        self.line = SerialTwin(folder)
        stack.callback(self.line.unplug)

    def server(self) -> ServerTwin:
        server = ServerTwin(self.broker.port, self.broker.enrolment.server_password)
        self._stack.callback(server.close)
        return server

    def gateway(self, *, wait_for_line: bool = True, **settings: str) -> GatewayProcess:
        gateway = GatewayProcess(self._folder, self.password, self.broker.port, self.line.path, **settings)
        self._stack.callback(gateway.close)
        if wait_for_line:
            gateway.event(event="line", open=True)
        return gateway


@pytest.fixture
def guard_post(mosquitto_path: Path, tmp_path: Path) -> Iterator[GuardPost]:
    with ExitStack() as stack:
        yield GuardPost(tmp_path, stack)


@pytest.fixture
def house(guard_post: GuardPost) -> "House":
    """Server, gateway and line, connected."""
    return House(guard_post)


class House:
    """The three that talk."""

    def __init__(self, guard_post: GuardPost, **settings: str) -> None:
        self.server = guard_post.server()
        self.gateway = guard_post.gateway(**settings)
        self.line = guard_post.line
        self.broker = guard_post.broker
        self.gateway.event(event="connected")
        self.server.state(presence="online")


@pytest.fixture
def house_with(guard_post: GuardPost) -> Callable[..., House]:
    """A house with settings of one's own."""
    return lambda **settings: House(guard_post, **settings)
