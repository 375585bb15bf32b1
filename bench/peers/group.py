"""The same job by somebody who knows: one writer thread, many requests in one commit, and a broker link without Nagle.

It answers after the commit; the publication is handed over before the answer and not waited for.
"""

import asyncio
import socket
import sqlite3
import threading
import time
from queue import SimpleQueue
from typing import Any

import uvicorn
from fastapi import FastAPI, HTTPException
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from bench.peers.said import (
    BROKER_PASSWORD,
    BROKER_PORT,
    DATABASE,
    HTTP_PORT,
    INSERT,
    NODES,
    PRAGMAS,
    TABLE,
    Report,
    message,
    row,
)

MOST = 256

Job = tuple[tuple[object, ...], "asyncio.Future[None]"]

app = FastAPI()
jobs: "SimpleQueue[Job]" = SimpleQueue()
broker = Client(CallbackAPIVersion.VERSION2, client_id="server")


@app.post("/reports", status_code=201)
async def post_report(report: Report) -> dict[str, str]:
    """Store with whoever comes at the same time, publish, answer."""
    if report.region not in NODES:
        raise HTTPException(404, "There is no such region.")
    stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    jobs.put((row(report, time.time()), stored))
    await stored
    topic, payload = message(report)
    broker.publish(topic, payload, qos=1)
    return {"id": report.id}


@app.get("/readyz")
async def readyz() -> dict[str, str]:
    """Ready with a broker."""
    if not broker.is_connected():
        raise HTTPException(503, "The broker is away.")
    return {"status": "ready"}


def write() -> None:
    """Take what waits, commit once, answer all."""
    database = sqlite3.connect(DATABASE, isolation_level=None)
    for pragma in PRAGMAS:
        database.execute(pragma)
    database.execute(TABLE)
    while True:
        batch = [jobs.get()]
        while len(batch) < MOST and not jobs.empty():
            batch.append(jobs.get())
        error: Exception | None = None
        try:
            database.execute("BEGIN")
            database.executemany(INSERT, [each for each, _ in batch])
            database.execute("COMMIT")
        except sqlite3.Error as problem:
            database.execute("ROLLBACK")
            error = problem
        batch[0][1].get_loop().call_soon_threadsafe(answer, batch, error)


def answer(batch: list[Job], error: Exception | None) -> None:
    """Tell every waiting request, in the event loop."""
    for _, stored in batch:
        if stored.done():
            continue
        if error is None:
            stored.set_result(None)
        else:
            stored.set_exception(error)


def no_delay(_client: Client, _data: Any, connection: Any) -> None:
    """Send each message at once."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def main() -> None:
    """Serve until terminated."""
    threading.Thread(target=write, name="writer", daemon=True).start()
    broker.username_pw_set("server", BROKER_PASSWORD)
    broker.max_inflight_messages_set(1000)
    broker.on_socket_open = no_delay
    broker.connect("127.0.0.1", BROKER_PORT)
    broker.loop_start()
    uvicorn.run(app, host="127.0.0.1", port=HTTP_PORT, access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
