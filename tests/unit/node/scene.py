"""A node without its tasks, for tests that both interpreters run."""

import binascii
import os

from kentongan_contract import codec, messages, seal
from kentongan_node.node import Node
from kentongan_node.provisioning import Settings
from simulator.board_twin import TwinBoard

FOUND = {"node": "ktg-1", "key": "07" * 32, "host": "127.0.0.1", "password": "p", "tls": None}
FOUND.update({"cancel_pattern": [2, 3], "duress_pattern": [3, 2], "siren_ma": [20, 100], "quiet_hours": [1320, 300]})
SETTINGS = Settings(FOUND)
KEY = seal.Key(b"\x07" * 32)


class Scene:
    """A node without its tasks: the test moves time and contacts and carries the messages."""

    def __init__(self, folder=None, **different):
        self.folder = folder or "/tmp/kentongan-node-" + binascii.hexlify(os.urandom(6)).decode()
        if folder is None:
            os.mkdir(self.folder)
        self.told = []
        self.board = TwinBoard(self.hear)
        settings = Settings(dict(FOUND, **different)) if different else SETTINGS
        self.node = Node(settings, self.board, self.folder, self.hear)

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

    def run(self, begin, end):
        for now in range(begin, end, 5):
            self.node.step(now)

    def tap(self, begin, groups):
        """Taps of 100 ms; the time when the rhythm has ended."""
        now = begin
        for taps in groups:
            for _ in range(taps):
                self.board.close_panic(True)
                self.run(now, now + 100)
                self.board.close_panic(False)
                self.run(now + 100, now + 250)
                now += 250
            self.run(now, now + 900)
            now += 900
        self.run(now, now + 1_500)
        return now + 1_500

    def reports(self):
        return [(report.kind, report.of) for report in self.node.outbox.due(1_000_000)]

    def command(self, id="c1", action="sound", class_="crime", counter=1, duration_ms=2_000, leisure_ms=0):
        nonce = self.node._messenger._freshness.issue(b"12345678", self.node.clock.now_ms())
        beats = [90, 110] if action == "sound" else []
        self.tell("command", messages.Command(
            id, action, "i1", class_, "actual", "titir", beats, 10_000, duration_ms, "red", nonce, counter, 30_000,
            leisure_ms=leisure_ms))  # fmt: skip

    def tell(self, kind, message, retained=False):
        self.node.message(kind, seal.seal(KEY, kind, "ktg-1", codec.encode(message)), retained)

    def state(self):
        return codec.decode("state", seal.unseal(KEY, "state", "ktg-1", self.node.will()))

    def clear(self):
        for name in os.listdir(self.folder):
            os.remove(self.folder + "/" + name)
        os.rmdir(self.folder)
