"""Take rows that describe the city: each is created, changes what is known, changes nothing, or is refused with a sentence.

A row's key names the thing; what a row does not say of a known thing stays. Whatever the order of the file, what stands
higher in the tree is taken first. A file taken twice changes nothing the second time.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kentongan_server.domain.errors import KentonganError
from kentongan_server.domain.events import Noted
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.governing.import_books import Adjacencies, Book, Cameras, Job, Kentongan, Regions, Sites


class What(StrEnum):
    """The sorts of file."""

    REGIONS = "regions"
    ADJACENCY = "adjacency"
    SITES = "sites"
    KENTONGAN = "kentongan"
    CAMERAS = "cameras"


class Verdict(StrEnum):
    """What became of a row."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Row:
    """One row with its number in the file, and what it says; or why it cannot be read."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the row, and for a refused one the sentence that says why."""

    row: int
    key: str
    verdict: Verdict
    detail: str | None = None


_BOOKS: dict[What, type[Book]] = {
    What.REGIONS: Regions,
    What.ADJACENCY: Adjacencies,
    What.SITES: Sites,
    What.KENTONGAN: Kentongan,
    What.CAMERAS: Cameras,
}


def key_of(what: What, row: Row) -> str:
    """What names the thing that the row speaks of."""
    return _BOOKS[what].key(row.values)


def in_order(what: What, rows: Sequence[Row]) -> list[Row]:
    """The rows by key, so that a region comes before those in it; rows of one key stay in the file's order."""
    return sorted(rows, key=lambda row: key_of(what, row))


def take_rows(
    uow: UnitOfWork, what: What, rows: Sequence[Row], by: str | None, *, keep: bool = True, or_nothing: bool = False
) -> list[Outcome]:
    """Judge the rows, which stand in order, and `keep` what is not refused; with `or_nothing` only when none is."""
    book = _BOOKS[what](Job(uow, [row.values for row in rows], by))
    outcomes, taken = [], {}
    for row in rows:
        key = book.key(row.values)
        if row.fault is not None:
            outcomes.append(Outcome(row.number, key, Verdict.REFUSED, row.fault))
            continue
        try:
            before, after = book.judge(row.values, again=key in taken)
        except KentonganError as refusal:
            outcomes.append(Outcome(row.number, key, Verdict.REFUSED, str(refusal)))
            continue
        verdict = Verdict.CREATED if before is None else Verdict.UNCHANGED if before == after else Verdict.CHANGED
        taken[key] = after
        outcomes.append(Outcome(row.number, key, verdict))
    verdicts = Counter(outcome.verdict for outcome in outcomes)
    changes = {outcome.key for outcome in outcomes if outcome.verdict in (Verdict.CREATED, Verdict.CHANGED)}
    if keep and changes and not (or_nothing and verdicts[Verdict.REFUSED]):
        book.put([after for key, after in taken.items() if key in changes])
        facts = {"what": what, "created": verdicts[Verdict.CREATED], "changed": verdicts[Verdict.CHANGED]}
        uow.happened(Noted(actor=by, what="places_imported", data=facts))
    return outcomes
