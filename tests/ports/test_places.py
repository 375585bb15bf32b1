"""What every Places keeps."""

from dataclasses import replace
from datetime import date

from tests.ports.samples import NONCE, RT1, RT2, a_node, a_region, at

from kentongan_server.domain.outline import Outline
from kentongan_server.domain.place import NodeRole, Notice, Presence
from kentongan_server.domain.region_code import Level
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork

HEARD = a_node(
    presence=Presence.ONLINE,
    siren="sounding",
    boot=3,
    session=2,
    seq=9,
    nonce=NONCE,
    report="ktg-1.3.1",
    stage="stored",
)


async def test_regions_are_kept_and_changed(store: Transactions) -> None:
    renamed = a_region(RT2, name="RT 02 yang baru", latitude=-7.0, longitude=110.5)
    await store.run(lambda uow: uow.places.put_region(renamed))
    assert await store.read(lambda uow: uow.places.region(RT2)) == renamed
    assert await store.read(lambda uow: uow.places.region("33.74.99")) is None
    assert [r.code for r in await store.read(lambda uow: uow.places.regions(None))] == [RT1, RT2]
    assert await store.read(lambda uow: uow.places.regions([RT2, "33.74.99"])) == [renamed]
    assert await store.read(lambda uow: uow.places.regions([])) == []


async def test_nodes_are_found_by_name_and_by_region(store: Transactions) -> None:
    assert await store.read(lambda uow: uow.places.node("ktg-1")) == a_node()
    assert await store.read(lambda uow: uow.places.node("ktg-0")) is None
    names = await store.read(lambda uow: [node.id for node in uow.places.nodes_of(None)])
    assert names == ["ktg-1", "ktg-2", "ktg-9"]
    assert await store.read(lambda uow: [n.id for n in uow.places.nodes_of([RT2])]) == ["ktg-9"]
    assert await store.read(lambda uow: uow.places.nodes_of([])) == []
    found = await store.read(lambda uow: uow.places.stationed_in([RT1, RT2]))
    assert found == [(node, RT2 if node == "ktg-9" else RT1, None) for node in sorted(names)]
    assert await store.read(lambda uow: uow.places.stationed_in([RT2])) == [("ktg-9", RT2, None)]


async def test_a_known_node_that_is_put_again_keeps_what_was_heard_of_it(store: Transactions) -> None:
    await store.run(lambda uow: uow.places.heard(HEARD, at(1)))
    await store.run(lambda uow: uow.places.take_counters(["ktg-1"]))
    await store.run(lambda uow: uow.places.put_node(a_node(region=RT2, role=NodeRole.GATEWAY)))
    kept = await store.read(lambda uow: uow.places.node("ktg-1"))
    assert kept == replace(HEARD, region=RT2, role=NodeRole.GATEWAY)
    assert await store.run(lambda uow: uow.places.take_counters(["ktg-1"])) == {"ktg-1": 2}


async def test_what_a_node_says_does_not_move_it(store: Transactions) -> None:
    await store.run(lambda uow: uow.places.heard(replace(HEARD, region="", role=NodeRole.GATEWAY), at(1)))
    assert await store.read(lambda uow: uow.places.node("ktg-1")) == HEARD


async def test_counters_rise_for_each_node_alone(store: Transactions) -> None:
    def take(*nodes: str):
        return store.run(lambda uow: uow.places.take_counters(nodes))

    assert await take("ktg-1", "ktg-2") == {"ktg-1": 1, "ktg-2": 1}
    assert await take("ktg-1") == {"ktg-1": 2}
    assert await take("ktg-2", "ktg-1") == {"ktg-1": 3, "ktg-2": 2}
    assert await take("nobody") == {}
    assert await take() == {}


async def test_counters_are_raised_by_a_step_or_to_the_least(store: Transactions) -> None:
    await store.run(lambda uow: [uow.places.take_counters(["ktg-1"]) for _ in range(3)])
    assert await store.run(lambda uow: uow.places.raise_counters(100, 102)) == 3
    assert await store.run(lambda uow: uow.places.take_counters(["ktg-1", "ktg-2"])) == {"ktg-1": 104, "ktg-2": 103}
    assert await store.run(lambda uow: uow.places.raise_counters(1, 2**52)) == 3
    assert await store.run(lambda uow: uow.places.take_counters(["ktg-2"])) == {"ktg-2": 2**52 + 1}


