"""Answers every name with the box's own address, so that a phone on its access point opens the page by itself.

A phone asks for a name it knows and looks what comes: our page (portal.py answers any path) says to it that there is a page to
show. One question, one answer; what is no question is dropped. Only while the box waits to be settled.
"""

from .clock import MICROPYTHON, sleep_ms

PORT = 53
ADDRESS = "192.168.4.1"  # the access point's own, as MicroPython's radio gives it
_LONGEST = 512
_LOOK_MS = 20
_TTL_S = b"\x00\x00\x00\x0a"  # forgotten soon after the box is settled


def answer(query: bytes, address: str = ADDRESS) -> "bytes | None":
    """The reply to one DNS query; None for what is none. Questions for anything but an IPv4 address get no record."""
    if len(query) < 17 or query[2] & 0xF8 or query[4:6] != b"\x00\x01":
        return None
    at = 12
    while at < len(query) and query[at]:
        if query[at] > 63:
            return None
        at += query[at] + 1
    end = at + 5
    if end > len(query):
        return None
    is_ipv4 = query[at + 1 : end] == b"\x00\x01\x00\x01"
    head = (
        query[:2] + bytes([0x84 | query[2] & 1, 0]) + b"\x00\x01" + (b"\x00\x01" if is_ipv4 else b"\x00\x00") + bytes(4)
    )
    if not is_ipv4:
        return head + query[12:end]
    record = b"\xc0\x0c\x00\x01\x00\x01" + _TTL_S + b"\x00\x04"
    return head + query[12:end] + record + bytes([int(part) for part in address.split(".")])


async def serve(port: int = PORT, address: str = ADDRESS, host: str = "0.0.0.0") -> None:  # noqa: S104 - its own network
    """Answer until cancelled; OSError when the port cannot be had."""
    import socket  # a browser's node has none

    door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        door.bind(socket.getaddrinfo(host, port)[0][-1] if MICROPYTHON else (host, port))
        door.setblocking(False)
        while True:
            try:
                query, whose = door.recvfrom(_LONGEST)
                said = answer(query, address)
                if said is not None:
                    door.sendto(said, whose)
            except OSError:  # nobody asks, or who asked has gone
                await sleep_ms(_LOOK_MS)
    finally:
        door.close()
