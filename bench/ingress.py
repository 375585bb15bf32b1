"""Reports a second, answered durably: closed loop with 1, 4 and 64 clients, every subject in turn, round after round."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.city import make_city
from bench.figures import Goal, Spread, median_spread, number, spread
from bench.fleet import until
from bench.load import Outcome, Request, saturate
from bench.machine import fdatasync_ms
from bench.stand import Stand, Subject, standing
from bench.subjects import Kentongan

JOINED_RTS = 30
FRESH_RTS = 600
MOST = 60_000
WARM_UP = 60
DRAIN_S = 15.0
QUIET_S = 1.0
AGAINST_AFTERNOON = 1.0
AGAINST_GROUP = 0.35


class LostReport(Exception):  # noqa: N818  # what happened, not a kind of error
    """An answered report is not in the database: the one thing that must never be."""


@dataclass(frozen=True, slots=True)
class Level:
    """One subject, one number of clients, one round."""

    clients: int
    reports: int
    per_second: float
    refused: int
    answer: Spread
    device: Spread
    silent: int
    cpu_us: float


@dataclass(frozen=True, slots=True)
class Ingress:
    """What all rounds gave, by subject and in order of rounds."""

    rounds: dict[str, list[list[Level]]]
    fdatasync_ms: list[float]
    fresh: bool


async def measure(
    subjects: Sequence[Subject], clients: Sequence[int], seconds: float, rounds: int, *, fresh: bool, folder: Path
) -> Ingress:
    """Every subject in every round, interleaved; the disk is asked before each."""
    city = make_city(FRESH_RTS if fresh else JOINED_RTS)
    found: dict[str, list[list[Level]]] = {subject.name: [] for subject in subjects}
    synced = []
    for _ in range(rounds):
        for subject in subjects:
            synced.append(fdatasync_ms(folder))
            async with standing(subject, city, folder) as stand:
                found[subject.name].append(await _levels(subject, stand, clients, seconds, fresh=fresh))
    return Ingress(found, synced, fresh)


async def _levels(
    subject: Subject, stand: Stand, clients: Sequence[int], seconds: float, *, fresh: bool
) -> list[Level]:
    request = subject.reports(stand.city)
    warm = await saturate(stand.port, 4, seconds, WARM_UP, request)
    await _drain(stand, warm)
    opens = fresh and isinstance(subject, Kentongan)
    shares = _shares(2 * len(stand.city.rts) - WARM_UP, clients) if opens else [MOST] * len(clients)
    levels, taken = [], set(warm.taken)
    for each, most in zip(clients, shares, strict=True):
        level, outcome = await _level(subject, stand, each, seconds, most, request, joins=not opens)
        levels.append(level)
        taken |= set(outcome.taken)
    stored = await asyncio.to_thread(subject.stored, stand)
    if stored is not None and taken - stored:
        raise LostReport(f"{subject.name} answered {len(taken - stored)} reports that it did not store.")
    return levels


async def _level(
    subject: Subject, stand: Stand, clients: int, seconds: float, most: int, request: Request, *, joins: bool
) -> tuple[Level, Outcome]:
    cpu = stand.cpu_seconds()
    outcome = await saturate(stand.port, clients, seconds, most, request)
    sounded = {} if joins and subject.sealed else await _drain(stand, outcome)
    cpu = stand.cpu_seconds() - cpu
    heard = [(at - outcome.began[id]) * 1000 for id, at in sounded.items()]
    count = len(outcome.taken)
    level = Level(
        clients=clients,
        reports=count,
        per_second=outcome.per_second,
        refused=sum(outcome.statuses.values()) - count,
        answer=spread(outcome.waits_ms),
        device=spread(heard),
        silent=0 if joins and subject.sealed else count - len(heard),
        cpu_us=cpu / count * 1e6 if count else 0.0,
    )
    return level, outcome


async def _drain(stand: Stand, outcome: Outcome) -> dict[str, float]:
    """Wait until what was reported has been heard everywhere it must; when each report's last device had it."""
    commands = stand.fleet.ears.commands
    expected = {outcome.about[id] for id in outcome.taken}
    begun = time.perf_counter()
    await until(lambda: all(about in commands for about in expected), DRAIN_S)
    left = DRAIN_S - (time.perf_counter() - begun)
    if any(len(commands.get(about, {})) > 1 for about in expected):  # commands to whole RTs: wait for the last of each
        await until(lambda: all(len(commands.get(about, {})) >= 3 for about in expected), max(left, 0.1))
        await _quiet(stand)
    return {id: max(commands[about].values()) for id, about in outcome.about.items() if about in commands}


async def _quiet(stand: Stand) -> None:
    """Wait until no kentongan is commanded any more: a second voice wakes a whole RW, which no later figure may pay for."""
    commands = stand.fleet.ears.commands
    heard = [0, time.perf_counter()]

    def is_quiet() -> bool:
        count = sum(map(len, commands.values()))
        if count != heard[0]:
            heard[:] = count, time.perf_counter()
        return time.perf_counter() - heard[1] > QUIET_S

    await until(is_quiet, DRAIN_S)


def _shares(all_reports: int, clients: Sequence[int]) -> list[int]:
    """How many of the incidents that can be opened each level may open: more clients, more of them."""
    weights = [each**0.5 for each in clients]
    return [int(all_reports * weight / sum(weights)) for weight in weights]


def goals(found: Ingress) -> list[Goal]:
    """The goals of saturation, from the medians of each round's own ratios."""
    made = []
    ours = [name for name in found.rounds if name.startswith("kentongan")]
    for name in ours:
        for peer, goal in (("afternoon", AGAINST_AFTERNOON), ("group", AGAINST_GROUP)):
            made.append(
                Goal(f"{name}, saturated / {peer}", ratio(found, name, peer, -1), goal, at_most=False, unit="x")
            )
    return made


def ratio(found: Ingress, name: str, peer: str, level: int) -> float:
    """Median over the rounds of reports/s of `name` over that of `peer` in the same round."""
    pairs = zip(found.rounds[name], found.rounds[peer], strict=True)
    return statistics.median(mine[level].per_second / theirs[level].per_second for mine, theirs in pairs)


def summary(found: Ingress) -> list[dict[str, Any]]:
    """One entry for each subject and number of clients: medians over the rounds."""
    entries = []
    for name, rounds in found.rounds.items():
        for index, first in enumerate(rounds[0]):
            levels = [levels[index] for levels in rounds]
            answer = median_spread([level.answer for level in levels])
            device = median_spread([level.device for level in levels])
            entries.append(
                {
                    "subject": name,
                    "clients": first.clients,
                    "reports": sum(level.reports for level in levels),
                    "per_second": number(statistics.median(level.per_second for level in levels)),
                    "per_second_rounds": [number(level.per_second) for level in levels],
                    "against_afternoon": number(ratio(found, name, "afternoon", index)),
                    "against_group": number(ratio(found, name, "group", index)),
                    "answer_p50_ms": number(answer.p50),
                    "answer_p99_ms": number(answer.p99),
                    "device_p50_ms": number(device.p50),
                    "device_p99_ms": number(device.p99),
                    "refused": sum(level.refused for level in levels),
                    "unheard": sum(level.silent for level in levels),
                    "cpu_us_per_report": number(statistics.median(level.cpu_us for level in levels)),
                }
            )
    return entries
