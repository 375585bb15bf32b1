"""Starts the broker as a process: Mosquitto where it is installed, else an embedded amqtt, which is for a demo only.

Both read the same folder, so names, passwords and topics are ruled alike. A broker counts as started when it has let
in our own probe: an open port alone may be somebody else's.
"""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from kentongan_broker.config import Tls, render
from kentongan_broker.enrolment import PROBE, Enrolment, new_password
from kentongan_broker.errors import BrokerError, PortBusyError

Kind = Literal["mosquitto", "amqtt"]

START_SECONDS = 15.0
STOP_SECONDS = 5.0
BUSY = "address already in use"


def start(
    folder: Path,
    enrolment: Enrolment,
    *,
    port: int = 0,
    host: str = "127.0.0.1",
    kind: Kind | None = None,
    websocket_port: int | None = None,
    tls: Tls | None = None,
) -> "Broker":
    """Render `folder` and start a broker there; port 0 takes a free one, kind None the best there is.

    BrokerError, as a sentence, when the port is busy, the program missing, the folder unwritable or nothing answers.
    """
    if kind is None:
        kind = "mosquitto" if mosquitto_program() else "amqtt"
    for _ in range(5 if port == 0 else 1):
        broker = Broker(folder, enrolment, host, port or _free_port(host), kind, websocket_port, tls)
        try:
            broker.start()
        except PortBusyError:
            if port:
                raise
        else:
            return broker
    raise PortBusyError(f"No free port could be had on {host}.")


def mosquitto_program() -> str | None:
    """The Mosquitto to run: KENTONGAN_MOSQUITTO, PATH, or the system folder that a user's PATH often lacks."""
    named = os.environ.get("KENTONGAN_MOSQUITTO")
    if named:
        return shutil.which(named)
    folders = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin"])
    return shutil.which("mosquitto", path=folders)


class Broker:
    """A broker of our own; as a context manager it is stopped at the end. Its log is `broker.log` in the folder."""

    def __init__(
        self,
        folder: Path,
        enrolment: Enrolment,
        host: str,
        port: int,
        kind: Kind,
        websocket_port: int | None = None,
        tls: Tls | None = None,
    ) -> None:
        if tls is not None and kind == "amqtt":
            raise BrokerError(
                "The embedded broker has no TLS; it is for a demo only. Type: sudo apt-get install mosquitto"
            )
        self.folder = folder.resolve()
        self.enrolment = enrolment
        self.host = host
        self.port = port
        self.kind: Kind = kind
        self.websocket_port = websocket_port
        self.tls = tls
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def label(self) -> str:
        """What to call it on a screen."""
        return "Mosquitto" if self.kind == "mosquitto" else "amqtt (embedded, demo only)"

    @property
    def log(self) -> Path:
        """Where it writes what it sees."""
        return self.folder / "broker.log"

    @property
    def pid(self) -> int | None:
        """The running process, or None."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start it, again on the same port after a stop; nothing it knew is left."""
        if self._process is not None:
            raise BrokerError("The broker is already running.")
        password = new_password()  # new each time: another broker of ours, on this port, must not answer for this one
        render(
            self.folder,
            self.enrolment,
            self.port,
            self.host,
            probe_password=password,
            websocket_port=self.websocket_port,
            tls=self.tls,
        )
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                [*_dying_with_us(), *self._command()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            self._wait_until_it_answers(password)
        except BrokerError:
            self.kill()
            raise

    def stop(self) -> None:
        """End it and wait; without effect when it is not running."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def wait(self) -> int:
        """Wait until it ends by itself; its exit code."""
        if self._process is None:
            raise BrokerError("The broker is not running.")
        return self._process.wait()

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _command(self) -> list[str]:
        if self.kind == "amqtt":
            address = ["--host", self.host, "--port", str(self.port)]
            if self.websocket_port is not None:
                address += ["--websocket-port", str(self.websocket_port)]
            return [sys.executable, "-m", "kentongan_broker", "amqtt", str(self.folder), *address]
        program = mosquitto_program()
        if program is None:
            raise BrokerError("Mosquitto is missing. Type: sudo apt-get install mosquitto")
        return [program, "-c", str(self.folder / "mosquitto.conf")]

    def _wait_until_it_answers(self, password: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process is not None and self._process.poll() is not None:
                raise self._why_it_ended()
            if _lets_in(self.host, self.port, PROBE, password):
                return
            time.sleep(0.01)
        raise BrokerError(f"{self.label} does not answer on {self.host}:{self.port}; see {self.log}")

    def _why_it_ended(self) -> BrokerError:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        if any(BUSY in line.lower() for line in lines):
            return PortBusyError(
                f"Port {self.port} on {self.host} is held by another program: stop that one or choose another port."
            )
        return BrokerError(f"{self.label} ended at once: {lines[-1] if lines else 'it said nothing'}")


def _dying_with_us() -> list[str]:
    """What to put before a command so that it ends when this process is killed, where the system can do that.

    Only from the main thread: the system ends the command with the thread that started it.
    """
    setpriv = shutil.which("setpriv")
    main = threading.current_thread() is threading.main_thread()
    return [setpriv, "--pdeathsig", "TERM", "--"] if setpriv and main else []


def _free_port(host: str) -> int:
    with socket.socket() as listener:
        listener.bind((host, 0))
        return int(listener.getsockname()[1])


def _lets_in(host: str, port: int, user: str, password: str) -> bool:
    """True when an MQTT broker at that address accepts this login (one CONNECT and its answer, by hand)."""
    fields = [_field("MQTT"), b"\x04\xc2\x00\x05", _field(user), _field(user), _field(password)]
    body = b"".join(fields)
    connect = bytes([0x10, len(body)]) + body
    try:
        with socket.create_connection((host, port), timeout=1.0) as connection:
            connection.sendall(connect)
            return connection.recv(4) == b"\x20\x02\x00\x00"
    except OSError:  # not yet, or not a broker: the caller asks again until its deadline
        return False


def _field(text: str) -> bytes:
    data = text.encode()
    return len(data).to_bytes(2, "big") + data
