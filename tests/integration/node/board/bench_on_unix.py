"""A new board on the factory's bench, without matter: the console on one pty, RS-485 on another.

    micropython bench_on_unix.py FOLDER CONSOLE_PTY LINE_PTY

FOLDER/bench.json says what the tester's hands did: millivolts by pin, and `load_ma` in the siren's place. Every change of the
siren's gate is printed.
"""

import asyncio
import json
import sys
import time

import machine
from kentongan_node.analog import SIREN_MV_PER_A
from kentongan_node.bench import Bench
from kentongan_node.board import Board
from kentongan_node.claim import Claim
from kentongan_node.clock import Clock
from kentongan_node.pins import pins
from kentongan_node.settings_store import SettingsStore
from kentongan_node.settle import serve_console
from kentongan_node.settling import Settling
from kentongan_node.wifi_link import scanned_rssi
from simulator.unix_serial_port import UnixSerialPort


def told(number, level):
    if number == pins.SIREN:
        print(json.dumps([time.ticks_ms(), level]))


class WiredBoard(Board):
    """What lies at the pins is read before each look."""

    def measured(self):
        self._wire()
        return Board.measured(self)

    def siren_ma(self):
        load_ma = self._wire()
        on = machine.Pin.levels[pins.SIREN]
        machine.ADC.microvolts[pins.SIREN_SENSE] = load_ma * SIREN_MV_PER_A if on else 0
        return Board.siren_ma(self)

    def _wire(self):
        with open(sys.argv[1] + "/bench.json") as file:
            found = json.load(file)
        for number, millivolts in found["millivolts"].items():
            machine.ADC.microvolts[int(number)] = millivolts * 1000
        return found["load_ma"]


async def main(folder, pty, line_pty):
    machine.Pin.levels[pins.SILENCE_KEY] = 1
    machine.Pin.listeners.append(told)
    console = UnixSerialPort(pty)
    held = b""

    async def read_line():
        nonlocal held
        while b"\n" not in held:
            held += await console.read()
        first, held = held.split(b"\n", 1)
        return first

    bench = Bench(WiredBoard(), scanned_rssi, lambda: UnixSerialPort(line_pty))
    settling = Settling(SettingsStore(folder + "/settings.json"), Claim(folder + "/claim.json", Clock()), bench)
    print("ready")
    await serve_console(settling, read_line, console.write)


asyncio.run(main(*sys.argv[1:4]))