async def test_counters_of_a_failed_job_are_not_spent(store: Transactions) -> None:
    def fail(uow: UnitOfWork) -> None:
        uow.places.take_counters(["ktg-1"])
        raise LookupError("no")

    try:
        await store.run(fail)
    except LookupError:
        pass
    assert await store.run(lambda uow: uow.places.take_counters(["ktg-1"])) == {"ktg-1": 1}


async def test_only_online_nodes_can_fall_silent(store: Transactions) -> None:
    def hear(uow: UnitOfWork) -> None:
        uow.places.heard(HEARD, at(0))
        uow.places.heard(replace(HEARD, id="ktg-2"), at(10))
        uow.places.heard(replace(HEARD, id="ktg-9", presence=Presence.OFFLINE), at(0))

    await store.run(hear)

    async def silent(seconds: float) -> list[str]:
        return [node.id for node in await store.read(lambda uow: uow.places.silent_since(at(seconds)))]

    assert await silent(0) == []
    assert await silent(0.001) == ["ktg-1"]
    assert sorted(await silent(10.001)) == ["ktg-1", "ktg-2"]
    await store.run(lambda uow: uow.places.set_presence("ktg-1", Presence.OFFLINE))
    assert await silent(10.001) == ["ktg-2"]
    assert await store.read(lambda uow: uow.places.node("ktg-1")) == replace(HEARD, presence=Presence.OFFLINE)


LINE = ("33.74", "33.74.01", "33.74.01.1001", "33.74.01.1001/RW01", RT1)
BESIDE = ("33.74.01.1001/RW02", "33.74.02", "33.74.02.1001", "33.74.01.1001/RW01/RT10")


async def plant(store: Transactions) -> None:
    await store.run(lambda uow: uow.places.put_regions([a_region(code) for code in (*LINE, *BESIDE)]))


async def test_a_scope_is_a_region_with_everything_below_it(store: Transactions) -> None:
    await plant(store)

    async def within(scopes: list[str] | None, level: Level | None = None) -> list[str]:
        return [r.code for r in await store.read(lambda uow: uow.places.regions_within(scopes, level))]

    assert await within(None) == sorted({*LINE, *BESIDE, RT2})
    assert await within(None, Level.RT) == [RT1, RT2, "33.74.01.1001/RW01/RT10"]
    assert await within(None, Level.RW) == ["33.74.01.1001/RW01", "33.74.01.1001/RW02"]
    assert await within(None, Level.KELURAHAN) == ["33.74.01.1001", "33.74.02.1001"]
    assert await within(None, Level.KECAMATAN) == ["33.74.01", "33.74.02"]
    assert await within(None, Level.KOTA) == ["33.74"]
    assert await within(["33.74.02"]) == ["33.74.02", "33.74.02.1001"]
    assert await within(["33.74.02", "33.74.01.1001/RW01"], Level.RT) == [RT1, RT2, "33.74.01.1001/RW01/RT10"]
    assert await within(["33.74.01.1001/RW01/RT1"]) == []
    assert await within(["33.74.01.1001/RW0"]) == []
    assert await within(["%"]) == await within(["_"]) == await within([""]) == await within([]) == []
    found = await store.read(lambda uow: [n.id for n in uow.places.nodes_within(["33.74.01"])])
    assert found == ["ktg-1", "ktg-2", "ktg-9"]
    assert [n.id for n in await store.read(lambda uow: uow.places.nodes_within([RT2]))] == ["ktg-9"]


async def test_a_long_list_is_read_page_by_page(store: Transactions) -> None:
    await plant(store)
    pages, after = [], None
    while page := await store.read(lambda uow, a=after: uow.places.regions_within(["33.74"], after=a, limit=4)):
        pages.append([region.code for region in page])
        after = page[-1].code
    assert [len(page) for page in pages] == [4, 4, 2]
    assert [code for page in pages for code in page] == sorted({*LINE, *BESIDE, RT2})


