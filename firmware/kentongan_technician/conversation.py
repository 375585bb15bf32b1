"""One conversation with a kentongan over its USB or serial line: a JSON line out, a JSON line back, and sentences for all faults."""

import json
import time
from collections.abc import Mapping
from typing import Any

import serial

BAUD = 115_200
ANSWER_S = 5.0
LONGEST = 16_384


class TechnicianError(Exception):
    """It cannot go on; the text says what to do."""


class Conversation:
    """Open a port, ask, close; as a context manager."""

    def __init__(self, port: str, answer_s: float = ANSWER_S) -> None:
        self._name = port
        self._answer_s = answer_s
        try:
            self._port = serial.Serial(port, BAUD, timeout=0.1, write_timeout=answer_s, exclusive=True)
        except (serial.SerialException, OSError, ValueError) as error:
            raise TechnicianError(
                f"The port {port} cannot be opened ({error}). Is the cable in, does another program hold it, and may you "
                "use it (on Debian: group dialout)?"
            ) from error

    def __enter__(self) -> "Conversation":
        return self

    def __exit__(self, *_: object) -> None:
        self._port.close()

    def ask(self, verb: str, **fields: Any) -> Mapping[str, Any]:
        """The answer to one request; TechnicianError when there is none, or when it says no."""
        self.say(verb, **fields)
        return self.hear(self._answer_s)

    def say(self, verb: str, **fields: Any) -> None:
        """A request whose answer takes its time: `hear` it later."""
        try:
            self._port.reset_input_buffer()
            self._port.write(json.dumps({"do": verb, **fields}).encode() + b"\n")
        except (serial.SerialException, OSError) as error:
            raise self._broken(error) from error

    def hear(self, within_s: float) -> Mapping[str, Any]:
        """The answer to what was said; TechnicianError as for `ask`."""
        try:
            answer = self._answer(within_s)
        except (serial.SerialException, OSError) as error:
            raise self._broken(error) from error
        if answer.get("ok") is not True:
            raise TechnicianError(f"The kentongan says no: {answer.get('error', 'without a reason')}.")
        return answer

    def _broken(self, error: Exception) -> TechnicianError:
        return TechnicianError(f"The line on {self._name} broke ({error}). Plug it in again and repeat.")

    def _answer(self, within_s: float) -> Mapping[str, Any]:
        deadline, held = time.monotonic() + within_s, b""
        while time.monotonic() < deadline:
            held += self._port.read(256)
            *lines, held = held.split(b"\n")
            for line in lines:
                answer = _object(line)
                if answer is not None and "ok" in answer:  # whatever else the console says is not for us
                    return answer
            if len(held) > LONGEST:
                held = b""
        raise TechnicianError(
            f"Nothing that speaks like a kentongan answers on {self._name}. Is it the right port, and is no prompt (mpremote) open "
            "on the board? Restart it with its reset button and repeat."
        )


def _object(line: bytes) -> Mapping[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
