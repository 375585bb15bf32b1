"""The police's inbox fails in every way we could think of, and each time the same holds.

The sirens and the 112 recipient are served at once, each failed attempt says why, a human is paged after a minute, and when
the inbox is well again it holds each document once: none lost, none new.
"""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from tests.integration.authority import Authority
from tests.integration.police.centre_process import RunningCentre, running_centre
from tests.integration.police.sending import Keys
from tests.integration.police.stand import stand
from tests.unit.police.forwards import SECRET
from tests.unit.server.town import RT1_NODES
from tests.unit.server.waiting import until

from kentongan_server.domain.incident_kind import IncidentKind
from kentongan_server.ports.outbox import ItemState

pytestmark = pytest.mark.real


@dataclass(frozen=True)
class Fault:
    """A way to fail, what the record says of it, and whether the inbox had taken the document all the same."""

    mode: str
    says: str
    kept: bool
    more: dict[str, float] = field(default_factory=dict)


FAULTS = {
    "500": Fault("http_500", "answered 500", False),
    "403": Fault("refuse", "answered 403", False),
    "400": Fault("status", "answered 400", False, {"status": 400}),
    "410 gone": Fault("status", "answered 410", False, {"status": 410}),
    "429": Fault("status", "answered 429", False, {"status": 429}),
    "503": Fault("status", "answered 503", False, {"status": 503}),
    "redirect": Fault("redirect", "answered 307", False),
    "connection refused": Fault("closed", "could not be reached", False, {"seconds": 2}),
    "a stranger's certificate": Fault("stranger", "nobody we trust vouches for", False),
    "never an answer": Fault("timeout", "did not answer within 5 seconds", True),
    "a byte a second": Fault("drip", "did not answer within 5 seconds", True),
    "reset in the middle": Fault("reset", "The recipient", True),
    "no HTTP at all": Fault("noise", "could not be read", True),
    "64 MB": Fault("huge", "more than 65536 bytes", True),
}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The authority that vouches for the inbox, and the inbox's settings for TLS."""
    authority = Authority(tmp_path_factory.mktemp("authority"), "police")
    certificate, key = authority.issue("localhost")
    settings = {"KENTONGAN_CENTRE_TLS_CERT_FILE": str(certificate), "KENTONGAN_CENTRE_TLS_KEY_FILE": str(key)}
    return authority.certificate, settings


@pytest.fixture(scope="module")
def failing(
    tmp_path_factory: pytest.TempPathFactory, keys: Keys, city: tuple[Path, dict[str, str]]
) -> Iterator[RunningCentre]:
    folder = tmp_path_factory.mktemp("failing")
    with running_centre(folder, secret=SECRET.decode(), certificate=keys.certificate, more=city[1]) as running:
        yield running


@pytest.mark.parametrize("name", FAULTS)
async def test_nothing_is_lost_doubled_or_delayed(
    failing: RunningCentre, keys: Keys, city: tuple[Path, dict[str, str]], name: str
) -> None:
    fault = FAULTS[name]
    async with stand(failing, city[0], keys) as here:
        await here.ask(lambda: failing.misbehave(fault.mode, **fault.more))
        if fault.mode in ("closed", "stranger"):
            await asyncio.sleep(0.3)  # its connections end once it has answered

        incident = here.town.press("ktg-1").incident
        burning = here.town.press("ktg-2", IncidentKind.FIRE).incident
        await until(lambda: {order.node for order in here.sounder.orders} >= set(RT1_NODES), "the sirens")
        await until(lambda: here.states(burning) == {ItemState.ACCEPTED}, "the 112 recipient")
        await until(lambda: here.states(incident) == {ItemState.FAILING}, "a failed attempt on both channels")
        await until(lambda: len(here.errors(incident)) == 2, "the record says why")
        assert all(fault.says in error for error in here.errors(incident)), here.errors(incident)
        assert here.page() == 0, "nobody is woken for one failed attempt"

        await here.ask(_mend, failing)
        assert len(await here.ask(failing.messages, incident)) == (2 if fault.kept else 0)
        here.town.wait(61)
        assert here.page() == 1, "a minute without an answer wakes a human"
        await until(lambda: here.states(incident) == {ItemState.ACCEPTED}, "the documents")
        await until(lambda: here.pager.pages, "the page")

        taken = await here.ask(failing.messages, incident)
        assert sorted(message["delivery"] for message in taken) == sorted(i.id for i in here.town.forwards(incident))
        assert sorted(message["format"] for message in taken) == ["cap", "webhook"]
        assert [page[1] for page in here.pager.pages] == [incident]
        assert here.page() == 0, "once is enough"
        assert len(here.emergency.taken) == 2


