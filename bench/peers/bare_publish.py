"""The floor under a city-wide command: ready-made sealed bytes, one paho client, no store, no decision; begins on SIGUSR1."""

import json
import os
import signal
from pathlib import Path

from paho.mqtt.client import Client, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion


def main() -> None:
    """Publish every message of BENCH_MESSAGES with QoS 1 and wait for the last acknowledgement."""
    messages = json.loads(Path(os.environ["BENCH_MESSAGES"]).read_text(encoding="utf-8"))
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    client = Client(CallbackAPIVersion.VERSION2, client_id="server-bare", protocol=MQTTv311)
    client.username_pw_set("server", os.environ["BENCH_BROKER_PASSWORD"])
    client.max_inflight_messages_set(1000)
    client.on_connect = lambda *_: Path(os.environ["BENCH_READY"]).touch()
    client.connect("127.0.0.1", int(os.environ["BENCH_BROKER_PORT"]))
    client.loop_start()
    signal.sigwait({signal.SIGUSR1})
    sent = [client.publish(topic, payload, qos=1) for topic, payload in messages]
    for each in sent:
        each.wait_for_publish(60.0)
    client.disconnect()


if __name__ == "__main__":
    main()
