import asyncio
import json

from kentongan_node.bench import Bench
from kentongan_node.settling import Settling


class Board:
    """Says what it was made to say; the siren's current flows only under a stroke."""

    def __init__(self):
        self.looks = 0
        self.strokes = []
        self.fails = False

    def measured(self):
        self.looks += 1
        return {"panic_mv": 1600 + self.looks, "supply_mv": None}

    def siren_ma(self):
        if self.fails:
            raise OSError("no such pin")
        return 350 if self.strokes[-1:] == [True] else 0

    def probe_siren(self, on):
        self.strokes.append(on)

    def temperature_c(self):
        return 31


class Line:
    """Gives its pieces, then rests."""

    def __init__(self, pieces):
        self.pieces = pieces
        self.written = []
        self.is_closed = False

    async def read(self):
        if not self.pieces:
            await asyncio.sleep(10)
        return self.pieces.pop(0)

    def write(self, data):
        self.written.append(data)

    def close(self):
        self.is_closed = True


class Store:
    def read(self):
        return {}


class Door:
    def check(self, code):
        return None if code == "CODE" else "no"


def conversation(board, open_line=None):
    return Settling(Store(), Door(), Bench(board, lambda ssid: -50 if ssid == "jig" else None, open_line))


def ask(settling, **request):
    return json.loads(asyncio.run(settling.answered(json.dumps(request).encode())))


def opened(board, open_line=None):
    settling = conversation(board, open_line)
    ask(settling, do="claim", code="CODE")
    return settling


def test_nothing_is_measured_before_the_code_was_shown():
    board = Board()
    settling = conversation(board)
    for verb in ("measure", "echo"):
        assert "show the code" in ask(settling, do=verb, strike=True, ms=1, bytes=1)["error"]
    assert (board.looks, board.strokes) == (0, [])


def test_the_mean_of_eight_looks_is_told_and_what_is_not_measured_is_none():
    board = Board()
    readings = ask(opened(board), do="measure", ssid="jig")["readings"]
    assert readings == {"panic_mv": 1604, "supply_mv": None, "siren_ma": None, "rssi_dbm": -50, "temperature_c": 31}
    assert (board.looks, board.strokes) == (8, [])


def test_the_siren_is_tapped_for_its_current_and_let_go_of():
    board = Board()
    assert ask(opened(board), do="measure", strike=True)["readings"]["siren_ma"] == 350
    assert board.strokes == [True, False]


def test_a_stroke_that_fails_ends_too():
    board = Board()
    board.fails = True
    assert ask(opened(board), do="measure", strike=True)["error"] == "OSError: no such pin"
    assert board.strokes == [True, False]


def test_the_line_says_back_what_it_hears_in_its_pauses():
    line = Line([b"ab", b"cd"])
    assert ask(opened(Board(), lambda: line), do="echo", ms=5000, bytes=4) == {"ok": True, "bytes": 4}
    assert line.written == [b"abcd"]
    assert line.is_closed


def test_a_silent_line_ends_by_the_clock():
    line = Line([])
    assert ask(opened(Board(), lambda: line), do="echo", ms=30, bytes=4) == {"ok": True, "bytes": 0}
    assert line.is_closed


def test_a_node_that_works_on_its_line_gives_it_to_nobody():
    assert "works on its serial line" in ask(opened(Board()), do="echo", ms=30, bytes=4)["error"]


def test_requests_that_make_no_sense_are_sentences():
    settling = opened(Board(), lambda: Line([]))
    for request in ({"do": "echo"}, {"do": "echo", "ms": 0, "bytes": 1}, {"do": "echo", "ms": "1", "bytes": 1}):
        assert "whole numbers above 0" in ask(settling, **request)["error"]
    for request in ({"do": "measure", "strike": 1}, {"do": "measure", "ssid": 5}):
        assert "measure takes" in ask(settling, **request)["error"]
    assert "only the cable measures" in ask_bare()["error"]


def ask_bare():
    settling = Settling(Store(), Door())
    ask(settling, do="claim", code="CODE")
    return ask(settling, do="measure")
