"""`python -m simulator --fleet FLEET.json`: every node of the fleet in this one process, until a signal ends it."""

import argparse
import asyncio
import contextlib
import json
import signal
import sys
import tempfile
from pathlib import Path

from kentongan_node.provisioning import SettingsError, load_fleet

from .city import City
from .control import Control

READY_S = 5


def main() -> int:
    """Run the city; 2 when the fleet file is no good."""
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    parser.add_argument("--fleet", required=True, help="JSON: broker and nodes with their secrets")
    parser.add_argument("--control-port", type=int, default=0, help="loopback port of the control; 0 picks one")
    parser.add_argument("--state", type=Path, help="folder for journals and boot counts; by default one for this run")
    parser.add_argument("--events", action="store_true", help="print every node's events too, one JSON line each")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = options.state or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kentongan-city-")))
        try:
            asyncio.run(_run(load_fleet(options.fleet), folder, options))
        except (SettingsError, OSError) as error:
            print(error, file=sys.stderr)
            return 2
    return 0


async def _run(fleet: list, folder: Path, options: argparse.Namespace) -> None:
    ended = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, ended.set)
    city = City(fleet, folder, _say_event if options.events else _say_trouble)
    server, port = await Control(city).listen(options.control_port)
    city.plug()
    loop = asyncio.get_running_loop()
    deadline = loop.time() + READY_S
    while not city.are_connected() and loop.time() < deadline and not ended.is_set():
        await asyncio.sleep(0.02)
    _say({"ready": True, "control_port": port, "connected": city.are_connected()})
    await ended.wait()
    city.unplug()
    server.close()


def _say_event(node: str, event: str, **fields: object) -> None:
    _say({"node": node, "event": event, **fields})


def _say_trouble(node: str, event: str, **fields: object) -> None:
    if event == "trouble":
        print(json.dumps({"node": node, "event": event, **fields}), file=sys.stderr, flush=True)


def _say(line: dict[str, object]) -> None:
    print(json.dumps(line), flush=True)


sys.exit(main())
