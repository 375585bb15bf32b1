"""The ESP32's radio: joined, and joined again. The only file that imports `network`.

The radio is restarted when it has lost its access point, never because a broker is silent.
"""

import network

from .clock import Clock, sleep_ms
from .pace import around

_JOIN_MS = 15_000
_LOOK_MS = 500
_PAUSE_MS = 2_000


def scanned_rssi(ssid: "str | None") -> "int | None":
    """How strongly a box without settings hears this network: the jig's own, named on its command line. Takes two seconds."""
    station = network.WLAN(network.STA_IF)
    station.active(True)
    levels = [found[3] for found in station.scan() if ssid is not None and found[0] == ssid.encode()]
    return max(-200, min(0, max(levels))) if levels else None


class WifiLink:
    """`networks` is a list of {"ssid", "password", "static"?: [address, mask, gateway, dns]}, tried in turn."""

    def __init__(self, networks: list, random, tell):
        self._networks = networks
        self._random = random
        self._tell = tell
        self._station = network.WLAN(network.STA_IF)

    async def run(self) -> None:
        """Stay joined, for ever."""
        turn = 0
        while True:
            wanted = self._networks[turn % len(self._networks)]
            turn += 1
            try:
                if await self._join(wanted):
                    self._tell("joined", ssid=wanted["ssid"], rssi_dbm=self.rssi_dbm())
                    while self._station.isconnected():
                        await sleep_ms(_LOOK_MS)
                    self._tell("left", ssid=wanted["ssid"])
                    turn -= 1  # the same one first
            except OSError as error:
                self._tell("trouble", part="radio", error=str(error))
            self._station.active(False)
            await sleep_ms(around(self._random, _PAUSE_MS, 50))

    def rssi_dbm(self) -> "int | None":
        """Strength of the access point's signal, None while there is none."""
        if not self._station.isconnected():
            return None
        return max(-200, min(0, self._station.status("rssi")))

    async def _join(self, wanted: dict) -> bool:
        self._station.active(True)
        if wanted.get("static"):
            self._station.ifconfig(tuple(wanted["static"]))
        self._station.connect(wanted["ssid"], wanted.get("password"))
        clock = Clock()
        while clock.now_ms() < _JOIN_MS:
            if self._station.isconnected():
                return True
            await sleep_ms(_LOOK_MS // 5)
        return False
