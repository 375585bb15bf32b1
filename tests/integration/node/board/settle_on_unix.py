"""A new box without matter: the console on a pty, the page on a port of loopback.

    micropython settle_on_unix.py FOLDER PTY PORT

Ends once it is settled, as the board restarts.
"""

import asyncio
import sys

from kentongan_node.claim import Claim
from kentongan_node.clock import Clock
from kentongan_node.portal import Portal
from kentongan_node.settings_store import SettingsStore
from kentongan_node.settle import serve_console
from kentongan_node.settling import Settling
from simulator.unix_serial_port import UnixSerialPort


async def main(folder, pty, port):
    store = SettingsStore(folder + "/settings.json")
    claim = Claim(folder + "/claim.json", Clock())
    line = UnixSerialPort(pty)
    held = b""

    async def read_line():
        nonlocal held
        while b"\n" not in held:
            held += await line.read()
        first, held = held.split(b"\n", 1)
        return first

    portal = Portal(lambda: Settling(store, claim), port, "127.0.0.1")
    line.write(b'{"event": "safe_mode", "reason": "settings"}\n')  # the console has other things to say too
    parts = [asyncio.create_task(serve_console(Settling(store, claim), read_line, line.write))]
    parts.append(asyncio.create_task(portal.run()))
    while not any(part.done() for part in parts):
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.2)


asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
