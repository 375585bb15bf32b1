"""MQTT 3.1.1 as bytes: the packets a node writes, and a reader for those it gets. Pure.

A packet longer than ours can ever be is skipped to its end without being held, so that a hostile broker cannot fill a
small heap; a PUBLISH skipped so is still given, with no payload, because it must be acknowledged.
"""

LONGEST = 4608
_HEAD = 256

CONNACK = 2
PUBLISH = 3
PUBACK = 4
SUBACK = 9
PINGRESP = 13

PINGREQ = b"\xc0\x00"


class ProtocolError(ValueError):
    """The peer does not speak MQTT 3.1.1."""


def connect(client: str, password: "str | None", keepalive_s: int, will: "tuple[str, bytes] | None") -> bytes:
    """CONNECT with a clean session; user name = client id. The will, (topic, payload), is QoS 1 and retained."""
    flags = 0x02
    rest = _text(client)
    if will is not None:
        flags |= 0x04 | 0x08 | 0x20
        rest += _text(will[0]) + len(will[1]).to_bytes(2, "big") + will[1]
    if password is not None:
        flags |= 0x80 | 0x40
        rest += _text(client) + _text(password)
    return _packet(0x10, _text("MQTT") + bytes([4, flags]) + keepalive_s.to_bytes(2, "big") + rest)


def publish(topic: str, payload: bytes, packet_id: int, retain: bool) -> bytes:
    """PUBLISH with QoS 1."""
    return _packet(0x32 | (1 if retain else 0), _text(topic), packet_id.to_bytes(2, "big"), payload)


def subscribe(topic: str, packet_id: int) -> bytes:
    """SUBSCRIBE with QoS 1."""
    return _packet(0x82, packet_id.to_bytes(2, "big") + _text(topic) + b"\x01")


def puback(packet_id: int) -> bytes:
    """PUBACK."""
    return b"\x40\x02" + packet_id.to_bytes(2, "big")


class Packet:
    """One packet read: `kind`, the `flags` of its first byte, and its `body`; `cut` when the body was skipped."""

    def __init__(self, kind: int, flags: int, body: bytes, cut: bool = False):
        self.kind = kind
        self.flags = flags
        self.body = body
        self.cut = cut


class Published:
    """What a PUBLISH carries; `packet_id` is None at QoS 0, `payload` is None when it was too long to hold."""

    def __init__(self, packet: Packet):
        body = packet.body
        qos = packet.flags >> 1 & 3
        size = int.from_bytes(body[:2], "big")
        end = 2 + size + (2 if qos else 0)
        if len(body) < end or qos > 1:  # nobody asked for QoS 2
            raise ProtocolError("a PUBLISH that cannot be read")
        try:
            self.topic = bytes(body[2 : 2 + size]).decode()
        except ValueError:
            raise ProtocolError("a topic that is not UTF-8")
        self.packet_id = int.from_bytes(body[end - 2 : end], "big") if qos else None
        self.retained = packet.flags & 1 == 1
        self.payload = None if packet.cut else bytes(body[end:])


class PacketReader:
    """Bytes in, packets out."""

    def __init__(self, longest: int = LONGEST):
        self._longest = longest
        self._held = b""
        self._skip = 0

    def feed(self, data: bytes):
        """Yield the packets that `data` completed; ProtocolError where none can follow."""
        if self._skip:
            skipped = min(self._skip, len(data))
            self._skip -= skipped
            data = data[skipped:]
        self._held = self._held + data if self._held else data
        while not self._skip:
            packet = self._next()
            if packet is None:
                return
            yield packet

    def _next(self) -> "Packet | None":
        held = self._held
        length = 0
        for at in range(1, 5):
            if at >= len(held):
                return None
            length |= (held[at] & 127) << (7 * (at - 1))
            if held[at] < 128:
                break
        else:
            raise ProtocolError("a packet length of five bytes")
        start = at + 1
        cut = length > self._longest
        wanted = start + (_HEAD if cut else length)
        if len(held) < wanted:
            return None
        packet = Packet(held[0] >> 4, held[0] & 15, held[start:wanted], cut)
        if cut:
            self._skip = max(0, start + length - len(held))
            self._held = held[start + length :]
        else:
            self._held = held[wanted:]
        return packet


def _text(text: str) -> bytes:
    data = text.encode()
    return len(data).to_bytes(2, "big") + data


def _packet(first: int, *parts: bytes) -> bytes:
    """Joined once: a state that is copied at every plus sign stands on a small heap four times."""
    length = sum([len(part) for part in parts])
    head = bytearray([first])
    while length > 127:
        head.append(128 | length & 127)
        length >>= 7
    head.append(length)
    return b"".join((bytes(head),) + parts)
