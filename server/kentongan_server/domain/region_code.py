"""Region codes: the city's tree, readable from the code alone.

`33.74` ⊃ `33.74.12` ⊃ `33.74.12.1001` ⊃ `33.74.12.1001/RW03` ⊃ `33.74.12.1001/RW03/RT02`. To the kelurahan they are the
official codes; RW and RT are numbered within it. A region has one spelling, so that a code can be a key.
"""

import re
from enum import StrEnum

from kentongan_server.domain.errors import InvalidError

LONGEST = 64

_NUMBER = r"(?:0[1-9]|[1-9][0-9]{1,2})"
_CODE = re.compile(
    rf"[0-9]{{2}}\.[0-9]{{2}}(?:\.[0-9]{{2}}(?:\.[0-9]{{4}}(?:/RW{_NUMBER}(?:/RT{_NUMBER})?)?)?)?",
    re.ASCII,
)
_SHAPE = "kota 33.74, kecamatan 33.74.12, kelurahan 33.74.12.1001, RW 33.74.12.1001/RW03, RT 33.74.12.1001/RW03/RT02"


class Level(StrEnum):
    """How high a region stands in the tree."""

    KOTA = "kota"
    KECAMATAN = "kecamatan"
    KELURAHAN = "kelurahan"
    RW = "rw"
    RT = "rt"


_LEVELS = tuple(Level)


def level_of(code: str) -> Level:
    """The level that the code's shape says; InvalidError when it is no region's code."""
    if not is_code(code):
        raise InvalidError(f"{_quoted(code)} is no region's code; write it like one of these: {_SHAPE}.")
    return _LEVELS[code.count(".") + code.count("/") - 1]


def is_code(code: str) -> bool:
    """True when the text is the code of some region, existing or not."""
    return _CODE.fullmatch(code) is not None


def parent_of(code: str) -> str | None:
    """The code one level higher, None for a kota's; InvalidError when it is no region's code."""
    if level_of(code) is Level.KOTA:
        return None
    return code[: max(code.rfind("."), code.rfind("/"))]


def ancestors(code: str) -> tuple[str, ...]:
    """Every code above this one, the kota's first; InvalidError when it is no region's code."""
    parent = parent_of(code)
    return () if parent is None else (*ancestors(parent), parent)


def is_within(code: str, region: str) -> bool:
    """True when `code` is `region` or lies anywhere below it; texts that are no codes lie in themselves alone."""
    return code == region or code.startswith((f"{region}.", f"{region}/"))


def _quoted(code: str) -> str:
    return f'"{code[:LONGEST]}..."' if len(code) > LONGEST else f'"{code}"'
