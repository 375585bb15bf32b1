from kentongan_node import mqtt_packets as mqtt
from kentongan_node.mqtt_packets import PacketReader, ProtocolError, Published


def _published(topic, payload, packet_id=7, retain=False):
    return mqtt.publish(topic, payload, packet_id, retain)


def _refuses(action):
    try:
        action()
    except ProtocolError:
        return True
    return False


def test_connect_with_will_and_password_as_the_standard_writes_it():
    packet = mqtt.connect("n", "pw", 15, ("t", b"gone"))
    assert packet == (
        b"\x10\x1d\x00\x04MQTT\x04\xee\x00\x0f" + b"\x00\x01n" + b"\x00\x01t\x00\x04gone" + b"\x00\x01n" + b"\x00\x02pw"
    )
    assert mqtt.connect("n", None, 15, None) == b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x0f\x00\x01n"


def test_the_other_packets_as_the_standard_writes_them():
    assert mqtt.subscribe("a/#", 1) == b"\x82\x08\x00\x01\x00\x03a/#\x01"
    assert mqtt.publish("t", b"x", 258, True) == b"\x33\x06\x00\x01t\x01\x02x"
    assert mqtt.publish("t", b"x", 1, False)[:1] == b"\x32"
    assert mqtt.puback(258) == b"\x40\x02\x01\x02"


def test_packets_of_every_length_come_through_whatever_the_pieces():
    stream, expected = b"", []
    for size in (0, 1, 120, 121, 127, 128, 1000, 4000):
        stream += _published("t", b"x" * size)
        expected.append(size)
    for step in (1, 2, 3, 7, 512, len(stream)):
        reader, found = PacketReader(), []
        for at in range(0, len(stream), step):
            found += [len(Published(packet).payload) for packet in reader.feed(stream[at : at + step])]
        assert found == expected


def test_what_a_publish_carries():
    (packet,) = PacketReader().feed(_published("a/b", b"hi", 513, True))
    message = Published(packet)
    assert (message.topic, message.payload, message.packet_id, message.retained) == ("a/b", b"hi", 513, True)
    (packet,) = PacketReader().feed(b"\x30\x04\x00\x01tx")
    message = Published(packet)
    assert (message.packet_id, message.payload, message.retained) == (None, b"x", False)


def test_a_giant_is_skipped_without_being_held_and_its_id_is_known():
    giant = _published("down", b"z" * 200_000, 99)
    after = _published("t", b"next", 100)
    stream = giant + after
    for step in (1, 64, 512, len(stream)):
        reader, found = PacketReader(), []
        for at in range(0, len(stream), step):
            found += [Published(packet) for packet in reader.feed(stream[at : at + step])]
            assert len(reader._held) <= max(step, 4700)
        assert [(message.packet_id, message.payload) for message in found] == [(99, None), (100, b"next")]


def test_what_is_no_mqtt_is_refused():
    assert _refuses(lambda: list(PacketReader().feed(b"\x30\xff\xff\xff\xff\x7f")))
    for body in (b"", b"\x00", b"\x00\x05ab", b"\x00\x01t\x00", b"\xff\xff"):
        (packet,) = PacketReader().feed(bytes([0x32, len(body)]) + body)
        assert _refuses(lambda: Published(packet)), body
    (packet,) = PacketReader().feed(b"\x32\x05\x00\x01\xff\x00\x01")
    assert _refuses(lambda: Published(packet))
    (packet,) = PacketReader().feed(b"\x34\x05\x00\x01t\x00\x01")
    assert _refuses(lambda: Published(packet))
    (packet,) = PacketReader().feed(b"\x36\x05\x00\x01t\x00\x01")
    assert _refuses(lambda: Published(packet))


def test_noise_never_raises_anything_else():
    state = 99
    for _ in range(300):
        noise = bytearray()
        for _ in range(60):
            state = (state * 1103515245 + 12345) & 0x7FFFFFFF
            noise.append(state >> 16 & 255)
        try:
            for packet in PacketReader().feed(bytes(noise)):
                if packet.kind == mqtt.PUBLISH:
                    Published(packet)
        except ProtocolError:
            pass
