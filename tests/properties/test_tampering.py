"""Whatever somebody does to the record afterwards, the check finds it and names the place. KENTONGAN_TAMPERINGS=10000: the long form."""

import os
import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.fakes.clock import FakeClock
from tests.fakes.identifiers import SequenceIdentifiers
from tests.fakes.record import FakeSeal, FakeSink
from tests.fakes.unit_of_work import InMemoryTransactions

from kentongan_server.domain.events import Noted
from kentongan_server.domain.record import Link, chain, commit, content_of
from kentongan_server.use_cases.governing.verify_record import Verdict, take_checkpoint, verify_record

TAMPERINGS = int(os.environ.get("KENTONGAN_TAMPERINGS", "1000"))
ENTRIES, EVERY = 48, 8
SEAL = FakeSeal()
Tampering = Callable[[InMemoryTransactions, FakeSink, random.Random], None]


def a_record() -> tuple[InMemoryTransactions, FakeSink]:
    """Entries with a checkpoint after every eighth, which the sink has as well."""
    store, sink = InMemoryTransactions(FakeClock(), SequenceIdentifiers(), {}), FakeSink()
    for number in range(1, ENTRIES + 1):
        said = Noted(None, "33.74", f"person-{number % 5}", what=f"event_{number % 7}", data={"n": number, "t": "ü"})
        store.do(lambda uow, said=said: uow.happened(said))
        if number % EVERY == 0:
            sink.append([made] if (made := store.do(lambda uow: take_checkpoint(uow, SEAL))) else [])
    return store, sink


def verdict(store: InMemoryTransactions, sink: FakeSink) -> Verdict:
    return store.do(lambda uow: verify_record(uow, SEAL, sink.all()))


def rechain(links: list[Link]) -> list[Link]:
    """The chain made to fit again, as whoever has the database but not the key can do."""
    previous, made = "0" * 64, []
    for link in links:
        bare = replace(link, commitment=commit(link.salt, link.actor, link.facts) if link.salt else link.commitment)
        made.append(replace(bare, hash=chain(previous, content_of(bare))))
        previous = made[-1].hash
    return made


def change(store: InMemoryTransactions, _: FakeSink, chance: random.Random) -> None:
    links = store.timeline.links
    place = chance.randrange(len(links))
    field = chance.choice(["at", "event", "incident", "region", "actor", "facts", "salt", "commitment", "hash", "seq"])
    value = getattr(links[place], field)
    other = value + chance.choice([-1, 1, 1000]) if isinstance(value, int) else f"{value or ''}{chance.choice('xyz ')}"
    if field in ("salt", "commitment", "hash"):
        spot = chance.randrange(len(value))
        other = value[:spot] + ("0" if value[spot] != "0" else "1") + value[spot + 1 :]
    links[place] = replace(links[place], **{field: other})


def delete(store: InMemoryTransactions, _: FakeSink, chance: random.Random) -> None:
    links = store.timeline.links
    place = chance.randrange(len(links) - 1)
    del links[place : place + chance.randint(1, len(links) - place - 1)]


def insert(store: InMemoryTransactions, _: FakeSink, chance: random.Random) -> None:
    links = store.timeline.links
    links.insert(chance.randrange(len(links)), chance.choice(links))


def swap(store: InMemoryTransactions, _: FakeSink, chance: random.Random) -> None:
    links = store.timeline.links
    one, other = sorted(chance.sample(range(len(links)), 2))
    first, second = links[one], links[other]
    if chance.random() < 0.5:  # the numbers stay where they were
        first, second = replace(first, seq=second.seq), replace(second, seq=first.seq)
    links[one], links[other] = second, first


def cut_the_tail(store: InMemoryTransactions, _: FakeSink, chance: random.Random) -> None:
    del store.timeline.links[chance.randrange(len(store.timeline.links)) :]


def cut_the_tail_and_its_checkpoints(store: InMemoryTransactions, _: FakeSink, chance: random.Random) -> None:
    left = chance.randrange(len(store.timeline.links))
    del store.timeline.links[left:]
    store.record.signed = [checkpoint for checkpoint in store.record.signed if checkpoint.seq <= left]


def remove_a_checkpoint(store: InMemoryTransactions, sink: FakeSink, chance: random.Random) -> None:
    place = chance.randrange(len(sink.lines))
    if chance.random() < 0.5:
        del sink.lines[place]
    else:
        del store.record.signed[place]
    if chance.random() < 0.3 and len(sink.lines) == len(store.record.signed):
        del sink.lines[place], store.record.signed[place]


def forge_a_checkpoint(store: InMemoryTransactions, sink: FakeSink, chance: random.Random) -> None:
    place = chance.randrange(len(sink.lines))
    forged = replace(sink.lines[place], hash="f" * 64)
    forged = replace(forged, signature=FakeSeal("another key").sign(forged.signed()))
    sink.lines[place] = store.record.signed[place] = forged


def write_anew_without_the_key(store: InMemoryTransactions, _: FakeSink, chance: random.Random) -> None:
    links = store.timeline.links
    place = chance.randrange(len(links))
    links[place] = replace(links[place], facts='{"n":"something else"}')
    if chance.random() < 0.3 and place:
        del links[chance.randrange(place)]
    store.timeline.links = rechain(links)


def erase_without_telling(store: InMemoryTransactions, _: FakeSink, chance: random.Random) -> None:
    links = store.timeline.links
    place = chance.randrange(len(links))
    links[place] = replace(links[place], actor=None, facts="{}", salt=None)


WAYS: list[Tampering] = [
    change, delete, insert, swap, cut_the_tail, cut_the_tail_and_its_checkpoints, remove_a_checkpoint, forge_a_checkpoint,
    write_anew_without_the_key, erase_without_telling,
]  # fmt: skip


def test_what_nobody_touched_is_found_whole() -> None:
    store, sink = a_record()
    found = verdict(store, sink)
    assert (found.faults, found.entries, found.newest, found.covered) == ((), ENTRIES, ENTRIES, ENTRIES)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_every_tampering_is_found(way: Tampering) -> None:
    store, sink = a_record()
    links, signed, lines = list(store.timeline.links), list(store.record.signed), list(sink.lines)
    for seed in range(max(1, TAMPERINGS // len(WAYS))):
        store.timeline.links, store.record.signed, sink.lines = list(links), list(signed), list(lines)
        way(store, sink, random.Random(seed))  # noqa: S311
        assert verdict(store, sink).faults, f"{way.__name__}, seed {seed}"


def test_the_first_bad_entry_is_named() -> None:
    store, sink = a_record()
    store.timeline.links[11] = replace(store.timeline.links[11], facts="{}")
    store.timeline.links[30] = replace(store.timeline.links[30], region="33.74.01")
    first = verdict(store, sink).first
    assert (first.seq, first.what) == (12, "does not say what it said when it was written")