async def test_answers_that_are_no_2xx_are_repeated_and_the_sooner_ones_soon(
    failing: RunningCentre, keys: Keys, city: tuple[Path, dict[str, str]]
) -> None:
    """410 says gone for ever, and is believed as little as any other: an alarm is too dear to lose by a wrong setting."""
    async with stand(failing, city[0], keys) as here:
        await here.ask(lambda: failing.misbehave("status", status=410))
        incident = here.town.press("ktg-1").incident
        for attempts, pause in enumerate((2, 5, 10, 20, 40, 60, 60), 1):
            await until(lambda n=attempts: len(here.errors(incident)) == 2 * n, "one more attempt on both channels")
            here.town.wait(pause - 0.001)
            await asyncio.sleep(0.05)
            assert len(here.errors(incident)) == 2 * attempts, "not before its time"
            here.town.wait(0.001)
        await here.ask(failing.misbehave, "none")
        here.town.wait(60)
        await until(lambda: here.states(incident) == {ItemState.ACCEPTED}, "the documents")
        assert len(await here.ask(failing.messages, incident)) == 2


async def test_any_2xx_is_a_yes(failing: RunningCentre, keys: Keys, city: tuple[Path, dict[str, str]]) -> None:
    async with stand(failing, city[0], keys) as here:
        for status in (201, 202, 204):
            await here.ask(lambda s=status: failing.misbehave("status", status=s))
            incident = here.town.press("ktg-9" if status == 204 else "ktg-1").incident
            await until(lambda i=incident: here.states(i) == {ItemState.ACCEPTED}, "the documents")
        await here.ask(failing.misbehave, "none")


async def test_a_packed_body_nobody_can_unpack_is_still_a_yes(
    failing: RunningCentre, keys: Keys, city: tuple[Path, dict[str, str]]
) -> None:
    """Nothing in the answer is used: its status, whole and to the end, is the answer."""
    async with stand(failing, city[0], keys) as here:
        await here.ask(failing.misbehave, "garbage")
        incident = here.town.press("ktg-1").incident
        await until(lambda: here.states(incident) == {ItemState.ACCEPTED}, "the documents")
        await here.ask(failing.misbehave, "none")


async def test_silent_attempts_in_every_place_hold_up_no_siren(
    failing: RunningCentre, keys: Keys, city: tuple[Path, dict[str, str]]
) -> None:
    """Every place of the police's channels hangs; the next press sounds all the same, and 112 hears of a fire."""
    async with stand(failing, city[0], keys) as here:
        await here.ask(failing.misbehave, "timeout")
        for _ in range(20):
            here.town.press("ktg-1")
            here.town.wait(601)  # past the window in which it would be the same event
        before = len(here.sounder.orders)
        await asyncio.sleep(0.2)
        here.town.press("ktg-9")
        burning = here.town.press("ktg-9", IncidentKind.FIRE).incident
        await until(lambda: any(o.node == "ktg-9" for o in here.sounder.orders[before:]), "the siren")
        await until(lambda: here.states(burning) == {ItemState.ACCEPTED}, "the 112 recipient")
        await here.ask(failing.misbehave, "none")


def _mend(centre: RunningCentre) -> None:
    """A closed door opens by itself."""
    for _ in range(200):
        with contextlib.suppress(httpx.TransportError):
            return centre.misbehave("none")
        time.sleep(0.05)
    raise AssertionError("the inbox did not come back")
