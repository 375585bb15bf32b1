"""A city that was told by half: the server is killed in the middle, and everybody still hears it, by one command each.

On SQLite the server is started again; on PostgreSQL another one stands beside it and goes on by itself.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from subprocess import Popen
from typing import Any

import httpx
import pytest
from bench.city import make_city
from bench.fleet import until
from bench.stand import Stand, answers, free_port, set_up, wait_for_births
from bench.subjects import Kentongan
from sqlalchemy import func, select
from tests.integration.database.cluster import Cluster

from kentongan_server.domain.alarm import Action
from kentongan_server.outbound.database.engine import open_database, reading
from kentongan_server.outbound.database.tables import alarm_commands

pytestmark = [pytest.mark.real, pytest.mark.slow]

KOTA = "33.74"
CITY = make_city(800, kentongan=1, residents=0)
EVERYBODY = len(CITY.rts)
PATIENCE_S = 60.0


@dataclass
class Told:
    """The city, its servers by their port, and what the record holds of commands."""

    stand: Stand
    address: str
    servers: dict[int, "Popen[bytes]"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._environment = Kentongan().environment(self.stand) | {"KENTONGAN_DATABASE_URL": self.address}
        self._engine = open_database(self.address)

    def start(self, port: int, *more: str) -> None:
        """Start a server; returns when it is ready."""
        own = {"KENTONGAN_HTTP_PORT": str(port), "KENTONGAN_CHECKPOINT_FILE": f"{self.stand.folder}/checkpoints-{port}"}
        command = ["-m", "kentongan_server", "run", *more]
        self.servers[port] = self.stand.python(f"server-{port}", command, self._environment | own)
        deadline = time.monotonic() + PATIENCE_S
        while not answers(f"http://127.0.0.1:{port}/readyz"):
            assert self.servers[port].poll() is None, self.stand.processes.why(f"server-{port}")
            assert time.monotonic() < deadline, "the server was not ready"
            time.sleep(0.05)

    def kill_in_the_middle(self, action: Action, port: int) -> int:
        """SIGKILL this one once some have been commanded; returns how many had been, for it must not have been all."""
        deadline = time.monotonic() + PATIENCE_S
        while not self.commanded(action):
            assert time.monotonic() < deadline, f"nobody was commanded to {action}"
        self.servers.pop(port).kill()
        return self.commanded(action)

    def commanded(self, action: Action) -> int:
        """How many commands of this sort there are."""
        return self._one(select(func.count()).where(alarm_commands.c.action == action))

    def commanded_nodes(self, action: Action) -> int:
        """How many kentongan they are for."""
        return self._one(select(func.count(alarm_commands.c.node.distinct())).where(alarm_commands.c.action == action))

    def _one(self, query: Any) -> int:
        with reading(self._engine) as connection:
            return int(connection.execute(query).scalar_one())

    async def ask(self, port: int, path: str, token: str, body: dict[str, Any] | None = None) -> Any:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=PATIENCE_S) as api:
            answer = await api.post(path, json=body, headers={"Authorization": f"Bearer {token}"})
        assert answer.is_success, answer.text
        return answer.json()

    async def agree(self, port: int) -> None:
        """Two people want the whole city told; returns when nobody can stop it any more."""
        asked = {"region": KOTA, "kind": "disaster", "purpose": "actual"}
        proposal = await self.ask(port, "/city-alarms", CITY.operator, asked)
        assert proposal["kentongan"] == EVERYBODY
        path = f"/city-alarms/{proposal['id']}/confirm"
        confirmed = await self.ask(port, path, CITY.city_admin, {"kentongan": EVERYBODY})
        await asyncio.sleep(datetime.fromisoformat(confirmed["due_at"]).timestamp() - time.time() - 0.2)

    async def all_have_heard(self, about: Callable[[], str]) -> None:
        heard = self.stand.fleet.ears.commands
        assert await until(lambda: len(heard.get(about(), {})) == EVERYBODY, PATIENCE_S), len(heard.get(about(), {}))


@asynccontextmanager
async def told(folder: Path, address: str, servers: int) -> AsyncIterator[Told]:
    """A city whose kentongan are all there, and so many servers that know it."""
    async with set_up(CITY, folder, sealed=True, heartbeat_s=8.0) as stand:
        city = Told(stand, address)
        first = stand.port
        await asyncio.to_thread(city.start, first, "--city", str(stand.folder / "city.json"))
        for _ in range(servers - 1):
            await asyncio.to_thread(city.start, free_port())
        row = f"code,name,latitude,longitude\n{KOTA},Kota,-6.99,110.42\n"
        headers = {"Authorization": f"Bearer {CITY.city_admin}", "Content-Type": "text/csv"}
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{first}/api/v1", timeout=PATIENCE_S) as api:
            imported = await api.post("/imports/regions", content=row, headers=headers)
        assert imported.json()["refused"] == 0
        await stand.fleet.open(stand.broker.host, stand.broker.port)
        await asyncio.to_thread(wait_for_births, stand)
        yield city


async def alarm_is_heard(city: Told) -> str:
    """By everybody, and by one command each; the incident."""
    ears = city.stand.fleet.ears

    def incident() -> str:
        return max(ears.commands, key=lambda about: len(ears.commands[about]), default="")

    await city.all_have_heard(incident)
    assert (city.commanded(Action.SOUND), city.commanded_nodes(Action.SOUND)) == (EVERYBODY, EVERYBODY)
    assert (len(ears.obeyed), set(ears.obeyed.values())) == (EVERYBODY, {1})
    return incident()


async def all_clear_is_heard(city: Told, about: str, after_the_kill: Callable[[], None]) -> None:
    """By everybody, and by one command each, although the server that was asked is killed in the middle of it."""
    ears = city.stand.fleet.ears
    port = next(iter(city.servers))
    asked = asyncio.create_task(city.ask(port, f"/incidents/{about}/all-clear", CITY.operator))
    killed = asyncio.to_thread(city.kill_in_the_middle, Action.ALL_CLEAR, port)
    assert 0 < await killed < EVERYBODY, "the kill came too late to prove anything"
    with pytest.raises(httpx.TransportError):
        await asked
    await asyncio.to_thread(after_the_kill)
    await city.all_have_heard(lambda: f"all_clear {about}")
    assert (city.commanded(Action.ALL_CLEAR), city.commanded_nodes(Action.ALL_CLEAR)) == (EVERYBODY, EVERYBODY)
    assert set(ears.obeyed.values()) == {2}


@pytest.mark.timeout(180)
async def test_a_server_killed_in_the_middle_of_a_city_goes_on_after_its_restart(
    mosquitto_path: Path, tmp_path: Path
) -> None:
    async with told(tmp_path, f"sqlite:///{tmp_path}/city.sqlite3", servers=1) as city:
        (port,) = city.servers
        await city.agree(port)
        killed = await asyncio.to_thread(city.kill_in_the_middle, Action.SOUND, port)
        assert 0 < killed < EVERYBODY, "the kill came too late to prove anything"
        await asyncio.to_thread(city.start, free_port())
        about = await alarm_is_heard(city)
        await all_clear_is_heard(city, about, lambda: city.start(free_port()))


@pytest.mark.timeout(180)
async def test_two_servers_call_a_city_once_and_one_that_is_killed_leaves_the_rest_to_the_other(
    mosquitto_path: Path, tmp_path: Path, postgresql: Cluster
) -> None:
    async with told(tmp_path, postgresql.new(), servers=2) as city:
        await city.agree(next(iter(city.servers)))
        about = await alarm_is_heard(city)
        await all_clear_is_heard(city, about, lambda: None)
