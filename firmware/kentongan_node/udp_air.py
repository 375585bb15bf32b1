"""The neighbours over the local network: one UDP broadcast a word. Works on the chip, the unix port and CPython."""

import socket

from .clock import MICROPYTHON, sleep_ms

_LOOK_MS = 5
_LONGEST = 256


class UdpAir:
    """Bound to `port` on every interface; what is sent goes to the broadcast `address`."""

    def __init__(self, address: str, port: int):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            self._socket.bind(_address("0.0.0.0", port))  # noqa: S104 - a broadcast comes to no one address
            self._socket.setblocking(False)
            self._to = _address(address, port)
        except BaseException:
            self._socket.close()
            raise

    async def receive(self) -> bytes:
        """The next datagram, cut to a little more than a word may have."""
        while True:
            try:
                return self._socket.recvfrom(_LONGEST)[0]
            except OSError as error:
                if error.errno != 11:  # EAGAIN on every port
                    raise
            await sleep_ms(_LOOK_MS if MICROPYTHON else 4 * _LOOK_MS)

    def send(self, data: bytes) -> None:
        """To everyone who listens; OSError when there is no network at all."""
        self._socket.sendto(data, self._to)

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()


def _address(host: str, port: int):
    return socket.getaddrinfo(host, port)[0][-1] if MICROPYTHON else (host, port)
