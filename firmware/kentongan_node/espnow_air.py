"""The neighbours by ESP-NOW: Wi-Fi frames with no access point between. The only file that imports `espnow`.

The radio hears one channel at a time: the access point's while it is joined, `channel` while it is not, and a scan in between
is deaf for moments; the repeats of a press are longer than a scan. Not verified on hardware: firmware/README.md says how.
"""

import espnow
import network

from .clock import sleep_ms

_BROADCAST = b"\xff" * 6
_LOOK_MS = 5


class EspNowAir:
    """Broadcasts to everyone on the channel; the words are sealed by themselves, so ESP-NOW's own keys are not used."""

    def __init__(self, channel: int):
        self._channel = channel
        self._station = network.WLAN(network.STA_IF)
        self._station.active(True)
        self._radio = espnow.ESPNow()
        self._radio.active(True)
        try:
            self._radio.add_peer(_BROADCAST)
        except OSError:
            pass  # it was added before: the radio outlives this object

    async def receive(self) -> bytes:
        """The next datagram."""
        while True:
            _, data = self._radio.recv(0)
            if data:
                return bytes(data)
            await sleep_ms(_LOOK_MS)

    def send(self, data: bytes) -> None:
        """To everyone on the channel; OSError when the radio will not."""
        if not self._station.isconnected():
            self._station.active(True)
            try:
                self._station.config(channel=self._channel)
            except (OSError, RuntimeError):
                pass  # a join is under way: this repeat goes out on the channel it looks at
        self._radio.send(_BROADCAST, data, False)

    def close(self) -> None:
        """Stop listening; the station stays for the uplink."""
        self._radio.active(False)
