"""Take the power away before one of the flash writes of an outbox at work, and look at what a reboot finds.

    micropython cut_power.py FIRST LAST

Tries every cut from FIRST up to LAST and prints one JSON line: how many cuts came, and which of them lost a report,
brought a confirmed one back or used a boot number again.
"""

import gc
import json
import os
import sys

import vfs
from flash import Flash

from kentongan_node.health import next_boot
from kentongan_node.journal import Journal
from kentongan_node.outbox import Outbox

BLOCKS = 32


class Board:
    def wall_seconds(self):
        return None

    def random(self, size):
        return os.urandom(size)


def boot(folder="/flash"):
    number = next_boot(folder, Board())
    return Outbox(Journal(folder + "/report.journal"), "ktg-1", number, os.urandom)


def work(outbox, kept, gone):
    """Presses, receipts and rewrites; `kept` and `gone` get what was surely written."""
    for turn in range(9):
        outbox.add("panic", "actual", 0)
        kept += outbox.keep()
        if turn % 3:
            done = outbox.pending()[0]
            outbox.forget(done)
            if done in kept:
                kept.remove(done)
            errors = outbox.write_errors
            outbox.keep()
            if outbox.write_errors == errors:
                gone.append(done)


def try_cut(writes):
    """(the cut came, what went wrong, the journal was rewritten before it)"""
    flash = Flash(BLOCKS)
    vfs.VfsLfs2.mkfs(flash)
    vfs.mount(vfs.VfsLfs2(flash), "/flash")
    first = boot()
    for _ in range(26):  # so that the journal is rewritten in the middle of the work
        first.forget(first.add("panic", "actual", 0))
    first.add("panic", "actual", 0)
    kept, gone = first.keep(), []
    flash.writes_left = writes
    second = boot()
    work(second, kept, gone)
    cut = flash.writes_left < 0
    flash.writes_left = None
    copy = Flash(BLOCKS)
    copy.data = bytearray(flash.data)  # the first chip stays mounted: its open files must never reach the second
    vfs.mount(vfs.VfsLfs2(copy), "/again")
    third = boot("/again")
    rewritten = second._records < 20
    found = third.pending()
    wrong = [id for id in kept if id not in found] + [id for id in gone if id in found]
    if third.next_id() in (first.next_id(), second.next_id()) or third.next_id() in kept + gone:
        wrong.append(third.next_id())
    vfs.umount("/again")
    vfs.umount("/flash")
    return cut, wrong, rewritten


gc.disable()  # files that a cut left open would be closed on a chip that is no more
tried, failures, rewrites = 0, [], 0
for writes in range(int(sys.argv[1]), int(sys.argv[2])):
    cut, wrong, rewritten = try_cut(writes)
    if wrong:
        failures.append([writes, wrong])
    tried += cut
    rewrites += rewritten
print(json.dumps({"cuts": tried, "failures": failures, "rewrites": rewrites}))
