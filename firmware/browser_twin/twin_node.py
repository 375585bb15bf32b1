"""The kentongan in the page: the node's own files on MicroPython's WebAssembly build, with a board of sound and light.

What the page does to it (`do`) are the verbs of every virtual node, and three of its own: `network` takes the cable out,
`flood` plays a hostile broker, `memory` reads the meter of this 32-bit machine.
"""

import asyncio
import binascii
import gc
import json
import sys

import browser_stream
import twin_bridge

sys.modules["kentongan_node.tcp_stream"] = browser_stream

from kentongan_contract import topics  # noqa: E402 - after its stream is in place
from kentongan_node.provisioning import Settings  # noqa: E402
from simulator.board_twin import TwinBoard  # noqa: E402
from simulator.virtual_node import VerbError, VirtualNode  # noqa: E402

FOLDER = "/state"
MOST_PACKETS = 10_000
_AT_ONCE = 20


class BrowserBoard(TwinBoard):
    """Strikes are heard and the lamp is seen."""

    def siren(self, on: bool) -> None:
        TwinBoard.siren(self, on)
        twin_bridge.siren(on)

    def light(self, colour: "str | None") -> None:
        if colour != self.lamp:
            twin_bridge.light(colour)
        TwinBoard.light(self, colour)

    def random(self, size: int) -> bytes:
        return binascii.unhexlify(twin_bridge.random(size))

    def wall_seconds(self) -> int:
        return int(twin_bridge.seconds())


def _tell(event: str, **fields) -> None:
    fields["event"] = event
    twin_bridge.tell(json.dumps(fields))


class Twin:
    """One node of this page."""

    def __init__(self, settings: dict):
        self._settings = Settings(settings)
        self._node = VirtualNode(self._settings, FOLDER, _tell, True, None, BrowserBoard)
        self._flooded = 0

    def do(self, request: str) -> str:
        """One request as JSON; the answer as JSON, with `error` for what cannot be done."""
        try:
            return json.dumps(self._do(json.loads(request)))
        except ValueError as error:
            return json.dumps({"error": str(error)})

    def _do(self, request: dict) -> dict:
        verb = request.get("do")
        if verb == "memory":
            gc.collect()
            return {"used": gc.mem_alloc(), "flooded": self._flooded}
        if verb == "flood":
            count = request.get("count")
            if type(count) is not int or not 0 < count <= MOST_PACKETS:
                raise VerbError("count must be 1 to " + str(MOST_PACKETS))
            if browser_stream.BrowserStream.live is None or not self._node.is_connected():
                raise VerbError("there is no connection to flood: plug the network in first")
            asyncio.create_task(self._flood(count))
            return {}
        return self._node.do(request)

    async def _flood(self, count: int) -> None:
        """What only a broken or taken broker would send: everything but a message of ours."""
        for number in range(count):
            stream = browser_stream.BrowserStream.live
            if not stream.ended:
                stream.inject(_bad_packet(self._settings.node, number))
                self._flooded += 1
            if number % _AT_ONCE == _AT_ONCE - 1:
                await asyncio.sleep_ms(1)
        _tell("flooded", count=count)


def _bad_packet(node: str, number: int) -> bytes:
    """A PUBLISH of no use: noise, a seal that does not fit, half a JSON, a topic that is not ours."""
    noise = binascii.unhexlify(twin_bridge.random(48))
    payload = (
        noise,
        binascii.hexlify(noise[:32]) + b' {"id": "x", "action": "sound", "beats": [200, 200]}',
        b'{"id": "1", "action": "silence"}',
        b"",
        b"0" * 64 + b" " + noise * 20,
    )[number % 5]
    topic = topics.down(node, topics.DOWN_KINDS[number % len(topics.DOWN_KINDS)])
    if number % 7 == 6:
        topic = topics.ROOT + "/somebody/down/command"
    body = len(topic).to_bytes(2, "big") + topic.encode() + payload
    length = len(body)
    head = bytes([0x30 | number % 2])  # every second one claims to be retained
    while True:
        digit, length = length % 128, length // 128
        head += bytes([digit | 128 if length else digit])
        if not length:
            return head + body


def start(settings: str):
    """Plug it in; gives the twin, whose `do` takes the page's requests."""
    twin = Twin(json.loads(settings))
    twin.do('{"do": "plug"}')
    return twin
