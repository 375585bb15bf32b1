"""JSON without the corners where two readers may disagree."""

import json
import math
from typing import Any

from kentongan_command_centre.document import Refusal


def read_strictly(body: bytes) -> Any:
    """The value; Refusal 400 for what is no JSON, repeats a key, or holds NaN, infinity, NUL or half a character."""
    try:
        value = json.loads(body.decode(), object_pairs_hook=_object, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "Not readable", "The body is not well-formed JSON in UTF-8.") from error
    _walk(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise Refusal(400, "Not readable", "The body names the same key twice.")
    return value


def _constant(_word: str) -> None:
    raise Refusal(400, "Not readable", "The body holds a number that is none.")


def _walk(value: Any) -> None:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting.extend(one.keys())
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, float) and not math.isfinite(one):
            raise Refusal(400, "Not readable", "The body holds a number that is too large.")
        elif isinstance(one, str) and ("\0" in one or any("\ud800" <= character <= "\udfff" for character in one)):
            raise Refusal(400, "Not readable", "The body holds NUL or half a character.")
