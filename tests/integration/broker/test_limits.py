"""How long, how much and how quietly Mosquitto lets anybody speak."""

import pytest

from kentongan_broker import Enrolment, start
from kentongan_contract import codec, seal, topics

pytestmark = pytest.mark.real

LONGEST_PAYLOAD = seal.TAG_HEX + 1 + codec.LONGEST


def test_the_longest_message_of_the_contract_passes(mosquitto):
    node = mosquitto.login("gw-c")
    server = mosquitto.login("server").listen(topics.EVERY_UP)
    payload = b"x" * LONGEST_PAYLOAD
    node.say(topics.up("gw-c", "report"), payload)
    server.wait_for(payload)


def test_a_longer_one_costs_the_sender_the_line_and_nobody_else(mosquitto):
    server = mosquitto.login("server").listen(topics.EVERY_UP)
    other = mosquitto.login("ktg-b")
    mosquitto.login("ktg-a").drop(topics.up("ktg-a", "report"), b"x" * 5000)
    other.say(topics.up("ktg-b", "report"), b"still here")
    server.wait_for(b"still here")
    assert not server.cut_off
    assert all(len(heard.payload) < 5000 for heard in server.heard)


def test_a_server_that_comes_late_hears_the_whole_city(mosquitto_path, tmp_path, visitors):
    """Mosquitto's default would drop all but 1,020 of the states, without a word."""
    names = tuple(f"ktg-{number}" for number in range(3000))
    with start(tmp_path, Enrolment(nodes={"gw": "x"}, relays={"gw": names}), kind="mosquitto") as broker:
        city = visitors(broker)
        gateway = city.login("gw")
        for name in names:
            gateway.post(topics.up(name, "state"), b"state of " + name.encode(), retain=True)
        gateway.say(topics.up("gw", "state"), b"last", retain=True)
        server = city.login("server").listen(topics.EVERY_STATE)
        server.wait_for_many(len(names) + 1)
        assert {heard.topic for heard in server.heard} == {topics.up(name, "state") for name in (*names, "gw")}
