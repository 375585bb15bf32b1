"""How long a press takes to be stored and to sound at the last kentongan, and a POST to be answered and to sound."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.city import Neighbourhood, make_city
from bench.figures import Goal, Spread, median_spread, number, spread
from bench.fleet import until
from bench.load import Outcome, Request, at_rate, saturate, ticks
from bench.machine import fdatasync_ms
from bench.stand import Stand, Subject, standing

FEWEST_PRESSES, MOST_PRESSES, PRESS_SECONDS = 8, 400, 4.0
WARM_UP = 10
POSTS = 100
POSTS_AT_RATE = 300
POST_RATE = 100.0
DRAIN_S = 15.0
LAST_P50_MS, LAST_P99_MS, ANSWER_P99_MS = 8.0, 40.0, 20.0


@dataclass(frozen=True, slots=True)
class Waits:
    """One kind of wait of one subject in one round; `missing` never came."""

    what: str
    spread: Spread
    missing: int


@dataclass(frozen=True, slots=True)
class Latency:
    """What all rounds gave, by subject."""

    rounds: dict[str, list[list[Waits]]]
    fdatasync_ms: list[float]


def presses(rate: float) -> int:
    """How many presses are made at `rate` a second: four seconds' worth within bounds."""
    return int(min(MOST_PRESSES, max(FEWEST_PRESSES, rate * PRESS_SECONDS)))


async def measure(
    pressed: Sequence[Subject], posted: Sequence[Subject], rates: Sequence[float], rounds: int, folder: Path
) -> Latency:
    """Every subject in every round, interleaved. `pressed` hear presses, `posted` take reports by HTTP."""
    city = make_city(WARM_UP + max(sum(presses(rate) for rate in rates), POSTS + POSTS_AT_RATE))
    subjects = list(dict.fromkeys([*pressed, *posted]))
    found: dict[str, list[list[Waits]]] = {subject.name: [] for subject in subjects}
    synced = []
    for _ in range(rounds):
        for subject in subjects:
            synced.append(fdatasync_ms(folder))
            async with standing(subject, city, folder) as stand:
                waits = await _presses(stand, rates) if subject in pressed else []
                if subject in posted:
                    waits += await _posts(stand, subject.reports(city))
                found[subject.name].append(waits)
    return Latency(found, synced)


async def _presses(stand: Stand, rates: Sequence[float]) -> list[Waits]:
    places = iter(stand.city.rts)
    await _press(stand, [next(places) for _ in range(WARM_UP)], 20.0)
    waits = []
    for rate in rates:
        taken, last, made = await _press(stand, [next(places) for _ in range(presses(rate))], rate)
        waits.append(Waits(f"press → receipt, {rate:g}/s", spread(taken), made - len(taken)))
        waits.append(Waits(f"press → last kentongan, {rate:g}/s", spread(last), made - len(last)))
    return waits


async def _press(stand: Stand, places: Sequence[Neighbourhood], rate: float) -> tuple[list[float], list[float], int]:
    """One press in each place, `rate` a second; the waits for the receipts, for the last kentongan, and how many."""
    ears = stand.fleet.ears
    pressed: list[tuple[Neighbourhood, str, float]] = []
    async for _ in ticks(rate, len(places)):
        place = places[len(pressed)]
        pressed.append((place, *stand.fleet.nodes[place.nodes[0]].press()))

    def sounded_at(place: Neighbourhood, report: str) -> float | None:
        receipt = ears.receipts.get(report)
        return None if receipt is None else ears.last_command(receipt[0] or report, place.nodes)

    await until(lambda: all(sounded_at(place, report) is not None for place, report, _ in pressed), DRAIN_S)
    taken = [(ears.receipts[report][1] - at) * 1000 for _, report, at in pressed if report in ears.receipts]
    sounded = [(sounded_at(place, report), at) for place, report, at in pressed]
    last = [(end - at) * 1000 for end, at in sounded if end is not None]
    return taken, last, len(pressed)


async def _posts(stand: Stand, request: Request) -> list[Waits]:
    await _heard(stand, await saturate(stand.port, 1, 30.0, WARM_UP, request))
    alone = await saturate(stand.port, 1, 30.0, POSTS, request)
    sounded = await _heard(stand, alone)
    paced = await at_rate(stand.port, POST_RATE, POSTS_AT_RATE, request)
    later = await _heard(stand, paced)
    return [
        Waits("POST → answer, one client", spread(alone.waits_ms), POSTS - len(alone.taken)),
        Waits("POST → last device, one client", spread(sounded), POSTS - len(sounded)),
        Waits(f"POST → answer, {POST_RATE:g}/s", spread(paced.waits_ms), POSTS_AT_RATE - len(paced.taken)),
        Waits(f"POST → last device, {POST_RATE:g}/s", spread(later), POSTS_AT_RATE - len(later)),
    ]


async def _heard(stand: Stand, outcome: Outcome) -> list[float]:
    """From request to the last device that must hear of it; a peer tells one device, Kentongan the whole RT."""
    commands = stand.fleet.ears.commands
    about = {id: outcome.about[id] for id in outcome.taken}
    await until(lambda: all(each in commands for each in about.values()), DRAIN_S)
    await asyncio.sleep(0.05)  # the RT's other kentongan: the same burst of messages
    return [(max(commands[each].values()) - outcome.began[id]) * 1000 for id, each in about.items() if each in commands]


def goals(found: Latency, rates: Sequence[float]) -> list[Goal]:
    """The budgets of press and answer, with nothing missing."""
    made = []
    for name in (name for name in found.rounds if name.startswith("kentongan")):
        for rate in rates:
            what = f"press → last kentongan, {rate:g}/s"
            waits, missing = _median(found, name, what)
            made.append(Goal(f"{name}: {what}, p50", waits.p50, LAST_P50_MS, at_most=True, unit="ms"))
            made.append(Goal(f"{name}: {what}, p99", waits.p99, LAST_P99_MS, at_most=True, unit="ms"))
            made.append(Goal(f"{name}: {what}, missing", missing, 0, at_most=True, unit=""))
        waits, missing = _median(found, name, f"POST → answer, {POST_RATE:g}/s")
        made.append(
            Goal(f"{name}: POST → answer, {POST_RATE:g}/s, p99", waits.p99, ANSWER_P99_MS, at_most=True, unit="ms")
        )
    return made


def summary(found: Latency) -> list[dict[str, Any]]:
    """One entry for each subject and kind of wait: medians over the rounds, the worst of all maxima."""
    entries = []
    for name, rounds in found.rounds.items():
        for what in [waits.what for waits in rounds[0]]:
            waits, missing = _median(found, name, what)
            entries.append(
                {
                    "subject": name,
                    "what": what,
                    "count": waits.count,
                    "p50_ms": number(waits.p50),
                    "p99_ms": number(waits.p99),
                    "max_ms": number(waits.max),
                    "missing": missing,
                }
            )
    return entries


def _median(found: Latency, name: str, what: str) -> tuple[Spread, int]:
    rounds = [waits for one in found.rounds[name] for waits in one if waits.what == what]
    return median_spread([waits.spread for waits in rounds]), sum(waits.missing for waits in rounds)
