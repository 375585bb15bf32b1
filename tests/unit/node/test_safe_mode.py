from kentongan_node.limits import LONGEST_MS
from kentongan_node.safe_mode import CALM_MS, HOLD_MS, SOUND_MS, SafeMode
from simulator.board_twin import TwinBoard


class Scene:
    def __init__(self):
        self.told = []
        self.board = TwinBoard(self.hear)
        self.mode = SafeMode(self.board, self.hear, True)

    def hear(self, event, **fields):
        self.told.append((event, fields))

    def run(self, begin, end):
        """Look every 5 ms; the milliseconds in which the siren struck."""
        loud = 0
        for now in range(begin, end, 5):
            assert self.mode.step(now)
            loud += 5 * self.board.striking
        return loud


def test_the_button_still_sounds_the_siren():
    scene = Scene()
    assert scene.run(0, 1_000) == 0
    assert scene.board.lamp in ("red", "white")
    scene.board.close_panic(True)
    assert scene.run(1_000, 1_000 + HOLD_MS + 5) > 0
    scene.board.close_panic(False)
    assert scene.run(2_000, 2_000 + SOUND_MS) > SOUND_MS // 3
    assert scene.run(40_000, 45_000) == 0
    assert [fields["on"] for event, fields in scene.told if event == "siren"] == [True, False]


def test_the_key_ends_it_and_a_held_button_is_one_alarm():
    scene = Scene()
    scene.board.close_panic(True)
    scene.run(0, 1_000)
    scene.board.close_silence(True)
    scene.run(1_000, 1_100)
    assert not scene.board.striking
    assert scene.run(1_100, LONGEST_MS) == 0


def test_it_ends_when_it_has_been_calm():
    scene = Scene()
    scene.board.close_panic(True)
    scene.run(0, 1_000)
    scene.board.close_panic(False)
    scene.run(1_000, SOUND_MS + 5_000)
    assert scene.mode.step(CALM_MS)
    assert not scene.mode.step(CALM_MS + SOUND_MS + 5_000)
