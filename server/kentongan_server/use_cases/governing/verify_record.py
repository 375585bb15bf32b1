"""Checkpoints of the record, and the check that nobody has touched it: entry by entry, checkpoint by checkpoint."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from kentongan_server.domain.errors import ConflictError, UnknownError
from kentongan_server.domain.people import Person
from kentongan_server.domain.record import (
    Checkpoint,
    Fault,
    Link,
    chain,
    check_checkpoints,
    check_links,
    commit,
    content,
    content_of,
)
from kentongan_server.ports.record import CheckpointSeal
from kentongan_server.ports.unit_of_work import UnitOfWork

PAGE = 5000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check found. `covered` is the newest entry that a checkpoint vouches for; what follows it is only chained."""

    entries: int
    checkpoints: int
    newest: int
    covered: int
    faults: tuple[Fault, ...]

    @property
    def first(self) -> Fault | None:
        """The first bad entry."""
        return min(self.faults, key=lambda fault: fault.seq, default=None)


def take_checkpoint(uow: UnitOfWork, seal: CheckpointSeal) -> Checkpoint | None:
    """Sign what the record is now; None when nothing has happened since the last one."""
    head, last = uow.record.head(), uow.record.last_checkpoint()
    if head is None or (last is not None and last.seq >= head.seq):
        return None
    at = (uow.now() - EPOCH) // timedelta(milliseconds=1)
    bare = Checkpoint((last.number if last else 0) + 1, head.seq, head.hash, at, seal.key, "")
    made = Checkpoint(bare.number, bare.seq, bare.hash, bare.at, bare.key, seal.sign(bare.signed()))
    uow.record.add_checkpoint(made)
    return made


def verify_record(uow: UnitOfWork, seal: CheckpointSeal, elsewhere: list[Checkpoint]) -> Verdict:
    """Check every entry, every checkpoint, and that the checkpoints kept elsewhere are the ones kept here."""
    start = uow.record.beginning()
    seen: dict[int, str] = {start.seq: start.hash}
    faults = list(check_links(_links(uow, start.seq), start, seen))
    here = uow.record.checkpoints()
    faults += check_checkpoints(here, elsewhere)
    newest = max(seen)
    for checkpoint in {c.number: c for c in (*here, *elsewhere)}.values():
        number, seq = checkpoint.number, checkpoint.seq
        if not seal.holds(checkpoint.key, checkpoint.signed(), checkpoint.signature):
            faults.append(Fault(seq, f"checkpoint {number} was not signed by our key"))
        elif seq > newest:
            faults.append(Fault(newest + 1, f"the end is missing: checkpoint {number} has seen entry {seq}"))
        elif seq >= start.seq and seen.get(seq) != checkpoint.hash:
            faults.append(Fault(seq, f"checkpoint {number} has seen another entry here"))
    if start.seq and not any(checkpoint.seq == start.seq for checkpoint in here):
        faults.append(Fault(start.seq, "the beginning was removed, and no checkpoint vouches for that place"))
    covered = max((checkpoint.seq for checkpoint in here), default=0)
    return Verdict(len(seen) - 1, len(here), newest, covered, tuple(faults))


def _links(uow: UnitOfWork, after: int) -> Iterator[Link]:
    while page := uow.record.links(after, PAGE):
        yield from page
        after = page[-1].seq


def receipt_of(uow: UnitOfWork, report_id: str, person: Person) -> dict[str, Any]:
    """What a reporter needs to see later, without us, that the report is still in the record as it was taken.

    The entries that follow it up to the checkpoint are given as digests, which tell nothing of what they say.
    """
    report = uow.incidents.report(report_id)
    if report is None or report.reporter != person.id:
        raise UnknownError("You have sent no such report.")
    taken = [e for e in uow.timeline.of_incident(report.incident) if e.event == "report_taken"]
    seqs = [entry.seq for entry in taken if entry.facts.get("report") == report_id]
    mine = [link for link in uow.record.links_of_incident(report.incident) if link.seq in seqs]
    if not mine:
        raise UnknownError("The record no longer holds this report.")
    link = mine[0]
    checkpoint = uow.record.checkpoint_at_or_after(link.seq)
    if checkpoint is None:
        raise ConflictError("The report is kept, but not yet under a signed checkpoint. Ask again in a minute.")
    before = uow.record.links(link.seq - 2, 1) if link.seq > 1 else []
    previous = before[0].hash if before and before[0].seq < link.seq else uow.record.beginning().hash
    following = [content_of(one) for one in _links(uow, link.seq) if one.seq <= checkpoint.seq]
    entry = {name: getattr(link, name) for name in Link.__dataclass_fields__}
    signed = {name: getattr(checkpoint, name) for name in Checkpoint.__dataclass_fields__}
    return {"entry": entry, "previous": previous, "following": following, "checkpoint": signed}


def check_receipt(receipt: dict[str, Any], seal: CheckpointSeal) -> Fault | None:
    """None when the receipt's entry is the one that the signed checkpoint has seen; else what is wrong."""
    try:
        entry, checkpoint = Link(**receipt["entry"]), Checkpoint(**receipt["checkpoint"])
        previous, following = str(receipt["previous"]), [str(digest) for digest in receipt["following"]]
    except (KeyError, TypeError):
        return Fault(0, "this is no receipt of the record")
    if entry.salt is not None and commit(entry.salt, entry.actor, entry.facts) != entry.commitment:
        return Fault(entry.seq, "the receipt does not say what was recorded")
    own = content(entry.seq, entry.at, entry.event, entry.incident, entry.region, entry.commitment)
    found = chain(previous, own)
    for digest in following:
        found = chain(found, digest)
    if found != checkpoint.hash:
        return Fault(entry.seq, "the entry is not part of what the checkpoint has seen")
    if not seal.holds(checkpoint.key, checkpoint.signed(), checkpoint.signature):
        return Fault(checkpoint.seq, "the checkpoint was not signed by a known key")
    return None
