"""A file's rows before they are judged. A fault in one row is that row's; a fault of the file is a ImportFileError."""

from dataclasses import dataclass, field

from kentongan_server.domain.outline import Shape

MOST_ROWS = 200_000

# What people call our columns.
_ALIASES = {
    "kode": "code",
    "nama": "name",
    "lat": "latitude",
    "lintang": "latitude",
    "lon": "longitude",
    "lng": "longitude",
    "long": "longitude",
    "bujur": "longitude",
    "kk": "households",
    "wilayah": "region",
    "jenis": "kind",
}


class ImportFileError(Exception):
    """The file as a whole cannot be used; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as the file has it: its number there, what each column says and what is drawn, or why it cannot be read at all."""

    number: int
    values: dict[str, str] = field(default_factory=dict)
    fault: str | None = None
    shape: Shape = ()


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file's columns, by our names, and its rows."""

    columns: tuple[str, ...]
    rows: list[RawRow]


def our_name(column: str) -> str:
    """The column by our name."""
    plain = column.strip().lower().replace(" ", "_")
    return _ALIASES.get(plain, plain)


def assert_not_too_many(rows: int) -> None:
    """ImportFileError when the file is longer than one import can be."""
    if rows > MOST_ROWS:
        raise ImportFileError(f"The file has more than {MOST_ROWS:,} rows; send it in parts.")
