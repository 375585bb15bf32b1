import binascii
import os

from kentongan_contract import codec, messages, seal
from kentongan_node.node import Node
from kentongan_node.provisioning import Settings
from simulator.board_twin import TwinBoard

SETTINGS = Settings({"node": "ktg-1", "key": "07" * 32, "host": "127.0.0.1", "password": "p"})
KEY = seal.Key(b"\x07" * 32)


class Scene:
    """A node without its tasks: the test moves time and contacts and carries the messages."""

    def __init__(self, folder=None):
        self.folder = folder or "/tmp/kentongan-node-" + binascii.hexlify(os.urandom(6)).decode()
        if folder is None:
            os.mkdir(self.folder)
        self.told = []
        self.board = TwinBoard(self.hear)
        self.node = Node(SETTINGS, self.board, self.folder, self.hear)

    def hear(self, event, **fields):
        self.told.append((event, fields))

    def heard(self, event):
        return [fields for name, fields in self.told if name == event]

    def press(self, begin=1_000, hold=400):
        self.board.close_panic(True)
        for now in range(begin, begin + hold, 5):
            self.node.step(now)
        self.board.close_panic(False)
        for now in range(begin + hold, begin + hold + 30, 5):
            self.node.step(now)

    def tell(self, kind, message, retained=False):
        self.node.message(kind, seal.seal(KEY, kind, "ktg-1", codec.encode(message)), retained)

    def state(self):
        return codec.decode("state", seal.unseal(KEY, "state", "ktg-1", self.node.will()))

    def clear(self):
        for name in os.listdir(self.folder):
            os.remove(self.folder + "/" + name)
        os.rmdir(self.folder)


def test_a_press_sounds_is_written_down_and_shown():
    scene = Scene()
    scene.press()
    names = [event for event, _ in scene.told]
    assert names.index("siren") < names.index("pressed")
    assert scene.board.strikes > 0
    assert scene.board.lamp == "red"
    (report,) = scene.node.outbox.pending()
    assert report == "ktg-1." + str(scene.node.boot) + ".0"
    state = scene.state()
    assert (state.siren, state.report, state.stage) == ("sounding", report, None)
    scene.clear()


def test_a_short_touch_is_nothing():
    scene = Scene()
    scene.press(hold=200)
    assert scene.node.outbox.pending() == []
    assert scene.board.strikes == 0
    scene.clear()


def test_without_a_flash_the_siren_sounds_and_the_report_is_kept_in_memory():
    scene = Scene("/tmp/kentongan-node-missing/x")
    scene.press()
    assert scene.board.strikes > 0
    assert len(scene.node.outbox.pending()) == 1
    assert scene.node.outbox.keep() == []
    assert scene.node.outbox.write_errors == 1


def test_the_receipt_ends_the_repeats_and_drives_the_lamp():
    scene = Scene()
    scene.press()
    (report,) = scene.node.outbox.pending()
    scene.tell("receipt", messages.Receipt("ktg-1.1.999", "stored", None))
    assert scene.node.outbox.pending() == [report]
    scene.tell("receipt", messages.Receipt(report, "stored", "i1"))
    assert scene.node.outbox.pending() == []
    scene.tell("receipt", messages.Receipt(report, "police_saw", "i1"))
    scene.tell("receipt", messages.Receipt(report, "stored", "i1"))
    assert [fields["stage"] for fields in scene.heard("indicator")] == ["stored", "police_saw"]
    assert scene.state().stage == "police_saw"
    scene.clear()


def test_a_power_cut_after_the_press_loses_no_report():
    scene = Scene()
    scene.press()
    (report,) = scene.node.outbox.keep()
    again = Scene(scene.folder)
    assert again.node.boot == scene.node.boot + 1
    assert again.node.outbox.pending() == [report]
    assert again.node.indicator.report == report
    assert again.board.strikes == 0
    again.tell("receipt", messages.Receipt(report, "stored", None))
    again.node.outbox.keep()
    third = Scene(scene.folder)
    assert third.node.outbox.pending() == []
    third.tell("receipt", messages.Receipt(report, "on_the_way", None))  # news of the press before the reboot
    assert third.state().stage == "on_the_way"
    scene.clear()


def test_noise_from_the_wire_is_counted_and_harmless():
    scene = Scene()
    for kind in ("command", "receipt", "state", "x", ""):
        for payload in (b"", b"\x00" * 100, b"a" * 64 + b" {}", b"\xff" * 5000):
            for retained in (True, False):
                scene.node.message(kind, payload, retained)
    assert scene.node.inbox.refusals() == 40
    assert scene.heard("trouble") == []
    assert scene.state().refused == 40
    scene.clear()


def test_the_silence_key_ends_the_noise_and_never_the_report():
    scene = Scene()
    scene.press()
    scene.board.close_silence(True)
    for now in range(1_500, 1_600, 5):
        scene.node.step(now)
    assert scene.node.sounder.state == "silent"
    assert scene.board.striking is False
    assert len(scene.node.outbox.pending()) == 1
    scene.clear()


def test_states_are_numbered_through_a_boot():
    scene = Scene()
    assert [scene.state().seq for _ in range(3)] == [1, 2, 3]
    scene.clear()
