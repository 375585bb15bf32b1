"""The record can be trusted without trusting whoever keeps it: every entry is chained to the one before it.

An entry's personal part (who, and what was said) enters the chain only as a salted commitment. Erasing it lawfully takes
the part and its salt away; the commitment stays, the chain stays whole, and a later entry of the chain says which
entries were erased and what is left of them. Whoever changes, drops, adds or moves an entry breaks the chain; whoever
writes it anew from there on contradicts a checkpoint, which is signed and kept elsewhere.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

GENESIS = "0" * 64
ERASED = "personal_data_erased"
PRUNED = "record_pruned"
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))  # made once: `dumps` makes one for each of millions


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry: its number and its hash."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Link:
    """One entry as it is stored, the texts byte for byte. Without `salt` its personal part was erased."""

    seq: int
    at: int
    event: str
    incident: str | None
    region: str | None
    actor: str | None
    facts: str
    salt: str | None
    commitment: str
    hash: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a key holder saw of the record: signed, numbered, and kept outside the database as well. `at` in milliseconds."""

    number: int
    seq: int
    hash: str
    at: int
    key: str
    signature: str

    def signed(self) -> bytes:
        """The bytes under the signature."""
        return _canonical("kentongan/checkpoint/1", self.number, self.seq, self.hash, self.at, self.key)


@dataclass(frozen=True, slots=True)
class Fault:
    """The first place where the record is not what it was. `seq` is an entry's number, or where one is missing."""

    seq: int
    what: str


def _canonical(*parts: str | int | None) -> bytes:
    return _JSON.encode(parts).encode()


def commit(salt: str, actor: str | None, facts: str) -> str:
    """The commitment to an entry's personal part; without the salt nobody can guess what was in it."""
    return hashlib.sha256(_canonical(salt, actor, facts)).hexdigest()


def content(seq: int, at: int, event: str, incident: str | None, region: str | None, commitment: str) -> str:
    """The digest of what an entry says, the personal part by its commitment."""
    return hashlib.sha256(_canonical(seq, at, event, incident, region, commitment)).hexdigest()


def chain(previous: str, content_digest: str) -> str:
    """An entry's hash."""
    return hashlib.sha256(f"{previous}{content_digest}".encode()).hexdigest()


def content_of(link: Link) -> str:
    """The content digest of a stored entry."""
    return content(link.seq, link.at, link.event, link.incident, link.region, link.commitment)


def remains(actor: str | None, facts: str) -> str:
    """The digest of what an erasure left, for the entry that tells of the erasure."""
    return hashlib.sha256(_canonical(actor, facts)).hexdigest()


def check_links(links: Iterable[Link], start: Head, seen: dict[int, str]) -> Iterator[Fault]:
    """Every fault of the chain from `start` on. `seen` collects each entry's hash."""
    previous = start
    erased: dict[int, str] = {}
    told: dict[int, str] = {}
    begun = start.seq == 0
    for link in links:
        yield from _check(link, previous)
        if link.salt is None:
            erased[link.seq] = remains(link.actor, link.facts)
        elif link.event == ERASED:
            told.update(_entries(link.facts))
        elif link.event == PRUNED and link.facts == pruned_facts(start):
            begun = True
        seen[link.seq] = link.hash
        previous = Head(link.seq, link.hash)
    if not begun:
        yield Fault(start.seq, "the beginning was removed, and no entry of the record tells of that")
    for seq, digest in erased.items():
        if told.get(seq) != digest:
            yield Fault(seq, "was emptied, and no entry of the record tells of that erasure")


def _check(link: Link, previous: Head) -> Iterator[Fault]:
    if link.seq <= previous.seq:
        yield Fault(link.seq, "stands out of order")
    if chain(previous.hash, content_of(link)) != link.hash:
        yield Fault(link.seq, "does not follow from the entry before it")
    if link.salt is not None and commit(link.salt, link.actor, link.facts) != link.commitment:
        yield Fault(link.seq, "does not say what it said when it was written")


def _entries(facts: str) -> dict[int, str]:
    """What an entry about an erasure names; nothing when it is none of ours."""
    try:
        return {int(seq): str(digest) for seq, digest in json.loads(facts)["entries"].items()}
    except (KeyError, TypeError, ValueError, AttributeError):
        return {}


def pruned_facts(through: Head) -> str:
    """What the entry about a removed beginning holds, as it is stored."""
    return json.dumps({"through": through.seq, "hash": through.hash}, separators=(",", ":"))


def check_checkpoints(here: list[Checkpoint], elsewhere: list[Checkpoint]) -> Iterator[Fault]:
    """Every fault between the checkpoints in the database and those kept outside."""
    kept, outside = {c.number: c for c in here}, {c.number: c for c in elsewhere}
    for number in range(1, max([0, *kept, *outside]) + 1):
        one, other = kept.get(number), outside.get(number)
        found = one or other
        if found is None:
            yield Fault(0, f"checkpoint {number} is nowhere")
        elif one != other:
            where = "in the database" if one is None else "in the file" if other is None else "in one of both as signed"
            yield Fault(found.seq, f"checkpoint {number} is not {where}")
