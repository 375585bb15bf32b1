"""Tells systemd that we are ready and alive; a loop that hangs falls silent and is started anew. Nothing without systemd."""

import asyncio
import os
import socket

ALIVE_S = 3.0


class ServiceNotice:
    """`NOTIFY_SOCKET` of the environment, when there is one."""

    def __init__(self) -> None:
        address = os.environ.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address

    def say(self, text: str) -> None:
        """One notice, like READY=1."""
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as channel:
                channel.sendto(text.encode(), self._address)
        except OSError:
            return  # systemd misses this one and hears the next

    async def stay_alive(self) -> None:
        """Serve for ever."""
        while True:
            self.say("WATCHDOG=1")
            await asyncio.sleep(ALIVE_S)
