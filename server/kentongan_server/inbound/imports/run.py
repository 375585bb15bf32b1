"""Take a whole file: good rows in transactions of a sane size, or all of them in one, or none to see what would be."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from kentongan_server.ports.unit_of_work import Transactions
from kentongan_server.use_cases.governing.import_rows import Outcome, Row, Verdict, What, in_order, key_of, take_rows

TOGETHER = 500


@dataclass(frozen=True, slots=True)
class Report:
    """What became of every row, by row. `kept`: what was not refused is in the database now."""

    what: What
    kept: bool
    outcomes: list[Outcome]
    ignored_columns: list[str]

    def count(self, verdict: Verdict) -> int:
        """How many rows have this verdict."""
        return Counter(outcome.verdict for outcome in self.outcomes)[verdict]


async def take_file(
    transactions: Transactions,
    what: What,
    rows: Sequence[Row],
    ignored_columns: list[str],
    by: str | None,
    *,
    dry_run: bool,
    all_or_nothing: bool,
    progress: Callable[[int], None] = lambda _: None,
) -> Report:
    """Take the rows, telling `progress` how many are done."""
    ordered = in_order(what, rows)
    outcomes: list[Outcome] = []
    if dry_run:
        outcomes = await transactions.read(lambda uow: take_rows(uow, what, ordered, by, keep=False))
    elif all_or_nothing:
        outcomes = await transactions.run(lambda uow: take_rows(uow, what, ordered, by, or_nothing=True))
    else:
        for some in _portions(what, ordered):
            outcomes += await transactions.run(partial(take_rows, what=what, rows=some, by=by))
            progress(len(outcomes))
    progress(len(outcomes))
    outcomes.sort(key=lambda outcome: outcome.row)
    refused = any(outcome.verdict is Verdict.REFUSED for outcome in outcomes)
    return Report(what, not dry_run and not (all_or_nothing and refused), outcomes, ignored_columns)


def _portions(what: What, ordered: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Rows of one key stay together, so that one contradicting another is seen."""
    start = 0
    while start < len(ordered):
        end = min(start + TOGETHER, len(ordered))
        while end < len(ordered) and key_of(what, ordered[end]) == key_of(what, ordered[end - 1]):
            end += 1
        yield ordered[start:end]
        start = end
