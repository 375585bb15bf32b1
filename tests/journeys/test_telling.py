"""From a report to the people: the real server, a real broker, and channels that real servers take, hang or answer."""

import hashlib
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.integration.notify.strangers import Stranger
from tests.integration.served import Rt, Served

from kentongan_broker import Enrolment, start
from kentongan_server.domain.notification import Destination, NotifyChannel
from kentongan_server.domain.people import Membership, Person, Role
from kentongan_server.ports.unit_of_work import UnitOfWork

pytestmark = [pytest.mark.real, pytest.mark.slow]

LEAD_S = 10.0
SOON_S = 5.0


class Night:
    """An RT with two ronda; everybody is reached by a webhook of their own. Its city's SMS gateway takes calls and is silent."""

    def __init__(self, served: Served, stranger: Stranger, number: int) -> None:
        self.served, self.stranger = served, stranger
        self.rt = Rt(served, number)
        self.ronda = (f"budi-{number}", f"tono-{number}")
        self.resident = self.rt.people["stranger"]

        def move_in(uow: UnitOfWork) -> None:
            for name in self.ronda:
                person = Person(name, name, (Membership(Role.RONDA, self.rt.code, True),))
                uow.people.put_person(person, _hash(f"token-of-{name}"))
            for name in (*self.ronda, self.resident):
                where = json.dumps({"url": f"{stranger.url}/{name}", "secret": "of-the-house"})
                uow.destinations.put(Destination(f"hook-{name}", name, NotifyChannel.WEBHOOK, where))

        served.run(move_in)

    def can_be_told_by_sms(self, name: str) -> None:
        where = Destination(f"sms-{name}", name, NotifyChannel.SMS, "+628123456789")
        self.served.run(lambda uow: uow.destinations.put(where))

    def report(self) -> str:
        answer = self.served.post("/api/v1/reports", self.rt.token("resident"), json=self.rt.a_report())
        assert answer.status_code == 201, answer.text
        return str(answer.json()["incident"])

    def told(self, name: str) -> int:
        return len([path for path, _, _ in list(self.stranger.heard) if path == f"/{name}"])

    def answers(self, name: str, incident: str, answer: str) -> dict[str, Any]:
        path = f"/api/v1/incidents/{incident}/acknowledge"
        said = self.served.post(path, f"token-of-{name}", json={"answer": answer})
        assert said.status_code == 200, said.text
        return dict(said.json())

    def shown(self, incident: str, token: str) -> dict[str, Any]:
        return dict(self.served.get(f"/api/v1/incidents/{incident}", token).json())


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@pytest.fixture(scope="module")
def stranger() -> Iterator[Stranger]:
    with Stranger() as found:
        yield found


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, mosquitto_path: Path) -> Iterator[Served]:
    folders = [tmp_path_factory.mktemp(name) for name in ("night-broker", "night-server")]
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        start(folders[0], Enrolment({}), kind="mosquitto") as broker,
        Served(
            folders[1],
            broker,
            foreign_private_addresses=True,
            sms_url=f"http://127.0.0.1:{silent.getsockname()[1]}/sms",
        ) as served,
    ):
        yield served


def test_the_ronda_is_told_first_and_the_residents_after_the_lead(city: Served, stranger: Stranger) -> None:
    night = Night(city, stranger, 951)
    begun = time.monotonic()
    night.report()
    city.until(lambda: all(night.told(name) for name in night.ronda), "the ronda is told", SOON_S)
    assert night.told(night.resident) == 0
    city.until(lambda: night.told(night.resident), "the residents are told", LEAD_S + SOON_S)
    assert time.monotonic() - begun >= LEAD_S
    assert [night.told(name) for name in night.ronda] == [1, 1], "the ronda are not told again as residents"


def test_a_channel_that_is_silent_delays_nobody(city: Served, stranger: Stranger) -> None:
    night = Night(city, stranger, 952)
    for name in night.ronda:
        night.can_be_told_by_sms(name)
    incident = night.report()
    city.until(lambda: all(night.told(name) for name in night.ronda), "the other channel is on time", SOON_S)
    assert night.shown(incident, night.rt.token("resident"))["alarm_state"] == "active", "nor the alarm"
    city.until(lambda: night.told(night.resident), "nor the residents", LEAD_S + SOON_S)

    def states(channel: NotifyChannel) -> set[str]:
        found = city.read(lambda uow: uow.notifications.of_incident(incident))
        return {str(one.state) for one in found if one.channel is channel}

    city.until(lambda: states(NotifyChannel.WEBHOOK) == {"sent"}, "the other channel's ends are written")
    assert states(NotifyChannel.SMS) <= {"sending", "pending"}


def test_two_ronda_answer_differently_and_everybody_sees_both(city: Served, stranger: Stranger) -> None:
    night = Night(city, stranger, 953)
    incident = night.report()
    budi, tono = night.ronda
    night.answers(budi, incident, "seen")

    def rises() -> bool:
        return city.read(lambda uow: uow.alarms.alarm_of(incident)).due_at is not None

    assert rises(), "who has only seen it does not keep the alarm from rising"
    assert night.answers(budi, incident, "seen") == night.answers(budi, incident, "seen")
    assert night.answers(tono, incident, "coming") == {
        "acknowledged": "community",
        "answer": "coming",
        "coming": 1,
        "seen": 1,
    }
    for token, mine in (
        (f"token-of-{budi}", "seen"),
        (f"token-of-{tono}", "coming"),
        (night.rt.token("resident"), None),
        (night.rt.token("operator"), None),
    ):
        found = night.shown(incident, token)
        assert (found["coming"], found["seen"], found["my_answer"]) == (1, 1, mine)
    assert not rises(), "somebody comes"
    assert night.shown(incident, night.rt.token("resident"))["alarm_state"] == "easing"
