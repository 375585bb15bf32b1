"""A real server and a real command centre that know each other."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.integration.police.centre_process import RunningCentre, running_centre, until
from tests.integration.police.sending import Keys
from tests.integration.served import SECRET, Rt, Served

from kentongan_broker import Enrolment, start

PUBLIC_URL = "https://kentongan.example"


@dataclass
class BothEnds:
    """A server and a command centre that know each other, and an RT for each test."""

    served: Served
    centre: RunningCentre
    founded: int = 0

    def a_case(self) -> tuple[Rt, str]:
        """A theft that the police know of."""
        self.founded += 1
        rt = Rt(self.served, self.founded)
        incident = self.served.post("/api/v1/reports", rt.token("resident"), json=rt.a_report()).json()["incident"]
        until(lambda: len(self.centre.messages(incident)) == 2)
        return rt, incident

    def shown(self, rt: Rt, incident: str) -> dict[str, Any]:
        """The incident as its reporter sees it."""
        found: dict[str, Any] = self.served.get(f"/api/v1/incidents/{incident}", rt.token("resident")).json()
        return found

    def replies(self, rt: Rt, incident: str) -> list[str]:
        """The answers in the record, in order."""
        timeline = self.shown(rt, incident)["timeline"]
        return [entry["data"]["reply"] for entry in timeline if entry["event"] == "police_replied"]

    def waiting(self, incident: str) -> list[dict[str, Any]]:
        """The operator's words and what became of each."""
        found: list[dict[str, Any]] = self.centre.get(f"/api/cases/{incident}")["replies"]
        return found


@contextmanager
def both_ends(folder: Path, keys: Keys) -> Iterator[BothEnds]:
    """Both at work, over a Mosquitto of their own."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    police = {
        "police_url": f"http://127.0.0.1:{port}",
        "public_url": PUBLIC_URL,
        "cap_key_file": keys.certificate.with_name("cap.key"),
        "cap_cert_file": keys.certificate,
    }
    for name in ("mqtt", "server", "centre"):
        (folder / name).mkdir()
    with (
        start(folder / "mqtt", Enrolment({}), kind="mosquitto") as broker,
        Served(folder / "server", broker, **police) as served,
        running_centre(
            folder / "centre", secret=SECRET, certificate=keys.certificate, server_url=served.base_url, port=port
        ) as centre,
    ):
        yield BothEnds(served, centre)
