"""The figures as tables for a person."""

import statistics
from typing import Any

from rich.console import Console
from rich.table import Table

SHARED_CORES = "Subject, broker, fleet of kentongan and load generator share the cores of this machine."
ANCHOR_ELSEWHERE = "mqtt_as is on no package index: its figures were measured once, on another day and machine."
NODE_RED_STORES_NOTHING = "Node-RED stores nothing: its answers are not durable."


def disk(kind: str, fdatasync_ms: list[float]) -> dict[str, Any]:
    """The disk as it was during the run."""
    return {
        "disk": kind,
        "fdatasync_4k_p50_ms": round(statistics.median(fdatasync_ms), 3),
        "fdatasync_4k_p50_ms_range": [round(min(fdatasync_ms), 3), round(max(fdatasync_ms), 3)],
    }


def ingress(report: dict[str, Any], console: Console) -> None:
    """Reports a second, with ratios to the peers of the same round."""
    what = "every report opens an incident" if report["fresh"] else "30 RTs, most reports join an open incident"
    table = Table(title=f"Reports taken durably ({what})", title_justify="left")
    for name in ("subject", "clients", "reports/s", "/ afternoon", "/ group", "answer p50/p99 ms"):
        table.add_column(name, justify="left" if name == "subject" else "right")
    for name in ("device p50/p99 ms", "CPU µs/report", "refused", "unheard"):
        table.add_column(name, justify="right")
    for row in report["figures"]:
        table.add_row(
            row["subject"],
            str(row["clients"]),
            _figure(row["per_second"]),
            _figure(row["against_afternoon"]),
            _figure(row["against_group"]),
            f"{_figure(row['answer_p50_ms'])} / {_figure(row['answer_p99_ms'])}",
            f"{_figure(row['device_p50_ms'])} / {_figure(row['device_p99_ms'])}",
            _figure(row["cpu_us_per_report"]),
            str(row["refused"]),
            str(row["unheard"]),
        )
    _show(report, table, console)


def latency(report: dict[str, Any], console: Console) -> None:
    """Waits, kind by kind, so that the subjects stand under each other."""
    table = Table(title="Waits", title_justify="left")
    for name in ("what", "subject", "count", "p50 ms", "p99 ms", "max ms", "missing"):
        table.add_column(name, justify="left" if name in ("what", "subject") else "right")
    order = list(dict.fromkeys(row["what"] for row in report["figures"]))
    for row in sorted(report["figures"], key=lambda row: order.index(row["what"])):
        waits = [_figure(row[name]) for name in ("p50_ms", "p99_ms", "max_ms")]
        table.add_row(row["what"], row["subject"], str(row["count"]), *waits, str(row["missing"]))
    _show(report, table, console)


def allclear(report: dict[str, Any], console: Console) -> None:
    """The city told at once, and what single RTs waited meanwhile."""
    table = Table(title="A whole city told at once, and presses in single RTs meanwhile", title_justify="left")
    for name in ("what", "kentongan", "p50 ms", "p99 ms", "last ms", "missing", "press p50/p99/max ms", "unheard"):
        table.add_column(name, justify="left" if name == "what" else "right")
    for row in report["figures"]:
        figures = [_figure(row[name]) for name in ("p50_ms", "p99_ms", "last_ms")]
        presses = " / ".join(_figure(row[f"press_{name}_ms"]) for name in ("p50", "p99", "max"))
        table.add_row(
            row["what"], str(row["nodes"]), *figures, str(row["missing"]), presses, str(row["presses_unheard"])
        )
    _show(report, table, console)


def start_up(report: dict[str, Any], console: Console) -> None:
    """The starts, the short record first."""
    table = Table(title="From the start of the process, after a power cut", title_justify="left")
    for name in (
        "incidents",
        "MB",
        "filled in s",
        "starts",
        "CPU ms",
        "ready ms",
        "first command ms",
        "worst",
        "RT's last ms",
        "/ short",
    ):
        table.add_column(name, justify="right")
    for row in report["figures"]:
        names = ("cpu_ms", "ready_ms", "first_command_ms", "worst_first_command_ms", "last_command_ms", "against_short")
        sizes = [f"{row['incidents']:,}", _figure(row["megabytes"]), _figure(row["filled_s"]), str(row["starts"])]
        table.add_row(*sizes, *(_figure(row[name]) for name in names))
    _show(report, table, console)


def node(report: dict[str, Any], console: Console) -> None:
    """Waits, outages and sizes of the node, the anchor's figures beside them where it has some."""
    waits = Table(title="Waits of the node, MicroPython's unix port", title_justify="left")
    for name in ("what", "network", "subject", "count", "p50 ms", "p99 ms", "max ms"):
        waits.add_column(name, justify="left" if name in ("what", "network", "subject") else "right")
    for row in report["figures"]["waits"]:
        figures = [_figure(row[name]) for name in ("p50_ms", "p99_ms", "max_ms")]
        waits.add_row(row["what"], row["way"], row["subject"], str(row["count"]), *figures)
    console.print(waits)
    times = Table(title="Outages", title_justify="left")
    for name in ("what", "network", "kentongan s", "mqtt_as s (measured once, elsewhere)"):
        times.add_column(name)
    for row in report["figures"]["times"]:
        times.add_row(row["what"], row["way"], _figure(row["seconds"]), _figure(row["anchor_s"]))
    console.print(times)
    sizes = Table(title="Sizes", title_justify="left")
    for name in ("what", "measured", "unit"):
        sizes.add_column(name)
    for row in report["figures"]["sizes"]:
        sizes.add_row(row["what"], _figure(row["size"]), row["unit"])
    _show(report, sizes, console)


def _show(report: dict[str, Any], table: Table, console: Console) -> None:
    console.print(table)
    goals = Table(title="Goals", title_justify="left")
    for name in ("goal", "measured", "wanted", ""):
        goals.add_column(name)
    for goal in report["goals"]:
        wanted = f"{'≤' if goal['at_most'] else '≥'} {goal['goal']:g} {goal['unit']}".rstrip()
        goals.add_row(goal["what"], _figure(goal["measured"]), wanted, "met" if goal["met"] else "NOT met")
    console.print(goals)
    for name, value in report["machine"].items():
        console.print(f"{name}: {value}", highlight=False)
    for note in report["notes"]:
        console.print(note, highlight=False)


def _figure(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
