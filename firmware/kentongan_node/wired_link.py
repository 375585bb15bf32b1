"""The Ethernet of a board with a MAC and a PHY: switched on once; the cable's coming and going is told.

Nothing is restarted for a broker that is silent. Not tried on hardware: see the README.
"""

import network

from .clock import sleep_ms

_LOOK_MS = 500


class WiredLink:
    """`options` are the arguments of `network.LAN` (mdc, mdio, power, phy_type, phy_addr), and "static"?: [address, mask,
    gateway, dns]."""

    def __init__(self, options: dict, tell):
        self._static = options.get("static")
        self._options = {name: value for name, value in options.items() if name != "static"}
        self._tell = tell
        self._lan = None

    async def run(self) -> None:
        """Stay on the wire, for ever."""
        joined = False
        while True:
            try:
                if self._lan is None:
                    self._lan = self._opened()
                if self._lan.isconnected() != joined:  # pyright: ignore[reportAttributeAccessIssue] - a gap in the stubs
                    joined = not joined
                    self._tell("joined" if joined else "left", wire=True)
            except Exception as error:  # a PHY that is not there must not take the siren with it
                self._tell("trouble", part="ethernet", error=str(error))
                await sleep_ms(20 * _LOOK_MS)
            await sleep_ms(_LOOK_MS)

    def _opened(self):
        lan = network.LAN(**self._options)
        if self._static:
            lan.ifconfig(tuple(self._static))  # pyright: ignore[reportAttributeAccessIssue] - a gap in the stubs
        lan.active(True)
        return lan

    def rssi_dbm(self) -> None:
        """A wire has none."""
        return
