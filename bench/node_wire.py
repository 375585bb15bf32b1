"""Our MQTT client by itself, inside MicroPython: micropython node_wire.py FLEET.json COUNT

Publishes COUNT messages one after the other to a topic that it hears itself, QoS 1 both ways, and prints as one JSON line the
microseconds to each PUBACK and to each arrival.
"""

import asyncio
import json
import sys
import time

from kentongan_node.clock import Clock
from kentongan_node.mqtt_client import MqttClient
from kentongan_node.pace import Backoff
from kentongan_node.provisioning import load_fleet
from kentongan_node.tcp_stream import tls_context

TOPIC = "bench/wire"


class Owner:
    """What the client asks of its owner; each answer ends one wait."""

    def __init__(self):
        self.standing = asyncio.Event()
        self.done = asyncio.Event()
        self.begun = 0
        self.acknowledged = []
        self.received = []

    def will(self):
        return "bench/will", b""

    def up(self):
        self.standing.set()

    def down(self, reason):
        raise RuntimeError(reason)

    def unreachable(self, reason):
        sys.stderr.write(reason + "\n")

    def free(self):
        self.acknowledged.append(time.ticks_diff(time.ticks_us(), self.begun))
        self._look()

    def message(self, _topic, _payload, _retained):
        self.received.append(time.ticks_diff(time.ticks_us(), self.begun))
        self._look()

    def is_urgent(self):
        return False

    def is_calm(self):
        return True

    def _look(self):
        if len(self.acknowledged) == len(self.received):
            self.done.set()


async def main(fleet, count):
    settings = load_fleet(fleet)[0]
    tls = tls_context(settings.tls["ca"], settings.tls["cert"], settings.tls["key"]) if settings.tls else None
    owner = Owner()
    client = MqttClient(settings, Clock(), Backoff(bytes), owner, TOPIC, tls)
    running = asyncio.create_task(client.run())
    await owner.standing.wait()
    await asyncio.sleep(0.2)
    for _ in range(count):
        owner.done.clear()
        owner.begun = time.ticks_us()
        client.publish(TOPIC, b"x" * 200, False)
        await owner.done.wait()
        await asyncio.sleep(0.005)
    running.cancel()
    print(json.dumps({"acknowledged_us": owner.acknowledged, "received_us": owner.received}))


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
