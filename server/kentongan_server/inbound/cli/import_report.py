"""What an import says to the one who typed it: how far it is, what became of the rows, and every refusal as a sentence."""

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from kentongan_server.inbound.imports.run import Report
from kentongan_server.use_cases.governing.import_rows import Verdict

MOST_SHOWN = 20


@contextmanager
def progress_bar(what: str, rows: int) -> Iterator[Callable[[int], None]]:
    """A bar on standard error, where somebody looks at it; yields what is told how many rows are done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=rows)
        yield lambda done: bar.update(task, completed=done)


def say(report: Report, console: Console) -> None:
    """The sums, the first refusals, and whether anything was kept."""
    counts = ", ".join(f"{report.count(verdict):,} {verdict}" for verdict in Verdict)
    console.print(f"{len(report.outcomes):,} rows of {report.what}: {counts}.")
    if report.ignored_columns:
        console.print(f"Columns that are not ours were passed over: {escape(', '.join(report.ignored_columns))}.")
    refused = [outcome for outcome in report.outcomes if outcome.verdict is Verdict.REFUSED]
    for outcome in refused[:MOST_SHOWN]:
        console.print(f"  row {outcome.row} {escape(outcome.key)}: {escape(outcome.detail or '')}", soft_wrap=True)
    if len(refused) > MOST_SHOWN:
        console.print(f"  and {len(refused) - MOST_SHOWN:,} more; write them all to a file with --report.")
    if not report.kept:
        console.print("Nothing was kept.")


def write(report: Report, path: Path) -> None:
    """Every row's outcome as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["row", "key", "verdict", "detail"])
        writer.writerows([o.row, o.key, o.verdict, o.detail or ""] for o in report.outcomes)
