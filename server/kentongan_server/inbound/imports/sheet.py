"""CSV as spreadsheets write it: comma, semicolon or tab, with or without a byte order mark."""

import csv
from collections.abc import Iterator

from kentongan_server.inbound.imports.raw import ImportFileError, RawFile, RawRow, assert_not_too_many, our_name

_DELIMITERS = ",;\t"


def read_sheet(data: bytes) -> RawFile:
    """The rows of a CSV file whose first line names the columns; ImportFileError when it is none."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise ImportFileError("The file is in UTF-16; save it as CSV in UTF-8.")
    # What is no UTF-8 becomes half characters, which the row in which it stands is refused for.
    text = data.decode("utf-8-sig", errors="surrogateescape")
    first = next((line for line in text.splitlines() if line.strip()), "")
    if not first:
        raise ImportFileError("The file is empty; its first line names the columns.")
    delimiter = max(_DELIMITERS, key=first.count)
    lines = _records(text, delimiter)
    number, header = next(lines)
    if header is None:
        raise ImportFileError(f"The first line cannot be read: {number}.")
    columns = tuple(our_name(column) for column in header)
    repeated = {column for column in columns if columns.count(column) > 1}
    if repeated:
        raise ImportFileError(f"The column {min(repeated)} stands there twice; leave one.")
    rows = []
    for number, record in lines:
        if record is not None and not any(cell.strip() for cell in record):
            continue
        rows.append(_row(number, columns, record))
        assert_not_too_many(len(rows))
    return RawFile(columns, rows)


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
    """(line, cells) of every record; None for cells that cannot be read."""
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield reader.line_num, None
        else:
            yield reader.line_num, record


def _row(number: int, columns: tuple[str, ...], record: list[str] | None) -> RawRow:
    if record is None:
        return RawRow(number, fault="This line cannot be read: a quotation mark or a character in it is out of place.")
    if len(record) != len(columns):
        return RawRow(number, fault=f"This row has {len(record)} values, the first line names {len(columns)} columns.")
    values = {column: cell.strip() for column, cell in zip(columns, record, strict=True) if cell.strip()}
    for column, value in values.items():
        if any("\ud800" <= character <= "\udfff" for character in value):
            return RawRow(number, fault=f"{column}: this is not in UTF-8; save the file as CSV in UTF-8.")
    return RawRow(number, values)
