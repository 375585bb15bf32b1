"""The floor under a press: report in, one message for each kentongan of the RT and one for the sender out, and nothing
else. No seal is checked, nothing is stored, nothing decided; two hops over the same broker.
"""

import asyncio
import json
import os
from pathlib import Path

import uvloop

from bench.mqtt_wire import Wire, connect
from kentongan_contract.seal import TAG_HEX
from kentongan_contract.topics import EVERY_UP, down, parse

PADDING = " " * 400  # a sealed command is about this much longer


async def echo(neighbours: dict[str, list[str]]) -> None:
    """Answer every report until terminated."""

    def heard(topic: str, payload: bytes) -> None:
        node, _, kind = parse(topic)
        if kind != "report":
            return
        id = json.loads(payload[TAG_HEX + 1 :])["id"]
        wire.publish(down(node, "receipt"), json.dumps({"id": id}).encode())
        command = (json.dumps({"id": id}) + PADDING).encode()
        for neighbour in neighbours[node]:
            wire.publish(down(neighbour, "command"), command)

    wire = Wire("server", os.environ["BENCH_BROKER_PASSWORD"], EVERY_UP, heard)
    await connect("127.0.0.1", int(os.environ["BENCH_BROKER_PORT"]), wire)
    await asyncio.to_thread(Path(os.environ["BENCH_READY"]).touch)
    while True:
        await asyncio.sleep(10.0)
        wire.ping()


def main() -> None:
    """Who are neighbours is in the city file."""
    city = json.loads(Path(os.environ["BENCH_CITY"]).read_text(encoding="utf-8"))
    neighbours: dict[str, list[str]] = {}
    for region in city["regions"]:
        nodes = [node["id"] for node in region["nodes"]]
        neighbours |= dict.fromkeys(nodes, nodes)
    uvloop.run(echo(neighbours))


if __name__ == "__main__":
    main()
