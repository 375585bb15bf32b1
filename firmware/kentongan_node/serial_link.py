"""The way up over a serial line to the gateway: the same sealed messages in frames, and the same shape as an uplink.

The line has no handshake: it is up while the port is open. Our frame counter starts above that of every earlier boot,
so the gateway can refuse recorded frames; the gateway's counter must rise within one opening of ours. What the frames
carry is sealed by itself, so a frame replayed after our reboot still moves nothing.
"""

import asyncio

from kentongan_contract import frames, seal
from kentongan_contract.errors import FrameError

from .clock import sleep_ms

_COUNTS_PER_BOOT = 1 << 24
_REOPEN_MS = 500


class SerialLink:
    """`open_port()` gives an object with `async read() -> bytes` (b"" when the port is gone), `write`
    (whole or OSError, never waiting) and `close`."""

    def __init__(self, settings, boot: int, listener, open_port):
        self._node = settings.node
        self._key = seal.Key(settings.link_secret())
        self._listener = listener
        self._open_port = open_port
        self._port = None
        self._counter = boot * _COUNTS_PER_BOOT
        self._heard = -1
        self._torn = True  # what the line carried before us has no end: our first frame begins with one
        self.damaged = 0  # frames refused
        self.connected = False

    async def run(self) -> None:
        """Serve for ever; a port that vanishes is opened again."""
        while True:
            reason = "the port is gone"
            try:
                port = self._open_port()
                self._port = port
                self._heard = -1
                self._torn = True
                self.connected = True
                self._listener.up()
                await self._read(port)
            except Exception as error:
                reason = type(error).__name__ + ": " + str(error)
            finally:
                stood = self.connected
                self._close()
            if stood:
                self._listener.down(reason)
            else:
                self._listener.unreachable(reason)
            await sleep_ms(_REOPEN_MS)

    def hurry(self) -> None:
        """Nothing to hurry: the port is looked for twice a second."""

    def send(self, kind: str, payload: bytes) -> bool:
        """Write one frame; False while the port is gone."""
        port = self._port
        if port is None:
            return False
        self._counter += 1
        encoded = frames.encode(self._key, frames.Frame(self._node, kind, self._counter, payload))
        try:
            port.write(b"\0" + encoded if self._torn else encoded)
        except OSError:  # a full line; or a dead one, which the reader meets too and opens again
            self._torn = True
            return False
        self._torn = False
        return True

    async def _read(self, port) -> None:
        reader = frames.FrameReader()
        while True:
            data = await port.read()
            if not data:
                return
            for encoded in reader.feed(data):
                self._take(encoded)
            await asyncio.sleep(0)  # a babbling line must not keep the call point waiting

    def _take(self, encoded: bytes) -> None:
        try:
            frame = frames.decode({self._node: self._key}, encoded)
        except FrameError:
            self.damaged += 1
            return
        if frame.counter <= self._heard:
            self.damaged += 1
            return
        self._heard = frame.counter
        self._listener.message(frame.kind, frame.payload, False)

    def _close(self) -> None:
        self.connected = False
        port, self._port = self._port, None
        if port is not None:
            try:
                port.close()
            except OSError:
                pass  # it is gone, one way or the other
