"""The server of an afternoon: a plain endpoint, one commit a request, publish and wait for the broker's word.

Made as good as its design allows: one connection behind a lock, since SQLite's own waiting for locks is slower.
"""

import sqlite3
import threading
import time

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

app = FastAPI()
lock = threading.Lock()
database = sqlite3.connect(DATABASE, check_same_thread=False)
broker = Client(CallbackAPIVersion.VERSION2, client_id="server")


@app.post("/reports", status_code=201)
def post_report(report: Report) -> dict[str, str]:
    """Store, publish, answer."""
    if report.region not in NODES:
        raise HTTPException(404, "There is no such region.")
    with lock, database:
        database.execute(INSERT, row(report, time.time()))
    topic, payload = message(report)
    broker.publish(topic, payload, qos=1).wait_for_publish(5.0)
    return {"id": report.id}


@app.get("/readyz")
def readyz() -> dict[str, str]:
    """Ready with a broker."""
    if not broker.is_connected():
        raise HTTPException(503, "The broker is away.")
    return {"status": "ready"}


def main() -> None:
    """Serve until terminated."""
    for pragma in PRAGMAS:
        database.execute(pragma)
    database.execute(TABLE)
    broker.username_pw_set("server", BROKER_PASSWORD)
    broker.connect("127.0.0.1", BROKER_PORT)
    broker.loop_start()
    uvicorn.run(app, host="127.0.0.1", port=HTTP_PORT, access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
