"""A file of records that a power cut cannot spoil.

A record is one line, `<CRC-32> <JSON>`; a line that is torn or damaged is not a record and its neighbours still are.
The file is only appended to, or replaced whole by writing beside it and renaming, which LittleFS and POSIX do in one
step: after a cut there is the old file or the new one. MicroPython's `flush` writes through to the medium. CPython's does
not, and need not: only virtual nodes live there, and what kills their process leaves the file.
"""

import binascii
import json
import os


class Journal:
    """The records of the file at `path`; its folder exists."""

    def __init__(self, path: str):
        self._path = path
        self._unended = False  # the file may end in a torn line

    def load(self) -> list:
        """Every whole record, in the order written."""
        try:
            with open(self._path, "rb") as file:
                data = file.read()
        except OSError:
            return []  # no journal yet
        lines = data.split(b"\n")
        self._unended = lines[-1] != b""
        return [record for record in [_parse(line) for line in lines] if record is not None]

    def append(self, record: dict) -> None:
        """Write one record through to the medium; OSError when it cannot be."""
        line = _line(record)
        if self._unended:
            line = b"\n" + line
        self._unended = True
        with open(self._path, "ab") as file:
            file.write(line)
            file.flush()
        self._unended = False

    def rewrite(self, records: list) -> None:
        """Put `records` in the place of everything; OSError leaves all as it was."""
        beside = self._path + ".new"
        with open(beside, "wb") as file:
            for record in records:
                file.write(_line(record))
            file.flush()
        os.rename(beside, self._path)
        self._unended = False


def _line(record: dict) -> bytes:
    body = json.dumps(record).encode()
    return b"%08x " % binascii.crc32(body) + body + b"\n"


def _parse(line: bytes) -> "dict | None":
    body = line[9:]
    if line[8:9] != b" " or b"%08x" % binascii.crc32(body) != line[:8]:
        return None
    try:
        record = json.loads(body)
    except ValueError:
        return None
    return record if type(record) is dict else None
