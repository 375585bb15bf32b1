"""Wear a whole node out inside MicroPython, without its tasks: micropython board/exhaust.py grow|fuzz COUNT FOLDER

`grow` brings COUNT sealed messages (commands, repeats, stale ones, receipts, strangers) with looks at the contacts between
them, and tells how much more memory is held at the end than half-way. `fuzz` brings COUNT payloads that are
damaged, cut, spliced or made up, sealed rightly or not, and tells how many exceptions came out. One JSON line.
"""

import gc
import json
import os
import sys

from kentongan_contract import codec, messages, seal
from kentongan_node.node import Node
from kentongan_node.provisioning import Settings
from simulator.board_twin import TwinBoard

KEY = seal.Key(b"\x07" * 32)
NAME = "ktg-1"
SETTINGS = {"node": NAME, "key": "07" * 32, "host": "127.0.0.1", "password": "p", "tls": None, "hold_ms": 0}


HEAP = (
    64 * 1024
)  # what is left beside the code, which a board has in its flash; words are 64 bits here, twice a board's


def leave(size):
    """Take everything of the heap but `size` bytes."""
    gc.collect()
    ballast = []
    while gc.mem_free() > size + 64:
        ballast.append(bytearray(min(gc.mem_free() - size, 16 * 1024)))
    return ballast


class Chance:
    """A small generator, the same on every run."""

    def __init__(self):
        self._state = 7

    def below(self, bound):
        self._state = (self._state * 1103515245 + 12345) & 0x7FFFFFFF
        return (self._state >> 8) % bound

    def bytes(self, size):
        data = bytearray(size)  # a list of them would take eight times the memory that is being measured
        for at in range(size):
            data[at] = self.below(256)
        return bytes(data)


class Wear:
    def __init__(self, folder):
        self.chance = Chance()
        self.told = self.escapes = 0
        self.troubles = []
        self.board = TwinBoard(self.hear)
        self.node = Node(Settings(SETTINGS), self.board, folder, self.hear)
        self.freshness = self.node.inbox._freshness
        self.counter = 0
        self.now = 0

    def hear(self, event, **fields):
        self.told += 1
        if event == "trouble":  # the node caught it itself: no less an escape
            self.escapes += 1
            self.troubles.append(fields)

    def sealed(self, message):
        return seal.seal(KEY, message.KIND, NAME, codec.encode(message))

    def command(self, nonce):
        self.counter += 1
        return messages.Command(
            "c" + str(self.counter), ("sound", "silence", "test", "all_clear")[self.chance.below(4)],
            "i" + str(self.chance.below(5)), "crime", "actual", "titir", [90, 110], 10_000, 60_000, "red",
            nonce, self.counter, 30_000,
        )  # fmt: skip

    def one(self, number):
        """One message of any kind, and a look at the contacts."""
        if number % 50 == 0:
            self.nonce = self.freshness.issue(self.chance.bytes(8), self.node.clock.now_ms())
        turn = number % 10
        if turn < 4:
            self.last = self.sealed(self.command(self.nonce))
            self.bring("command", self.last)
        elif turn < 6:
            self.bring("command", self.last)
        elif turn == 6:
            self.bring("command", self.sealed(self.command("0" * 16)))
        elif turn == 7:
            self.bring("receipt", self.sealed(messages.Receipt(self.node.outbox.next_id(), "stored", "i1")))
        elif turn == 8:
            self.bring("command", self.chance.bytes(100))
        else:
            self.press()
        self.look()

    def press(self):
        self.board.close_panic(True)
        for _ in range(6):
            self.look()
        self.board.close_panic(False)
        for _ in range(6):
            self.look()
        for report in self.node.outbox.pending():
            self.bring("receipt", self.sealed(messages.Receipt(report, "stored", "i1")))
        self.node.outbox.keep()
        self.node.log.keep()

    def damaged(self, number):
        """A payload that nobody would send in good faith."""
        kind = ("command", "receipt", "codebook", "time", "state", "x")[self.chance.below(6)]
        body = bytearray(codec.encode(self.command("0" * 16)))
        act = number % 5
        if act == 0:
            for _ in range(1 + self.chance.below(4)):
                body[self.chance.below(len(body))] = self.chance.below(256)
        elif act == 1:
            body = body[: self.chance.below(len(body))]
        elif act == 2:
            body = body[: self.chance.below(len(body))] + self.chance.bytes(self.chance.below(60))
        elif act == 3:
            body = bytearray(b"[{" * self.chance.below(400))
        else:
            body = bytearray(self.chance.bytes(self.chance.below(600)))
        data = bytes(body)
        if self.chance.below(2) and kind != "x":
            data = seal.seal(KEY, kind, NAME, data)
        self.bring(kind, data)

    def bring(self, kind, payload):
        try:
            self.node.message(kind, payload, False)
        except Exception:  # noqa: BLE001 - an escape is what is counted
            self.escapes += 1

    def look(self):
        self.now += 5
        self.node.step(self.now)


def main(what, count, folder):
    os.mkdir(folder)
    ballast = leave(HEAP)
    wear = Wear(folder)
    early = 0
    for number in range(count):
        (wear.one if what == "grow" else wear.damaged)(number)
        if number == count // 2:
            gc.collect()
            early = gc.mem_alloc()
    gc.collect()
    result = {
        "messages": count,
        "ballast": len(ballast),  # it is held until here
        "escapes": wear.escapes,
        "growth": gc.mem_alloc() - early,
        "told": wear.told,
        "troubles": wear.troubles[:3],
    }
    result.update({"soundings": wear.node.sounder.soundings, "refused": wear.node.inbox.refusals()})
    print(json.dumps(result))


main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