async def test_an_ended_region_stays_and_its_successors_are_found(store: Transactions) -> None:
    first, second, last = (f"33.74.01.1001/RW01/RT0{number}" for number in (7, 8, 9))
    day = date(2026, 1, 1)

    def split(uow: UnitOfWork) -> None:
        uow.places.put_regions([a_region(first, valid_until=day), a_region(second, valid_from=day), a_region(last)])
        uow.places.put_region(a_region(RT1, valid_until=day, households=80))
        uow.places.put_successors(RT1, [first, RT2])
        uow.places.put_successors(RT1, [second])
        uow.places.put_successors(first, [last, RT2])

    await store.run(split)
    assert await store.read(lambda uow: uow.places.successors(RT1)) == [RT2, first, second]
    assert [r.code for r in await store.read(lambda uow: uow.places.current(RT1))] == [RT2, second, last]
    assert [r.code for r in await store.read(lambda uow: uow.places.current(RT2))] == [RT2]
    assert await store.read(lambda uow: uow.places.current("33.74.99")) == []
    assert await store.read(lambda uow: uow.places.region(RT1)) == a_region(RT1, valid_until=day, households=80)
    valid = [r.code for r in await store.read(lambda uow: uow.places.regions_within(None))]
    every = [r.code for r in await store.read(lambda uow: uow.places.regions_within(None, ended=True))]
    assert set(every) - set(valid) == {RT1, first}


async def test_a_node_hangs_at_a_site_and_its_word_does_not_move_it(store: Transactions) -> None:
    await store.run(lambda uow: uow.places.put_nodes([a_node(site="pos-1"), a_node("ktg-3", site="pos-1")]))
    await store.run(lambda uow: uow.places.heard(HEARD, at(1)))
    found = await store.read(lambda uow: uow.places.nodes_named(["ktg-3", "ktg-1", "nobody"]))
    assert found == [replace(HEARD, site="pos-1"), a_node("ktg-3", site="pos-1")]
    assert len(await store.read(lambda uow: uow.places.nodes_named(None))) == 4


async def test_a_nodes_troubles_are_kept_with_its_word(store: Transactions) -> None:
    troubled = replace(HEARD, troubles=("tamper_open", "siren_cut"))
    await store.run(lambda uow: uow.places.heard(troubled, at(1)))
    assert (await store.read(lambda uow: uow.places.node("ktg-1"))) == troubled
    await store.run(lambda uow: uow.places.heard(HEARD, at(2)))
    assert (await store.read(lambda uow: uow.places.node("ktg-1"))) == HEARD


async def test_a_notice_is_taken_once(store: Transactions) -> None:
    notice = Notice("ktg-1.7.1", "ktg-1", "cancel", "ktg-1.7.0")
    assert await store.run(lambda uow: uow.places.take_notice(notice, at(1)))
    assert not await store.run(lambda uow: uow.places.take_notice(notice, at(2)))
    assert await store.run(lambda uow: uow.places.take_notice(replace(notice, id="ktg-1.7.2", of=None), at(2)))


async def test_outlines_are_kept_changed_found_and_forgotten(store: Transactions) -> None:
    square = ((110.40, -6.99), (110.42, -6.99), (110.42, -6.97), (110.40, -6.97))
    hole = ((110.405, -6.985), (110.406, -6.985), (110.406, -6.984))
    first, other = Outline(RT1, ((square, hole),)), Outline(RT1, ((square,), (hole,)))
    await store.run(lambda uow: uow.places.put_outlines([first]))
    assert await store.read(lambda uow: uow.places.outlines([RT1, RT2])) == [first]
    assert await store.read(lambda uow: uow.places.outlined([RT1, RT2])) == {RT1}
    assert await store.read(lambda uow: uow.places.outlines([])) == []
    assert await store.read(lambda uow: uow.places.outlines_at(-6.98, 110.41)) == [first]
    for latitude, longitude in ((-6.98, 110.43), (-6.96, 110.41), (-6.98, 110.39), (-7.0, 110.41)):
        assert await store.read(lambda uow, a=latitude, b=longitude: uow.places.outlines_at(a, b)) == []
    await store.run(lambda uow: uow.places.put_outlines([other]))
    assert await store.read(lambda uow: uow.places.outlines([RT1])) == [other]
    await store.run(lambda uow: uow.places.drop_outlines([RT1, RT2]))
    assert await store.read(lambda uow: uow.places.outlines([RT1])) == []


async def test_rts_around_a_position_are_those_of_today(store: Transactions) -> None:
    region = await store.read(lambda uow: uow.places.region(RT1))
    assert region is not None
    near = await store.read(lambda uow: uow.places.rts_around(region.latitude, region.longitude, 0.001))
    assert RT1 in [one.code for one in near]
    assert await store.read(lambda uow: uow.places.rts_around(region.latitude + 1, region.longitude, 0.5)) == []
    await store.run(lambda uow: uow.places.put_region(replace(region, valid_until=date(2026, 1, 1))))
    near = await store.read(lambda uow: uow.places.rts_around(region.latitude, region.longitude, 0.001))
    assert RT1 not in [one.code for one in near]
