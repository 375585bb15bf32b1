"""The firmware's own codebook and the server's are two tables of one practice: what they say may not drift apart."""

import sys
from pathlib import Path

from kentongan_server.domain.codebook import SHIPPED

FIRMWARE = Path(__file__).resolve().parents[3] / "firmware"


class _Empty:
    def load(self) -> list[dict[str, object]]:
        return []


def test_the_node_ships_with_the_servers_beats() -> None:
    sys.path.insert(0, str(FIRMWARE))
    from kentongan_node.codebook import Codebook

    book = Codebook(_Empty())
    assert book.kinds() == sorted(SHIPPED.codes)
    for kind, code in SHIPPED.codes.items():
        ours = book.code(kind.value)
        theirs = (code.pattern, list(code.beats), code.rounds, code.duration_ms, code.colour)
        assert (ours.pattern, ours.beats, ours.rounds, ours.duration_ms, ours.colour) == theirs
