"""boot.py and main.py as the ESP32 runs them, inside MicroPython's unix port: LittleFS in RAM at the root, fake matter.

    micropython run_board.py SETTINGS.json PRESS_AT_MS END_MS [SHORT_LIVES]

With SHORT_LIVES the chip was reset by its watchdog so often, each time within a minute of its start.

The root file system is replaced before main.py runs, so the node sees only what a flash chip would hold. At the end one
JSON line tells the pins' history, the files and what the line carried.
"""

import asyncio
import binascii
import json
import os
import sys
import time

import machine
import vfs
from flash import Flash

# everything that main.py imports, while the real file system is still there
import kentongan_node.bench
import kentongan_node.board
import kentongan_node.pins_esp32_s3
import kentongan_node.claim
import kentongan_node.composition
import kentongan_node.mqtt_uplink
import kentongan_node.pace
import kentongan_node.peer_alarm
import kentongan_node.peer_ledger
import kentongan_node.serial_link
import kentongan_node.tcp_stream
import kentongan_node.updater
import kentongan_node.health
import kentongan_node.portal
import kentongan_node.provisioning
import kentongan_node.settings_store
import kentongan_node.settle
import kentongan_node.slots
import kentongan_node.safe_mode
import kentongan_node.wifi_link
from kentongan_node.pins import pins


class Ended(BaseException):
    """The scene is over."""


history = []
machine.Pin.listeners.append(lambda number, level: history.append((time.ticks_ms(), number, level)))


async def scene(press_at, end):
    await asyncio.sleep_ms(press_at)
    machine.ADC.microvolts[pins.PANIC_LOOP] = 1_100_000
    history.append((time.ticks_ms(), pins.PANIC_LOOP, 0))
    await asyncio.sleep_ms(500)
    machine.ADC.microvolts[pins.PANIC_LOOP] = machine.ADC.AT_REST
    await asyncio.sleep_ms(end - press_at - 500)
    files = {}
    for name in os.listdir("/"):
        with open("/" + name) as file:
            files[name] = file.read()
    result = {"history": history, "files": files, "fed": machine.WDT.fed, "pins": machine.Pin.levels}
    result["line"] = binascii.hexlify(machine.UART.sent).decode()
    print(json.dumps(result))
    raise Ended


with open(sys.argv[1]) as file:
    settings = file.read()
folder = sys.argv[0].rsplit("/", 4)[0] + "/../firmware/"
with open(folder + "boot.py") as file:
    boot = file.read()
with open(folder + "main.py") as file:
    main = file.read()

vfs.umount("/")
flash = Flash(64)
vfs.VfsLfs2.mkfs(flash)
vfs.mount(vfs.VfsLfs2(flash), "/")
with open("/settings.json", "w") as file:
    file.write(settings)

for _ in range(int(sys.argv[4]) if len(sys.argv) > 4 else 0):
    machine.cause = machine.WDT_RESET
    kentongan_node.health.begin_life("", "watchdog")

exec(boot, {})
playing = asyncio.create_task(scene(int(sys.argv[2]), int(sys.argv[3])))
try:
    exec(main, {"__name__": "__main__"})
except Ended:
    pass
