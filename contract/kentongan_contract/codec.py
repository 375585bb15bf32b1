"""Bytes to message and back: a JSON object of at most 4096 bytes."""

import json

from .errors import MessageError
from .messages import MESSAGES, Message, attribute

LONGEST = 4096


def encode(message: Message) -> bytes:
    """The message as it travels. Two interpreters order the fields differently: seal these bytes, never re-encode."""
    return json.dumps(message.fields()).encode()


def decode(kind: str, data: bytes) -> Message:
    """The message of `kind` that `data` holds; MessageError for anything else."""
    message = MESSAGES.get(kind)
    if message is None and kind in ("offer", "fetch", "piece"):
        from .updates import UPDATES  # not before one comes: a node rarely needs it

        message = UPDATES[kind]
    if message is None:
        raise MessageError("no such message kind")
    return decode_as(message, data)


def decode_as(message: type[Message], data: bytes) -> Message:
    """The same for a message that no topic carries."""
    if len(data) > LONGEST:
        raise MessageError("longer than a message may be")
    try:
        found = json.loads(data.decode())  # decoded first: CPython's reader would take UTF-16 as well
    except (ValueError, RuntimeError, TypeError):
        # RuntimeError: nested deeper than the interpreter's stack. TypeError: MicroPython, a list as a field's name.
        raise MessageError("not JSON")
    if type(found) is not dict:
        raise MessageError("not a JSON object")
    arguments: dict[str, object] = {}
    for name, _, _ in message.FIELDS:
        if name not in found:
            if name in message.LATER:  # an older sender: the constructor's default says what it means
                continue
            raise MessageError(message.KIND + "." + name + " is missing, mistyped or out of bounds")
        arguments[attribute(name)] = found[name]
    return message(**arguments)
