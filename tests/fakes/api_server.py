"""The server's HTTP side without a database or a broker: the same paths and shapes, and a live feed that a test writes.

It stores a report as the server does (same id, same answer) and tells what follows at once from it; everything that
would come from kentongan, neighbours or police happens when the test says so.
"""

import asyncio
import math
import socket
import threading
import time
from collections import deque
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal, Self

import uvicorn
from fastapi import FastAPI, Header, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from kentongan_server.domain import codebook
from kentongan_server.domain.incident_kind import IncidentKind
from kentongan_server.inbound.web.pages import DemoSession, page_router
from kentongan_server.outbound.clock.system_clock import SystemClock

HOME = "33.74.01.1001/RW01/RT01"
HOME_NODES = ("ktg-0001-1", "ktg-0001-2", "ktg-0001-3", "gw-0001")
TOKENS = {role: f"token-of-the-{role}" for role in ("resident", "rt_head", "operator", "admin")}
KELURAHAN = ("Miroto", "Brumbungan", "Jagalan", "Kranggan", "Gabahan", "Kembangsari")
PATIENCE_S = 10.0
ENDED = {"silenced", "completed", "expired", "failed", "superseded"}


class ReportIn(BaseModel):
    """What the page sends; anything else is refused, as the server refuses it."""

    model_config = ConfigDict(extra="forbid")
    id: Annotated[str, Field(pattern=r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$")]
    kind: IncidentKind
    region: str
    text: Annotated[str, Field(max_length=1000)] | None = None


class AnswerIn(BaseModel):
    """What a neighbour answers."""

    model_config = ConfigDict(extra="forbid")
    answer: Literal["coming", "seen"]


class ApiTwin:
    """Start with `with ApiTwin() as api`. `posts` holds every POST of a report in order: (token, body, answered status).

    `answers` holds statuses to give instead of storing a report or an answer, first to last; `answered` every answer kept; `chop` cuts the live feed into pieces of so many
    bytes; `feed_open` False refuses it.
    """

    def __init__(self, demo: bool = True, rts: int = 30) -> None:
        self.posts: list[tuple[str, dict[str, Any], int]] = []
        self.silenced: list[tuple[str, str]] = []
        self.answered: list[tuple[str, str, str]] = []
        self.answers: deque[int] = deque()
        self.chop: int | None = None
        self.feed_open = True
        self.resumed_after: list[str | None] = []
        self.regions = _city(rts)
        self._demo = demo
        self._clock = SystemClock()
        self._events: list[dict[str, Any]] = []
        self._incidents: dict[str, dict[str, Any]] = {}
        self._stored: dict[str, dict[str, str]] = {}
        self._readers: set[asyncio.Queue[bytes | None]] = set()
        self._socket = socket.create_server(("127.0.0.1", 0))
        port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.inbox_url = f"http://localhost:{port}/inbox"  # another origin, as the command centre is
        self._server = uvicorn.Server(uvicorn.Config(self._app(), log_level="warning", timeout_graceful_shutdown=1))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + PATIENCE_S
        while not self._server.started:
            if time.monotonic() > deadline:
                raise TimeoutError("The twin of the API did not start.")
            time.sleep(0.005)
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()
        self._server.should_exit = True
        self._thread.join(PATIENCE_S)
        self._socket.close()

    def emit(self, event: str, incident: str | None = None, region: str | None = HOME, **data: Any) -> None:
        """Write one event to the record and to every open feed."""
        entry = {
            "seq": len(self._events) + 1,
            "at": self._clock.now().isoformat(),
            "event": event,
            "incident": incident,
            "region": region,
            "data": data,
        }
        self._events.append(entry)
        self._remember(entry)
        self._hand_out(_frame(entry))

    def raise_alarm(self, incident: str, kind: str = "panic", region: str = HOME) -> list[str]:
        """Command every kentongan of the RT to sound; their ids."""
        nodes = [node["id"] for found in self.regions if found["code"] == region for node in found["nodes"]]
        code = codebook.code_of(IncidentKind(kind))
        self.emit(
            "alarm_raised",
            incident,
            region,
            level=1,
            pattern=code.pattern,
            beats=list(code.beats),
            rounds=code.rounds,
            duration_ms=code.duration_ms,
            colour=code.colour,
            nodes=nodes,
        )
        return nodes

    def command_says(self, incident: str, state: str, nodes: list[str], region: str = HOME) -> None:
        """The commands of these kentongan have come to `state`."""
        for node in nodes:
            self.emit("command_state_changed", incident, region, command=f"c-{incident}-{node}", node=node, state=state)

    def incident_of(self, report: int = -1) -> str:
        """The incident that the given report (by order of storing) speaks of."""
        return list(self._stored.values())[report]["incident"]

    @property
    def readers(self) -> int:
        """How many live feeds are open."""
        return len(self._readers)

    def cut(self) -> None:
        """Hang up on every live feed."""
        self._hand_out(None)

    def _hand_out(self, frame: bytes | None) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(lambda: [reader.put_nowait(frame) for reader in list(self._readers)])

    def _remember(self, entry: dict[str, Any]) -> None:
        event, data = entry["event"], entry["data"]
        nodes = {node["id"]: node for region in self.regions for node in region["nodes"]}
        if event == "incident_opened":
            self._incidents[entry["incident"]] = {
                "id": entry["incident"],
                "kind": data["kind"],
                "class": data["class"],
                "region": entry["region"],
                "status": "reported",
                "purpose": "actual",
                "opened_at": entry["at"],
                "reports": 1,
                "alarm": [],
                "alarm_state": None,
                "police": None,
            }
        elif event == "alarm_raised" and data["nodes"]:
            found = self._incidents[entry["incident"]]
            found["alarm"] = [{"node": node, "state": "queued"} for node in data["nodes"]]
            found["alarm_state"] = "active"
        elif event == "command_state_changed" and data["node"] in nodes:
            nodes[data["node"]]["siren"] = "sounding" if data["state"] == "sounding" else "silent"
            for command in self._incidents[entry["incident"]]["alarm"]:
                if command["node"] == data["node"]:
                    command["state"] = data["state"]
        elif event == "presence_changed":
            nodes[data["node"]]["presence"] = data["presence"]

    def _app(self) -> FastAPI:
        app = FastAPI()
        session = DemoSession(TOKENS, self.inbox_url, HOME, "mosquitto", "ktg-0001-1", "gw-0001", "ktg-0001-3")
        app.include_router(page_router(session if self._demo else None))

        @app.exception_handler(HTTPException)
        async def problem(_: Request, error: HTTPException) -> JSONResponse:
            body = {"type": "about:blank", "title": "Problem", "status": error.status_code, "detail": str(error.detail)}
            return JSONResponse(body, error.status_code, media_type="application/problem+json")

        @app.get("/inbox")
        async def inbox() -> HTMLResponse:
            return HTMLResponse("<!doctype html><title>Pusat komando</title><p>Kotak masuk pusat komando (acuan)")

        self._answer_about_places(app)
        self._answer_about_incidents(app)
        self._take_reports(app)
        return app

    def _answer_about_places(self, app: FastAPI) -> None:
        @app.get("/api/v1/me")
        async def me(authorization: Annotated[str, Header()] = "") -> dict[str, Any]:
            role = _role(authorization)
            region = HOME if role in ("resident", "rt_head") else None
            name = {"resident": "Bu Sari", "rt_head": "Pak Budi"}.get(role, "Aiptu Wulan")
            return {"id": f"{role}-1", "name": name, "memberships": [{"role": role, "region": region, "vouched": True}]}

        @app.get("/api/v1/regions")
        async def regions(authorization: Annotated[str, Header()] = "") -> list[dict[str, Any]]:
            _role(authorization)
            return [
                region | {"deaf": all(node["presence"] != "online" for node in region["nodes"])}
                for region in self.regions
            ]

        @app.get("/api/v1/codebook")
        async def kinds() -> dict[str, Any]:
            return {"version": codebook.VERSION, "kinds": [_kind(code) for code in codebook.all_codes()]}

    def _answer_about_incidents(self, app: FastAPI) -> None:
        @app.get("/api/v1/incidents")
        async def incidents(limit: int = 50, authorization: Annotated[str, Header()] = "") -> list[dict[str, Any]]:
            _role(authorization)
            return list(reversed(self._incidents.values()))[:limit]

        @app.get("/api/v1/incidents/{incident}")
        async def detail(incident: str, authorization: Annotated[str, Header()] = "") -> dict[str, Any]:
            _role(authorization)
            if incident not in self._incidents:
                raise HTTPException(404, "There is no such incident.")
            told = [
                {key: entry[key] for key in ("seq", "at", "event", "data")}
                for entry in self._events
                if entry["incident"] == incident
            ]
            return self._incidents[incident] | {"forwards": [], "timeline": told}

        @app.post("/api/v1/incidents/{incident}/silence")
        async def silence(incident: str, authorization: Annotated[str, Header()] = "") -> dict[str, int]:
            self.silenced.append((_role(authorization), incident))
            return {"kentongan": 1}

        @app.post("/api/v1/incidents/{incident}/acknowledge")
        async def acknowledge(
            incident: str, body: AnswerIn, authorization: Annotated[str, Header()] = ""
        ) -> dict[str, Any]:
            status = self.answers.popleft() if self.answers else 200
            if status >= 400:
                raise HTTPException(status, "The twin was told to answer so.")
            self.answered.append((_role(authorization), incident, body.answer))
            said = {role: answer for role, of, answer in self.answered if of == incident}
            counts = {name: list(said.values()).count(name) for name in ("coming", "seen")}
            self.emit("acknowledged" if body.answer == "coming" else "seen", incident, by="community", **counts)
            return {"acknowledged": "community", "answer": body.answer, **counts}

        @app.delete("/api/v1/incidents/{incident}/acknowledge")
        async def withdraw(incident: str, authorization: Annotated[str, Header()] = "") -> dict[str, Any]:
            self.answered.append((_role(authorization), incident, "seen"))
            self.emit("coming_withdrawn", incident, coming=0, seen=1)
            return {"acknowledged": "community", "answer": "seen", "coming": 0, "seen": 1}

    def _take_reports(self, app: FastAPI) -> None:
        @app.post("/api/v1/reports")
        async def report(
            body: ReportIn, response: Response, authorization: Annotated[str, Header()] = ""
        ) -> dict[str, str]:
            token = authorization.removeprefix("Bearer ")
            _role(authorization)
            status = self.answers.popleft() if self.answers else 200 if body.id in self._stored else 201
            self.posts.append((token, body.model_dump(mode="json", exclude_none=True), status))
            if status >= 400:
                raise HTTPException(status, "The twin was told to answer so.")
            response.status_code = status
            return self._store(body)

        @app.get("/api/v1/events")
        async def events(
            authorization: Annotated[str, Header()] = "", last_event_id: Annotated[str | None, Header()] = None
        ) -> Response:
            _role(authorization)
            if not self.feed_open:
                raise HTTPException(503, "The feed is closed.")
            self.resumed_after.append(last_event_id)
            return StreamingResponse(self._feed(last_event_id), media_type="text/event-stream")

    def _store(self, body: ReportIn) -> dict[str, str]:
        if body.id in self._stored:
            return self._stored[body.id]
        incident, kind = f"incident-{len(self._stored) + 1}", body.kind
        self._stored[body.id] = {"id": body.id, "incident": incident}
        self.emit("incident_opened", incident, body.region, kind=kind, **{"class": kind.incident_class})
        self.emit("report_taken", incident, body.region, report=body.id, kind=kind, source="app", node=None)
        if kind.incident_class == "community":
            held = {"class": "community", "reason": "community news stays in the RT"}
            self.emit("forward_held", incident, body.region, **held)
        else:
            self.emit("forward_queued", incident, body.region, channel="police_cap")
        self.emit("residents_told", incident, body.region, kind=kind, text=body.text, people=31)
        return self._stored[body.id]

    async def _feed(self, last_event_id: str | None) -> AsyncIterator[bytes]:
        self._loop = asyncio.get_running_loop()
        mine: asyncio.Queue[bytes | None] = asyncio.Queue()
        if last_event_id:
            for entry in self._events[int(last_event_id) :]:
                mine.put_nowait(_frame(entry))
        self._readers.add(mine)
        try:
            yield b": open\n\n"
            while (frame := await mine.get()) is not None:
                size = self.chop or len(frame)
                for at in range(0, len(frame), size):
                    yield frame[at : at + size]
                    await asyncio.sleep(0)
        finally:
            self._readers.discard(mine)


def _frame(entry: dict[str, Any]) -> bytes:
    data = JSONResponse(entry).body.decode()
    return f"id: {entry['seq']}\r\nevent: {entry['event']}\r\ndata: {data}\r\n\r\n".encode()


def _role(authorization: str) -> str:
    for role, token in TOKENS.items():
        if authorization == f"Bearer {token}":
            return role
    raise HTTPException(401, "This access token is not known.")


def _kind(code: codebook.Code) -> dict[str, Any]:
    return {
        "kind": code.kind,
        "class": code.kind.incident_class,
        "pattern": code.pattern,
        "beats": code.beats,
        "rounds": code.rounds,
        "duration_ms": code.duration_ms,
        "colour": code.colour,
        "id": code.indonesian,
        "en": code.english,
    }


def _city(rts: int) -> list[dict[str, Any]]:
    regions = []
    for index in range(rts):
        kelurahan, rt = divmod(index, 5)
        angle = 2.4 * kelurahan
        radius = 0.0052 * math.sqrt(kelurahan)
        turn = 2 * math.pi * rt / 5 + kelurahan
        nodes = [f"ktg-{index + 1:04d}-{number}" for number in range(1, 2 + index % 4)] if index else HOME_NODES
        regions.append(
            {
                "code": f"33.74.01.{1001 + kelurahan}/RW01/RT{rt + 1:02d}",
                "name": f"RT {rt + 1:02d} RW 01 {KELURAHAN[kelurahan % len(KELURAHAN)]}",
                "latitude": -6.985 + radius * math.sin(angle) + 0.0021 * math.sin(turn),
                "longitude": 110.415 + radius * math.cos(angle) + 0.0021 * math.cos(turn),
                "nodes": [
                    {
                        "id": node,
                        "role": "gateway" if node.startswith("gw") else "kentongan",
                        "presence": "online",
                        "siren": "silent",
                    }
                    for node in nodes
                ],
            }
        )
    return regions
