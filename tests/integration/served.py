"""The real server in a thread of its own: uvicorn on a real port, SQLite in a file, a real broker beside it."""

import asyncio
import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, TypeVar

import httpx
import uvicorn
from fastapi import FastAPI
from ulid import ULID

from kentongan_broker import Broker
from kentongan_server.bootstrap import create_app
from kentongan_server.domain.people import Membership, Person, Role
from kentongan_server.domain.place import Node, NodeRole, Presence, Region
from kentongan_server.outbound.record.seal import ensure_record_key
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork
from kentongan_server.settings import Settings

Result = TypeVar("Result")
PATIENCE_S = 20.0
SECRET = "a secret of the command centre's"


class Served:
    """A running server. `run` and `read` are units of work in its own store, `calls` an HTTP client."""

    def __init__(self, folder: Path, broker: Broker, **settings: Any) -> None:
        self.master = secrets.token_bytes(32)
        (folder / "master.key").write_text(self.master.hex())
        ensure_record_key(folder / "record.key")
        self.folder = folder
        plain: dict[str, Any] = {
            "database_url": f"sqlite:///{folder / 'kentongan.sqlite3'}",
            "telemetry_url": f"sqlite:///{folder / 'telemetry.sqlite3'}",
            "broker_host": broker.host,
            "broker_port": broker.port,
            "broker_password": broker.enrolment.server_password,
            "master_key_file": folder / "master.key",
            "record_key_file": folder / "record.key",
            "checkpoint_file": folder / "checkpoints.jsonl",
            "police_webhook_secret": SECRET,
        }
        self._settings = Settings(**{**plain, **settings})
        self._thread = threading.Thread(target=self._serve, name="served")
        self._ready = threading.Event()
        self.base_url = ""

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(PATIENCE_S), "the server did not start"
        self._client = httpx.Client(base_url=self.base_url, timeout=PATIENCE_S, trust_env=False)
        self.until(lambda: self.get("/readyz").status_code == 200, "the server is ready")
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
        self._loop.call_soon_threadsafe(setattr, self._server, "should_exit", True)
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive(), "the server did not stop"

    @property
    def app(self) -> FastAPI:
        return self._app

    def get(self, path: str, token: str | None = None, **more: Any) -> httpx.Response:
        return self.calls("GET", path, token, **more)

    def post(self, path: str, token: str | None = None, **more: Any) -> httpx.Response:
        return self.calls("POST", path, token, **more)

    def calls(self, method: str, path: str, token: str | None = None, **more: Any) -> httpx.Response:
        """One request, with this access token where one is given."""
        headers = {**({"Authorization": f"Bearer {token}"} if token else {}), **more.pop("headers", {})}
        return self._client.request(method, path, headers=headers, **more)

    def run(self, job: Callable[[UnitOfWork], Result]) -> Result:
        return self._wait_for(self._transactions.run(job))

    def read(self, query: Callable[[UnitOfWork], Result]) -> Result:
        return self._wait_for(self._transactions.read(query))

    def metric(self, name: str, **labels: str) -> float:
        """A figure from /metrics, 0 when it is not there yet."""
        wanted = "{" + ",".join(f'{key}="{value}"' for key, value in sorted(labels.items())) + "}" if labels else ""
        for line in self.get("/metrics").text.splitlines():
            if line.startswith(f"{name}{wanted} "):
                return float(line.rsplit(" ", 1)[1])
        return 0.0

    def stop_room(self, name: str) -> None:
        """End one of the server's rooms, as a defect would."""

        def stop() -> None:
            (task,) = [task for task in asyncio.all_tasks(self._loop) if task.get_name() == name]
            task.cancel()

        self._loop.call_soon_threadsafe(stop)

    def until(self, condition: Callable[[], object], what: str, seconds: float = PATIENCE_S) -> None:
        """Return once `condition` holds; fails the test after `seconds`."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"in vain: {what}"
            time.sleep(0.01)

    @property
    def _transactions(self) -> Transactions:
        found: Transactions = self._app.state.transactions
        return found

    def _wait_for(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_S)

    def _serve(self) -> None:
        asyncio.run(self._serve_until_told())

    async def _serve_until_told(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._app = create_app(self._settings)
        config = uvicorn.Config(
            self._app, host="127.0.0.1", port=0, log_config=None, access_log=False, timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._loop.create_task(self._tell_the_port())
        await self._server.serve()

    async def _tell_the_port(self) -> None:
        while not self._server.started:  # noqa: ASYNC110  # uvicorn has no other way to say so
            await asyncio.sleep(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.base_url = f"http://127.0.0.1:{port}"
        self._ready.set()


class Rt:
    """An RT with people in it. `resident` is vouched for, `stranger` not, `head` may gather; the values are tokens."""

    def __init__(self, served: Served, number: int, nodes: tuple[str, ...] = ()) -> None:
        self.code = f"33.74.02.1001/RW{number // 99 + 1:02d}/RT{number % 99 + 1:02d}"
        self.nodes = nodes or (f"ktg-{number:04d}-1", f"ktg-{number:04d}-2")
        self.people: dict[str, str] = {}
        members = {
            "resident": Membership(Role.RESIDENT, self.code, True),
            "stranger": Membership(Role.RESIDENT, self.code, False),
            "head": Membership(Role.RT_HEAD, self.code, True),
            "operator": Membership(Role.OPERATOR, None, True),
            "admin": Membership(Role.CITY_ADMIN, None, True),
        }

        def move_in(uow: UnitOfWork) -> None:
            uow.places.put_region(Region(self.code, f"RT {number}", -6.98, 110.41))
            for name in self.nodes:
                uow.places.put_node(
                    Node(
                        name,
                        self.code,
                        NodeRole.KENTONGAN,
                        Presence.UNKNOWN,
                        "silent",
                        boot=-1,
                        session=-1,
                        seq=-1,
                        nonce=None,
                        report=None,
                        stage=None,
                    )
                )
            for name, membership in members.items():
                self.people[name] = f"{name}-{number}"
                token = self.token(name)
                person = Person(self.people[name], name.title(), (membership,))
                uow.people.put_person(person, hashlib.sha256(token.encode()).hexdigest())

        served.run(move_in)

    def token(self, name: str) -> str:
        """The access token of one of its people."""
        return f"the token of {self.people[name]}".replace(" ", "-")

    def a_report(self, **different: Any) -> dict[str, Any]:
        """A good body for POST /api/v1/reports; a field that is `...` is left out."""
        body = {"id": str(ULID()), "kind": "theft", "region": self.code, **different}
        return {name: value for name, value in body.items() if value is not ...}
