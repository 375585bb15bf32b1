"""What the ESP32-S3 runs: settings from /settings.json, the reference board, Wi-Fi or the serial line, one node."""

import asyncio
import json
import sys

from kentongan_node.board import Board, Line
from kentongan_node.composition import peers_for, uplink_for
from kentongan_node.node import Node
from kentongan_node.provisioning import SettingsError, load
from kentongan_node.wifi_link import WifiLink

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
    """Run the node for ever."""
    settings = load(SETTINGS)
    board = Board(settings.utc_offset_minutes)
    radio = None
    if settings.uplink == "mqtt":
        radio = WifiLink(settings.wifi, board.random, tell)
    node = Node(settings, board, FOLDER, tell, radio)
    peers = peers_for(node, FOLDER, board.random, tell, _espnow if settings.peer == "espnow" else None)
    joining = asyncio.create_task(radio.run()) if radio else None
    try:
        await node.run(uplink_for(node, board.random, Line), peers)
    finally:
        if joining:
            joining.cancel()


try:
    asyncio.run(main())
except SettingsError as error:
    sys.stderr.write(str(error) + "\n")  # the console's prompt stays, to put the file right
