"""What every RosterBook keeps."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from tests.ports.samples import RT1, RT2, a_person, at

from kentongan_server.domain.roster import CheckIn, Rota, Swap
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork

NIGHT = date(2026, 3, 2)


def a_rota(name: str = "rota-1", **different: Any) -> Rota:
    plain: dict[str, Any] = {
        "region": RT1,
        "weekday": 0,
        "begins": time(22),
        "lasts": timedelta(hours=6),
        "people": ("resident-1",),
        "valid_from": NIGHT,
    }
    return Rota(name, **{**plain, **different})


@pytest.fixture
async def kept(store: Transactions) -> Transactions:
    """A store with two rotas, in which Budi has no turn yet."""

    def furnish(uow: UnitOfWork) -> None:
        uow.people.put_person(a_person("budi"), None)
        uow.roster.put_rota(a_rota("rota-2", region=RT2, people=()))
        uow.roster.put_rota(a_rota())

    await store.run(furnish)
    return store


async def test_rotas_are_found_by_region_id_and_person(kept: Transactions) -> None:
    assert await kept.read(lambda uow: uow.roster.rotas_of(RT1)) == [a_rota()]
    assert await kept.read(lambda uow: uow.roster.rota("rota-1")) == a_rota()
    assert await kept.read(lambda uow: uow.roster.rota("rota-9")) is None
    assert await kept.read(lambda uow: uow.roster.rotas_with("resident-1")) == [a_rota()]
    assert await kept.read(lambda uow: uow.roster.rotas_with("budi")) == []
    ended = a_rota(valid_until=NIGHT)
    await kept.run(lambda uow: uow.roster.put_rota(ended))
    assert await kept.read(lambda uow: uow.roster.rotas_of(RT1)) == [ended]


async def test_swaps_are_kept_and_give_turns(kept: Transactions) -> None:
    swap = Swap("s-1", "rota-1", NIGHT, "resident-1", None, at(0))
    later = Swap("s-0", "rota-1", NIGHT + timedelta(days=7), "resident-1", "budi", at(1))
    for one in (later, swap):
        await kept.run(lambda uow, one=one: uow.roster.put_swap(one))
    assert await kept.read(lambda uow: uow.roster.swaps_of(["rota-1"], NIGHT)) == [swap, later]
    assert await kept.read(lambda uow: uow.roster.swaps_of(["rota-1"], NIGHT + timedelta(days=1))) == [later]
    assert await kept.read(lambda uow: uow.roster.swaps_of([], NIGHT)) == []
    taken = replace(swap, accepted_by="budi", accepted_at=at(9))
    await kept.run(lambda uow: uow.roster.put_swap(taken))
    assert await kept.read(lambda uow: uow.roster.swap("s-1")) == taken
    assert await kept.read(lambda uow: uow.roster.swap("s-9")) is None
    assert await kept.read(lambda uow: uow.roster.rotas_with("budi")) == [a_rota()]


async def test_the_first_check_in_counts(kept: Transactions) -> None:
    first, again = (CheckIn("rota-1", NIGHT, "budi", at(seconds)) for seconds in (5, 9))
    await kept.run(lambda uow: uow.roster.put_check_in(first))
    await kept.run(lambda uow: uow.roster.put_check_in(again))
    assert await kept.read(lambda uow: uow.roster.check_ins_of(["rota-1"], NIGHT)) == [first]
    assert await kept.read(lambda uow: uow.roster.check_ins_of(["rota-1"], NIGHT + timedelta(days=1))) == []
    assert await kept.read(lambda uow: uow.roster.check_ins_of(["rota-2"], NIGHT)) == []


async def test_a_calendar_has_one_secret_at_a_time(kept: Transactions) -> None:
    for secret in ("one", "two"):
        await kept.run(lambda uow, secret=secret: uow.roster.put_calendar("budi", secret))
    assert await kept.read(lambda uow: uow.roster.calendar_of("two")) == "budi"
    assert await kept.read(lambda uow: uow.roster.calendar_of("one")) is None
    await kept.run(lambda uow: uow.roster.put_calendar("budi", None))
    assert await kept.read(lambda uow: uow.roster.calendar_of("two")) is None
