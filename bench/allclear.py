"""A whole city told at once: the two-person alarm and the all clear, until the last kentongan has its verified command.

Meanwhile single RTs press their buttons: a city must never stand in one RT's way. The peer is a bare paho client in a process
of its own that publishes ready-made sealed commands to the same fleet: no decision, no store, nothing sealed on the way.
"""

import asyncio
import json
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from bench.city import Neighbourhood, make_city
from bench.figures import Goal, Spread, median_spread, number, spread
from bench.fleet import until
from bench.machine import fdatasync_ms
from bench.stand import Stand, StandError, standing
from bench.subjects import Kentongan
from kentongan_contract.messages import Command
from kentongan_server.domain.alarm import CITY_LEISURE_MS

LAST_MS = 2_000.0
PRESS_P99_MS = 200.0
PRESS_RATE, PRESSES, REST_S = 20.0, 40, 3.0
DRAIN_S = 60.0
QUIET_S = 300.0
QUICK_S = 1.0
CITY_CODE = "33.74"
FAR_AHEAD = 10**9  # a counter that no kentongan has seen from the server
SOUND, ALL_CLEAR, PEER, ALONE = "city alarm", "all clear", "bare paho publish", "no batch"


@dataclass(frozen=True, slots=True)
class Batch:
    """One command to everybody: milliseconds until each had it, and what a press in a single RT waited for meanwhile."""

    what: str
    heard: Spread
    missing: int
    pressed: Spread
    unheard_presses: int


@dataclass(frozen=True, slots=True)
class AllClear:
    """What all rounds gave, in order."""

    nodes: int
    rounds: list[list[Batch]]
    fdatasync_ms: list[float]


async def measure(nodes: int, rounds: int, folder: Path, heartbeat_s: float, profile: Path | None = None) -> AllClear:
    """Each round on a stand of its own."""
    city = make_city(nodes, kentongan=1, residents=0)
    found, synced = [], []
    for _ in range(rounds):
        synced.append(fdatasync_ms(folder))
        async with standing(Kentongan(profile=profile), city, folder, heartbeat_s) as stand:
            found.append(await _round(stand))
    return AllClear(nodes, found, synced)


async def _round(stand: Stand) -> list[Batch]:
    places = iter(stand.city.rts)
    ears = stand.fleet.ears
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{stand.port}/api/v1", timeout=30.0) as api:
        await _name_the_city(api, stand.city.city_admin)
        alone = await _pressed(stand, places)
        proposal = await _ask(
            api, stand.city.operator, "/city-alarms", {"region": CITY_CODE, "kind": "disaster", "purpose": "actual"}
        )
        typed = {"kentongan": proposal["kentongan"]}
        confirmed = await _ask(api, stand.city.city_admin, f"/city-alarms/{proposal['id']}/confirm", typed)
        wait = datetime.fromisoformat(confirmed["due_at"]).timestamp() - time.time()
        await asyncio.sleep(max(wait, 0.0))
        known = set(ears.commands)

        def sounded() -> str:
            return max(set(ears.commands) - known, key=lambda about: len(ears.commands[about]), default="")

        sound = await _batch(stand, SOUND, places, time.perf_counter(), sounded)
        incident = sounded()
        await _settle(stand)

        async def say_all_clear() -> str:
            await _ask(api, stand.city.operator, f"/incidents/{incident}/all-clear", None)
            return ""

        clear = await _batch(
            stand, ALL_CLEAR, places, time.perf_counter(), lambda: f"all_clear {incident}", say_all_clear
        )
        await _settle(stand)
    peer = await _peer(stand)
    return [Batch(ALONE, spread([]), 0, *alone), sound, clear, peer]


async def _batch(
    stand: Stand,
    what: str,
    places: Any,
    begun: float,
    about: Callable[[], str],
    begin: Callable[[], Awaitable[str]] | None = None,
) -> Batch:
    """Begin it, press meanwhile, and wait until everybody has heard."""
    everybody = len(stand.fleet.nodes)
    begin_task = None if begin is None else asyncio.ensure_future(begin())
    pressed, unheard = (spread([]), 0) if places is None else await _pressed(stand, places)
    if begin_task is not None:
        await begin_task
    commands = stand.fleet.ears.commands
    await until(lambda: len(commands.get(about(), {})) >= everybody, DRAIN_S)
    heard = [(at - begun) * 1000 for at in commands.get(about(), {}).values()]
    return Batch(what, spread(heard), everybody - len(heard), pressed, unheard)


async def _pressed(stand: Stand, places: Any) -> tuple[Spread, int]:
    """Presses in RTs of their own, `PRESS_RATE` a second: from the press to the RT's sealed command."""
    ears = stand.fleet.ears
    made: list[tuple[Neighbourhood, str, float]] = []
    begun = time.perf_counter()
    for number_ in range(PRESSES):
        await asyncio.sleep(max(0.0, begun + number_ / PRESS_RATE - time.perf_counter()))
        place = next(places)
        made.append((place, *stand.fleet.nodes[place.nodes[0]].press()))

    def sounded_at(place: Neighbourhood, report: str) -> float | None:
        receipt = ears.receipts.get(report)
        return None if receipt is None else ears.last_command(receipt[0] or report, place.nodes)

    await until(lambda: all(sounded_at(place, report) is not None for place, report, _ in made), DRAIN_S)
    waits = [(sounded_at(place, report), at) for place, report, at in made]
    heard = [(end - at) * 1000 for end, at in waits if end is not None]
    return spread(heard), PRESSES - len(heard)


