"""What the board runs: settings from /settings.json, its pins, Wi-Fi, wire or the serial line, one node.

After a boot loop, and without settings that can be used, it runs safe mode instead: call point and siren still work.
"""

import asyncio
import json
import sys

import machine

from kentongan_node.board import Board, Line
from kentongan_node.health import begin_life
from kentongan_node.safe_mode import SafeMode

SETTINGS = "/settings.json"
FOLDER = ""  # the root of the flash


def tell(event: str, **fields) -> None:
    """To the USB console; nothing secret is ever told."""
    fields["event"] = event
    print(json.dumps(fields))  # noqa: T201


def _espnow(channel: int):
    from kentongan_node.espnow_air import EspNowAir  # only where the radio is: a Pico W has none

    return EspNowAir(channel)


async def main() -> None:
    """Run the node for ever; safe mode once, if it must be."""
    board = Board()
    if begin_life(FOLDER, board.reset_cause()):
        await SafeMode(board, tell, watched=True).run("boot loop")
        return
    # after the look at the past: what fails to be imported must not keep safe mode from being reached
    from kentongan_node.composition import peers_for, uplink_for
    from kentongan_node.node import Node
    from kentongan_node.provisioning import SettingsError, load

    try:
        settings = load(SETTINGS)
    except SettingsError as error:
        sys.stderr.write(str(error) + "\n")
        waiting = asyncio.create_task(_settle(True, _bench(board, None, None)))
        safe = SafeMode(board, tell, watched=False)  # the console's prompt is one Ctrl-C away
        await safe.run("settings", waiting.done)
        waiting.cancel()
        return
    board = Board(settings)
    radio = _radio(settings, board)
    node = Node(settings, board, FOLDER, tell, radio)
    peers = peers_for(node, FOLDER, board.random, tell, _espnow if settings.peer == "espnow" else None)
    joining = asyncio.create_task(radio.run()) if radio else None
    asyncio.create_task(_settle(False, _bench(board, radio, settings)))
    asyncio.create_task(_prove(node))
    try:
        await node.run(uplink_for(node, board.random, Line), peers)
    finally:
        if joining:
            joining.cancel()


async def _prove(node) -> None:
    """A new program on trial is kept or given up."""
    if node.updater is not None:
        from kentongan_node.updater import prove

        await prove(node, sys.path[0][1:] if sys.path[0] in ("/a", "/b") else None)


def _bench(board, radio, settings):
    """What the factory's jig may ask over the cable."""
    from kentongan_node.bench import Bench

    def signal(ssid):
        if radio is not None or settings is not None:
            return None if radio is None else radio.rssi_dbm()
        from kentongan_node.wifi_link import scanned_rssi

        return scanned_rssi(ssid) if ssid else None

    return Bench(board, signal, None if settings is not None and settings.uplink == "serial" else Line)


async def _settle(is_new: bool, bench) -> None:
    """Listen on the console for a technician; while the box is new, on its own access point too."""
    from kentongan_node.claim import Claim
    from kentongan_node.clock import Clock
    from kentongan_node.portal import Portal
    from kentongan_node.settings_store import SettingsStore
    from kentongan_node.settle import settle
    from kentongan_node.settling import Settling

    store = SettingsStore(SETTINGS)
    claim = Claim(FOLDER + "/claim.json", Clock())
    portal = Portal(lambda: Settling(store, claim)) if is_new else None
    await settle(store, claim, _access_point, portal, bench)
    if not is_new:
        machine.reset()


def _access_point(password):
    from kentongan_node.access_point import open_access_point  # only where there is a radio

    open_access_point(password)


def _radio(settings, board):
    if settings.uplink != "mqtt":
        return None
    if settings.ethernet is not None:
        from kentongan_node.wired_link import WiredLink  # absent where the chip has no MAC

        return WiredLink(settings.ethernet, tell)
    from kentongan_node.wifi_link import WifiLink

    return WifiLink(settings.wifi, board.random, tell)


try:
    asyncio.run(main())
except Exception as error:
    tell("trouble", part="main", error=type(error).__name__ + ": " + str(error))
machine.reset()  # a node never just stops: the count of short lives leads to safe mode
