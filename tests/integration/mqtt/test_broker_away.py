"""The broker goes away and comes back, with nothing that it knew; nothing of ours is lost."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.integration.mqtt.conftest import PAIRS, Post
from tests.integration.mqtt.node_talker import a_state
from tests.integration.served import Served

from kentongan_broker import Broker, Enrolment, start

pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.fixture
def fragile(mosquitto_path: Path, tmp_path: Path) -> Iterator[Broker]:
    """A broker that a test may stop."""
    enrolment = Enrolment({f"ktg-{pair}-{side}": "a password" for pair in range(PAIRS) for side in "ab"})
    with start(tmp_path / "broker", enrolment, kind="mosquitto") as broker:
        yield broker


@pytest.fixture
def post(found_post: Callable[[Served, Broker], Post], fragile: Broker, tmp_path: Path) -> Iterator[Post]:
    """A post on that broker, with a server of its own."""
    folder = tmp_path / "server"
    folder.mkdir()
    with Served(folder, fragile) as served:
        found = found_post(served, fragile)
        yield found
        for node in (found.node, found.other):
            node.leave()


def test_the_server_says_so_and_comes_back_by_itself(post: Post) -> None:
    post.broker.stop()
    post.served.until(lambda: post.served.get("/readyz").status_code == 503, "it is not ready")
    assert "the broker is away" in post.served.get("/readyz").json()["detail"]
    assert post.served.get("/healthz").status_code == 200
    assert post.served.metric("kentongan_broker_connected") == 0
    post.broker.start()
    post.served.until(lambda: post.served.get("/readyz").status_code == 200, "it is ready again")
    post.node.connect()
    post.node.is_receipted(post.node.presses())


def test_a_report_of_the_app_sounds_when_the_line_is_back(post: Post) -> None:
    post.node.says(a_state(1))
    post.served.until(lambda: post.presences()[post.node.name] == "online", "it is online")
    post.broker.kill()
    answer = post.served.post("/api/v1/reports", post.rt.token("resident"), json=post.rt.a_report())
    assert answer.status_code == 201, "what is stored is answered, broker or not"
    post.broker.start()
    post.node.connect()
    post.node.says(a_state(2, session=2))
    post.node.until(
        lambda: any(c.nonce == a_state(2).nonce for c in post.node.commands), "a command with its new nonce"
    )
    assert len({command.id for command in post.node.commands}) == 1


def test_a_report_said_again_after_the_broker_forgot_it_is_one(post: Post) -> None:
    report = post.node.presses()
    incident = post.node.is_receipted(report).incident
    post.broker.kill()
    post.broker.start()
    post.node.connect()
    post.node.seq -= 1
    assert post.node.presses() == report
    post.served.until(lambda: post.served.get("/readyz").status_code == 200, "the server is back")
    post.node.until(lambda: len(post.node.receipts) >= 1, "a receipt")
    post.node.seq -= 1
    post.node.presses()
    post.node.until(lambda: len(post.node.receipts) >= 2, "a receipt over the new line")
    assert {receipt.incident for receipt in post.node.receipts} == {incident}
    assert post.shown(incident)["reports"] == 1
