"""What every RecordBook keeps: a chain that can be followed, emptied lawfully and begun anew."""

from dataclasses import replace

from tests.fakes.record import FakeSeal
from tests.ports.samples import at
from tests.ports.test_timeline import noted

from kentongan_server.domain.record import GENESIS, Head, check_links, commit
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork
from kentongan_server.use_cases.governing.verify_record import take_checkpoint


async def fill(store: Transactions, *events: str) -> None:
    for number, name in enumerate(events):
        await store.run(lambda uow, name=name, number=number: uow.timeline.append(noted(name), at(number)))


async def test_every_entry_follows_from_the_one_before(store: Transactions) -> None:
    assert await store.read(lambda uow: (uow.record.head(), uow.record.beginning())) == (None, Head(0, GENESIS))
    await fill(store, "a", "b", "c")

    def several(uow: UnitOfWork) -> None:
        uow.timeline.append(noted("d"), at(4))
        assert uow.record.head().seq == uow.timeline.last_seq()
        uow.timeline.append(noted("e"), at(4))

    await store.run(several)
    links = await store.read(lambda uow: uow.record.links(0, 100))
    assert [link.event for link in links] == ["a", "b", "c", "d", "e"]
    seen: dict[int, str] = {}
    assert list(check_links(links, Head(0, GENESIS), seen)) == []
    assert await store.read(lambda uow: uow.record.head()) == Head(links[-1].seq, links[-1].hash)
    assert links == await store.read(lambda uow: uow.record.links_of_incident("incident-1"))
    assert links[2:4] == await store.read(lambda uow: uow.record.links(links[1].seq, 2))


async def test_a_job_that_fails_leaves_no_gap(store: Transactions) -> None:
    await fill(store, "a")

    def bad(uow: UnitOfWork) -> None:
        uow.timeline.append(noted("never"), at(1))
        uow.timeline.last_seq()
        raise ValueError

    for _ in range(2):
        try:
            await store.run(bad)
        except ValueError:
            pass
    await fill(store, "b")
    links = await store.read(lambda uow: uow.record.links(0, 100))
    assert [link.seq for link in links] == [1, 2]
    assert list(check_links(links, Head(0, GENESIS), {})) == []


async def test_what_is_emptied_keeps_its_place(store: Transactions) -> None:
    await fill(store, "a", "b")
    before = await store.read(lambda uow: uow.record.links(0, 100))
    await store.run(lambda uow: uow.record.empty({before[0].seq: (None, '{"kept":1}')}))
    after = await store.read(lambda uow: uow.record.links(0, 100))
    assert after == [replace(before[0], actor=None, facts='{"kept":1}', salt=None), before[1]]
    assert commit(before[0].salt, before[0].actor, before[0].facts) == after[0].commitment
    (entry, _) = await store.read(lambda uow: uow.timeline.of_incident("incident-1"))
    assert entry.facts == {"kept": 1}


async def test_a_beginning_may_be_removed(store: Transactions) -> None:
    await fill(store, "a", "b", "c")
    links = await store.read(lambda uow: uow.record.links(0, 100))
    through = Head(links[1].seq, links[1].hash)
    await store.run(lambda uow: uow.record.prune(through))
    assert await store.read(lambda uow: uow.record.links(0, 100)) == links[2:]
    assert await store.read(lambda uow: uow.record.beginning()) == through
    await fill(store, "d")
    rest = await store.read(lambda uow: uow.record.links(0, 100))
    assert [fault.what for fault in check_links(rest, through, {})] == [
        "the beginning was removed, and no entry of the record tells of that"
    ]


async def test_checkpoints_are_kept_in_order(store: Transactions) -> None:
    seal = FakeSeal()
    assert await store.run(lambda uow: take_checkpoint(uow, seal)) is None
    await fill(store, "a", "b")
    first = await store.run(lambda uow: take_checkpoint(uow, seal))
    assert await store.run(lambda uow: take_checkpoint(uow, seal)) is None, "nothing has happened since"
    await fill(store, "c")
    second = await store.run(lambda uow: take_checkpoint(uow, seal))
    assert await store.read(lambda uow: uow.record.checkpoints()) == [first, second]
    assert await store.read(lambda uow: uow.record.last_checkpoint()) == second
    found = await store.read(lambda uow: [uow.record.checkpoint_at_or_after(seq) for seq in (1, 2, 3, 4)])
    assert found == [first, first, second, None]
    assert seal.holds(first.key, first.signed(), first.signature)
