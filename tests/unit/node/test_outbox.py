from kentongan_node.outbox import COMPACT_AT, LONGEST_QUEUE, REPEAT_MS, Outbox


class Medium:
    """A journal in memory that can refuse, and be cut after any number of writes."""

    def __init__(self):
        self.records = []
        self.refuses = False

    def load(self):
        return [dict(record) for record in self.records]

    def append(self, record):
        if self.refuses:
            raise OSError(28)
        self.records.append(record)

    def rewrite(self, records):
        if self.refuses:
            raise OSError(28)
        self.records = [dict(record) for record in records]


def _middle(size):
    return bytes([127, 255, 255, 255, 255, 255, 255, 255])[:size]  # draws the middle: no jitter


def _outbox(medium, boot=1):
    return Outbox(medium, "ktg-1", boot, _middle)


def test_a_press_is_said_until_the_receipt():
    outbox = _outbox(Medium())
    assert outbox.next_id() == "ktg-1.1.0"
    id = outbox.add("panic", "actual", 1000)
    assert id == "ktg-1.1.0"
    now, said = 1000, []
    for _ in range(8):
        (report,) = outbox.due(now)
        assert (report.id, report.kind, report.purpose, report.boot, report.seq) == (id, "panic", "actual", 1, 0)
        assert report.age_ms == now - 1000
        said.append(now - 1000)
        outbox.sent(id, now)
        assert outbox.due(now) == []
        now = outbox.next_due_ms()
    assert said == [0, 500, 1500, 3500, 7500, 12500, 17500, 22500]
    assert outbox.forget(id)
    assert not outbox.forget(id)
    assert outbox.next_due_ms() is None


def test_the_repeats_are_spread_by_a_fifth():
    outbox = Outbox(Medium(), "ktg-1", 1, lambda size: bytes([255]) * size)
    outbox.add("panic", "actual", 0)
    outbox.sent("ktg-1.1.0", 0)
    assert outbox.next_due_ms() == REPEAT_MS[0] * 12 // 10


def test_a_reboot_keeps_the_report_and_loses_its_age():
    medium = Medium()
    earlier = _outbox(medium)
    earlier.add("panic", "actual", 5000)
    assert medium.records == []
    assert earlier.keep() == ["ktg-1.1.0"]
    assert earlier.keep() == []
    later = _outbox(medium, boot=2)
    (report,) = later.due(0)
    assert (report.id, report.boot, report.seq, report.age_ms) == ("ktg-1.1.0", 1, 0, None)
    assert later.latest == "ktg-1.1.0"
    assert later.next_id() == "ktg-1.2.0"
    assert later.forget("ktg-1.1.0")
    assert later.keep() == []
    assert _outbox(medium, boot=3).pending() == []


def test_the_newest_report_stays_known_after_its_receipt():
    medium = Medium()
    outbox = _outbox(medium)
    first, second = outbox.add("panic", "actual", 0), outbox.add("panic", "actual", 1)
    outbox.forget(second)
    outbox.keep()
    assert _outbox(medium, 2).latest == second
    outbox.forget(first)
    outbox.keep()
    assert _outbox(medium, 2).latest == second
    outbox._rewrite()
    assert medium.records == [{"done": second}]
    assert _outbox(medium, 2).latest == second


def test_a_thousand_presses_leave_a_small_file_and_nothing_lost():
    medium = Medium()
    outbox = _outbox(medium)
    for turn in range(1000):
        id = outbox.add("panic", "actual", turn)
        if turn % 10:
            outbox.forget(id)
        outbox.keep()
        assert len(medium.records) <= COMPACT_AT
        assert _outbox(medium, 2).pending() == outbox.pending()
    assert LONGEST_QUEUE - 1 <= len(outbox.pending()) <= LONGEST_QUEUE
    assert outbox.dropped == 100 - len(outbox.pending())
    assert outbox.pending()[-1] == "ktg-1.1.990"


def test_a_medium_that_refuses_never_stops_the_report_and_gets_it_later():
    medium = Medium()
    outbox = _outbox(medium)
    medium.refuses = True
    ids = [outbox.add("panic", "actual", 0) for _ in range(3)]
    assert [report.id for report in outbox.due(0)] == ids
    assert outbox.keep() == []
    assert outbox.keep() == []
    assert outbox.write_errors == 2
    assert outbox.forget(ids[0])
    medium.refuses = False
    outbox.keep()
    assert _outbox(medium, 2).pending() == ids[1:]


def test_records_of_another_firmware_are_left_alone():
    medium = Medium()
    medium.records = [{"id": "ktg-1.1.0"}, {"what": 1}, {"id": "ktg-1.1.1", "kind": 5, "purpose": "actual", "boot": 1,
                      "seq": 1}]  # fmt: skip
    outbox = _outbox(medium, 2)
    assert outbox.pending() == []
    assert outbox.due(0) == []


def test_a_new_session_says_all_at_once():
    outbox = _outbox(Medium())
    ids = [outbox.add("panic", "actual", 0) for _ in range(3)]
    for id in ids:
        outbox.sent(id, 0)
    assert outbox.due(10) == []
    outbox.hurry(10)
    assert [report.id for report in outbox.due(10)] == ids
