"""The command line, and the life of the program: begin, serve until told to stop, leave in order."""

import asyncio
import json
import signal
import sys
from collections.abc import Coroutine
from typing import Any

import structlog
import typer
from structlog.typing import FilteringBoundLogger

from kentongan_gateway.bootstrap import GuardPost, build
from kentongan_gateway.control import Control
from kentongan_gateway.line_writer import LineWriter
from kentongan_gateway.service_notice import ServiceNotice
from kentongan_gateway.settings import Settings, SettingsError, read_settings
from kentongan_gateway.siren import PinsError
from kentongan_gateway.spool import SpoolError

CANNOT_START = 2
BROKEN = 1
PARTING_S = 3.0
INFO = 20

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def kentongan_gateway() -> None:
    """The RT's guard post, between its serial nodes and the broker."""


@app.command()
def run(
    control: bool = typer.Option(False, "--control", help="Commands on stdin, events on stdout, as JSON lines."),
) -> None:
    """Serve until SIGTERM. The settings are KENTONGAN_GATEWAY_* in the environment."""
    log_lines, event_lines = LineWriter(sys.stderr), LineWriter(sys.stdout)
    try:
        code = asyncio.run(_serve(read_settings(), _logger(log_lines), event_lines if control else None))
    except (SettingsError, SpoolError, PinsError) as error:
        log_lines.write(f"{error}\n")
        code = CANNOT_START
    finally:
        event_lines.close(PARTING_S)
        log_lines.close(PARTING_S)
    raise typer.Exit(code)


async def _serve(settings: Settings, log: FilteringBoundLogger, events: LineWriter | None) -> int:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: _log_error(log, context))

    def tell(event: dict[str, Any]) -> None:
        if events is not None:
            events.write(json.dumps(event) + "\n")

    post = build(settings, log, tell)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if events is not None:
        Control(post.panel, post.gateway.status, tell, stop.set).start(sys.stdin)
        tell({"event": "ready", "node": settings.node})
    notice = ServiceNotice()
    try:
        return await _until(stop, log, post, notice)
    finally:
        notice.say("STOPPING=1")
        await _leave(post)
        log.info("stopped")


async def _until(stop: asyncio.Event, log: FilteringBoundLogger, post: GuardPost, notice: ServiceNotice) -> int:
    """Serve until `stop` (0) or until a part that must never end has ended (1: whoever started us starts us again)."""
    parts: dict[str, Coroutine[Any, Any, None]] = {
        "broker": post.link.run(),
        "gateway": post.gateway.run(),
        "contacts": post.contacts.watch(post.panel.button_closed, post.panel.key_closed),
        "alive": notice.stay_alive(),
    }
    tasks = [asyncio.create_task(part, name=name) for name, part in parts.items()]
    waiting = asyncio.create_task(stop.wait(), name="stop")
    post.lines.start()
    notice.say("READY=1")
    everything: list[asyncio.Task[Any]] = [waiting, *tasks]
    await asyncio.wait(everything, return_when=asyncio.FIRST_COMPLETED)
    broken = [task for task in tasks if task.done()]
    for task in broken:
        log.critical("a part has ended", part=task.get_name(), error=repr(task.exception()))
    if not broken:
        await post.gateway.leave()
    for each in everything:
        each.cancel()
    await asyncio.gather(*everything, return_exceptions=True)
    return BROKEN if broken else 0


async def _leave(post: GuardPost) -> None:
    post.player.close()
    await asyncio.to_thread(post.lines.stop)
    await asyncio.to_thread(post.writer.close, PARTING_S)
    post.panel.close()


def _logger(lines: LineWriter) -> FilteringBoundLogger:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(INFO),
        logger_factory=structlog.WriteLoggerFactory(file=lines),  # type: ignore[arg-type]  # it only writes and flushes
    )
    log: FilteringBoundLogger = structlog.get_logger()
    return log


def _log_error(log: FilteringBoundLogger, context: dict[str, Any]) -> None:
    log.error("unexpected", what=context.get("message"), error=repr(context.get("exception")))
