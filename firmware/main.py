"""What the ESP32-S3 runs: settings from /settings.json, the reference board, Wi-Fi or the serial line, one node."""

import asyncio
import json
import sys

from kentongan_node.board import Board, Line
from kentongan_node.composition import uplink_for
from kentongan_node.node import Node
from kentongan_node.provisioning import SettingsError, load
from kentongan_node.wifi_link import WifiLink

SETTINGS = "/settings.json"
FOLDER = ""  # the root of the flash


def tell(event: str, **fields) -> None:
    """To the USB console; nothing secret is ever told."""
    fields["event"] = event
    print(json.dumps(fields))  # noqa: T201


async def main() -> None:
    """Run the node for ever."""
    settings = load(SETTINGS)
    board = Board(settings.utc_offset_minutes)
    radio = None
    if settings.uplink == "mqtt":
        radio = WifiLink(settings.wifi, board.random, tell)
    node = Node(settings, board, FOLDER, tell, radio)
    joining = asyncio.create_task(radio.run()) if radio else None
    try:
        await node.run(uplink_for(node, board.random, Line))
    finally:
        if joining:
            joining.cancel()


try:
    asyncio.run(main())
except SettingsError as error:
    sys.stderr.write(str(error) + "\n")  # the console's prompt stays, to put the file right
