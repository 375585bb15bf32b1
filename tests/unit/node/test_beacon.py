from kentongan_node.beacon import MEMORY_MS, Beacon


class Pin:
    def __init__(self):
        self.history = []

    def beacon(self, on):
        self.history.append(on)


def test_it_burns_while_it_sounds_and_flashes_for_ten_minutes_after():
    pin = Pin()
    beacon = Beacon(pin)
    assert beacon.step(0, False, False) is None
    assert beacon.step(100, True, True) is None
    now = 5_000
    flashes = 0
    while now is not None:
        due = beacon.step(now, False, False)
        flashes += pin.history[-1]
        now = due
    assert flashes == (MEMORY_MS - 4_900) // 1_500  # 4.9 s of it had passed at the first look
    assert pin.history[0]
    assert not pin.history[-1]


def test_a_drill_leaves_no_memory():
    pin = Pin()
    beacon = Beacon(pin)
    beacon.step(0, True, False)
    assert beacon.step(2_000, False, False) is None
    assert pin.history == [True, False]