async def _settle(stand: Stand) -> None:
    """Wait until the server has taken in what the fleet answered: a report's receipt comes at once again."""
    deadline = time.perf_counter() + QUIET_S
    quick = 0
    place = stand.city.rts[-1]
    while quick < 3:
        if time.perf_counter() > deadline:
            raise StandError("The server was still busy with the answers five minutes after a city-wide command.")
        await asyncio.sleep(REST_S / 3)
        report, begun = stand.fleet.nodes[place.nodes[0]].press()
        await until(lambda report=report: report in stand.fleet.ears.receipts, 10.0)  # type: ignore[misc]
        quick = quick + 1 if time.perf_counter() - begun < QUICK_S else 0


async def _peer(stand: Stand) -> Batch:
    """Sealed beforehand, published by paho as fast as it can; the fleet verifies and answers as ever."""

    def command(node: str, nonce: str) -> Command:
        return Command(
            id=f"bare-{node}",
            action="all_clear",
            incident="bare",
            class_="emergency",
            purpose="actual",
            pattern="1-7-1",
            beats=[90, 700] * 9,
            rounds=2,
            duration_ms=15_000,
            colour="green",
            nonce=nonce,
            counter=FAR_AHEAD,
            ttl_ms=30_000,
            leisure_ms=CITY_LEISURE_MS,
        )

    ready = stand.write("bare.json", json.dumps([(t, p.decode()) for t, p in stand.fleet.sealed_for(command)]))
    environment = {
        "BENCH_MESSAGES": str(ready),
        "BENCH_BROKER_PORT": str(stand.broker.port),
        "BENCH_BROKER_PASSWORD": stand.enrolment.server_password,
        "BENCH_READY": str(stand.folder / "bare.ready"),
    }
    process = stand.python("bare", ["-m", "bench.peers.bare_publish"], environment)
    if not await until((stand.folder / "bare.ready").exists, 30.0):
        raise StandError("The bare publisher did not start.")

    async def publish() -> str:
        _go(process)
        return ""

    return await _batch(stand, PEER, None, time.perf_counter(), lambda: "all_clear bare", publish)


def _go(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGUSR1)


async def _name_the_city(api: httpx.AsyncClient, token: str) -> None:
    """City files know RTs alone."""
    row = f"code,name,latitude,longitude\n{CITY_CODE},Kota,-6.99,110.42\n"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/csv"}
    answer = await api.post("/imports/regions", content=row, headers=headers)
    if not answer.is_success or answer.json()["refused"]:
        raise StandError(f"The city could not be imported: {answer.text[:200]}")


async def _ask(api: httpx.AsyncClient, token: str, path: str, body: dict[str, Any] | None) -> Any:
    answer = await api.post(path, json=body, headers={"Authorization": f"Bearer {token}"})
    if not answer.is_success:
        raise StandError(f"POST {path} was answered {answer.status_code}: {answer.text[:200]}")
    return answer.json()


def goals(found: AllClear) -> list[Goal]:
    """To the last within two seconds, none missing, and no press made to wait."""
    made = []
    for what in (SOUND, ALL_CLEAR):
        batch, missing, unheard = _median(found, what)
        made.append(Goal(f"{what}: to the last kentongan", batch[0].max, LAST_MS, at_most=True, unit="ms"))
        made.append(Goal(f"{what}: missing", missing, 0, at_most=True, unit=""))
        made.append(Goal(f"{what}: a press meanwhile, p99", batch[1].p99, PRESS_P99_MS, at_most=True, unit="ms"))
        made.append(Goal(f"{what}: presses unheard", unheard, 0, at_most=True, unit=""))
    return made


def summary(found: AllClear) -> list[dict[str, Any]]:
    """One entry for each batch: medians over the rounds, the worst of all maxima."""
    entries = []
    for what in [batch.what for batch in found.rounds[0]]:
        (heard, pressed), missing, unheard = _median(found, what)
        entries.append(
            {
                "what": what,
                "nodes": found.nodes if heard.count else 0,
                "p50_ms": number(heard.p50),
                "p99_ms": number(heard.p99),
                "last_ms": number(heard.max),
                "missing": missing,
                "press_p50_ms": number(pressed.p50),
                "press_p99_ms": number(pressed.p99),
                "press_max_ms": number(pressed.max),
                "presses_unheard": unheard,
            }
        )
    return entries


def _median(found: AllClear, what: str) -> tuple[tuple[Spread, Spread], int, int]:
    batches = [batch for one in found.rounds for batch in one if batch.what == what]
    heard = median_spread([batch.heard for batch in batches])
    pressed = median_spread([batch.pressed for batch in batches])
    return (heard, pressed), sum(b.missing for b in batches), sum(b.unheard_presses for b in batches)
