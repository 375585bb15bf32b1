"""Writes a file that only its owner may read, whole or not at all."""

import os
from pathlib import Path

from kentongan_broker.errors import BrokerError


def write_private(path: Path, text: str) -> Path:
    """Replace `path` with `text`, mode 0600; BrokerError when the folder does not allow it."""
    return write_private_bytes(path, text.encode())


def write_private_bytes(path: Path, data: bytes) -> Path:
    """The same for bytes."""
    draft = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
        draft.replace(path)
    except OSError as problem:
        raise BrokerError(f"{path} cannot be written: {problem.strerror}") from problem
    return path
