from kentongan_contract.messages import Codebook as Message
from kentongan_node.codebook import Codebook


class Shelf:
    """A journal in memory that may refuse."""

    def __init__(self):
        self.records = []
        self.full = False

    def load(self):
        return list(self.records)

    def rewrite(self, records):
        if self.full:
            raise OSError(28)
        self.records = records


def test_every_kind_of_the_firmwares_own_has_beats_a_lamp_and_an_end():
    book = Codebook(Shelf())
    assert len(book.kinds()) == 12
    for kind in book.kinds():
        code = book.code(kind)
        assert sum(code.beats) >= 50 or (kind, code.duration_ms) == ("house_watch", 0)
        assert code.duration_ms <= 180_000
    assert book.code("panic").beats == [90, 110]
    assert book.code("robbery").beats == [90, 160, 90, 900]
    assert book.code("unheard_of") is None


def test_a_higher_revision_replaces_it_and_outlives_the_power():
    shelf = Shelf()
    book = Codebook(shelf)
    assert book.take(Message(3, "rt-5", [["panic", "fast", [60, 60], 100, 20_000, "red"]]))
    assert book.code("panic").beats == [60, 60]
    assert book.code("fire").pattern == "3-3"  # what the city does not say stays as it was
    book.keep()
    again = Codebook(shelf)
    assert (again.revision, again.version, again.code("panic").beats) == (3, "rt-5", [60, 60])
    for revision in (1, 2, 3):
        assert not again.take(Message(revision, "old", [["panic", "slow", [500, 500], 1, 1_000, "red"]]))
    assert again.code("panic").beats == [60, 60]


def test_a_flash_that_refuses_is_counted_and_asked_again():
    shelf = Shelf()
    shelf.full = True
    book = Codebook(shelf)
    book.take(Message(1, "x", [["panic", "fast", [60, 60], 100, 20_000, "red"]]))
    book.keep()
    assert (book.write_errors, shelf.records) == (1, [])
    shelf.full = False
    book.keep()
    assert len(shelf.records) == 1


def test_a_record_of_another_shape_is_not_believed():
    for record in ({}, {"revision": "9", "codes": []}, {"revision": 9, "codes": [[1]]}, {"revision": 9}):
        shelf = Shelf()
        shelf.records = [record]
        assert Codebook(shelf).code("panic").beats == [90, 110]
