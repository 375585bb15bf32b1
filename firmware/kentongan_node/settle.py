"""Waits to be settled: over the console always, and over an access point's page while a code waits to be shown."""

import asyncio
import sys

from .clock import MICROPYTHON
from .settling import Settling


async def settle(store, claim, open_access_point=None, portal=None, bench=None) -> None:
    """Return once there are new settings to start with; the caller restarts."""
    names = None  # its failing is no reason to stop: the page has an address that can be typed
    parts = [asyncio.create_task(serve_console(Settling(store, claim, bench), read_console(), write_console))]
    if portal is not None and claim.is_open():
        if open_access_point is not None:
            open_access_point(claim.access_point_password())
            from .captive_dns import serve  # a box that is settled has no such room

            names = asyncio.create_task(serve())
        parts.append(asyncio.create_task(portal.run()))
    try:
        while not any([part.done() for part in parts]):
            await asyncio.sleep(0.2)
    finally:
        for part in parts if names is None else parts + [names]:
            part.cancel()


async def serve_console(settling, read_line, write) -> None:
    """Answer JSON lines until one of them settled it; what is no JSON object is a person's typing and gets no answer."""
    while not settling.is_settled:
        line = await read_line()
        if not line:
            await asyncio.Event().wait()  # nobody will ever type here
        if line.strip()[:1] == b"{":
            write(await settling.answered(line))


def read_console():
    """An async function that reads one line."""
    if not MICROPYTHON:
        raise RuntimeError("only a board has a console of this kind")
    return asyncio.StreamReader(sys.stdin.buffer).readline


def write_console(data: bytes) -> None:
    """One answer to the console."""
    sys.stdout.write(data.decode())
