"""One virtual kentongan as a process of its own, under MicroPython's unix port or CPython.

    micropython unix_main.py --fleet FLEET.json --node ID [--state FOLDER] [--serial DEVICE]

Standard input takes one JSON request a line ({"do": "press", "hold_ms": 1500}, release, silence, unplug, plug, status),
standard output gives one JSON event a line. The end of the input ends the process: a node without its master would
run for ever. MICROPYPATH must hold contract/, firmware/ and .frozen.
"""

import asyncio
import json
import os
import sys

from kentongan_node.clock import MICROPYTHON
from kentongan_node.provisioning import SettingsError, load_fleet
from simulator.unix_serial_port import UnixSerialPort
from simulator.virtual_node import VerbError, VirtualNode

RESTART = 3  # the exit code that says: start me again
USAGE = "usage: unix_main.py --fleet FLEET.json --node ID [--state FOLDER] [--serial DEVICE]"


def tell(event: str, **fields) -> None:
    """One event, one line."""
    if event == "restart":  # a board resets itself; a process ends, and its master starts `unix_boot.py` again
        sys.exit(RESTART)
    fields["event"] = event
    sys.stdout.write(json.dumps(fields) + "\n")
    if not MICROPYTHON:  # there every write goes out at once
        sys.stdout.flush()


def arguments(words: list) -> dict:
    """The options by name; SettingsError with the usage for anything else."""
    options = {"--fleet": None, "--node": None, "--state": None, "--serial": None}
    if len(words) % 2:
        raise SettingsError(USAGE)
    for at in range(0, len(words), 2):
        if words[at] not in options:
            raise SettingsError(USAGE)
        options[words[at]] = words[at + 1]
    if options["--fleet"] is None or options["--node"] is None:
        raise SettingsError(USAGE)
    return options


def state_folder(path: "str | None", node: str) -> str:
    """The folder for journal and boot count, made where it is not; by default one that dies with the machine's /tmp."""
    folder = path or "/tmp/kentongan-" + node  # noqa: S108
    made = ""
    for part in folder.split("/"):
        made += part + "/"
        try:
            os.mkdir(made)
        except OSError:
            pass  # it is there, or the first write will say why not
    return folder


async def input_lines():
    """Give back an async function that reads one line, b"" at the end."""
    if MICROPYTHON:
        return asyncio.StreamReader(sys.stdin.buffer).readline
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader.readline


def obey(node: VirtualNode, line: bytes) -> None:
    """Do one request and answer it."""
    verb = None
    try:
        request = json.loads(line)
        if type(request) is not dict:
            raise VerbError("a request is a JSON object")
        verb = request.get("do")
        tell("answer", do=verb, ok=True, **node.do(request))
    except ValueError as error:
        tell("answer", do=verb, ok=False, error=str(error))


async def main(words: list) -> None:
    """Run the node until the input ends."""
    options = arguments(words)
    found = [each for each in load_fleet(options["--fleet"], options["--serial"] is not None)
             if each.node == options["--node"]]  # fmt: skip
    if not found:
        raise SettingsError(options["--fleet"] + " has no node " + options["--node"])
    folder = state_folder(options["--state"], found[0].node)
    port = options["--serial"]
    node = VirtualNode(found[0], folder, tell, True, None if port is None else lambda: UnixSerialPort(port))
    read_line = await input_lines()
    node.plug()
    tell("ready", node=node.id, interpreter=sys.implementation.name)
    while True:
        line = await read_line()
        if not line:
            return
        if line.strip():
            obey(node, line)


if __name__ == "__main__":
    try:
        asyncio.run(main(sys.argv[1:]))
    except SettingsError as error:
        sys.stderr.write(str(error) + "\n")
        sys.exit(2)
