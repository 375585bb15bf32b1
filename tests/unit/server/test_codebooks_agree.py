"""The firmware's own codebook and the server's are two tables of one practice: what they say may not drift apart."""

from kentongan_node.codebook import Codebook
from kentongan_server.domain.codebook import SHIPPED


class _Empty:
    def load(self) -> list[dict[str, object]]:
        return []


def test_the_node_ships_with_the_servers_beats() -> None:
    book = Codebook(_Empty())
    assert book.kinds() == sorted(SHIPPED.codes)
    for kind, code in SHIPPED.codes.items():
        ours = book.code(kind.value)
        theirs = (code.pattern, list(code.beats), code.rounds, code.duration_ms, code.colour)
        assert (ours.pattern, ours.beats, ours.rounds, ours.duration_ms, ours.colour) == theirs
