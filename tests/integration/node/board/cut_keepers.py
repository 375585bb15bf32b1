"""Take the power away before one of the flash writes of codebook, command log and short lives, and look what a reboot finds.

    micropython cut_keepers.py FIRST LAST

Tries every cut from FIRST up to LAST and prints one JSON line: how many cuts came, and what each that went wrong lost.
"""

import gc
import json
import os
import sys

import vfs
from flash import Flash

from kentongan_contract.messages import Codebook as Message
from kentongan_node.codebook import Codebook
from kentongan_node.command_log import CommandLog
from kentongan_node.health import begin_life, lived
from kentongan_node.journal import Journal

CODES = [["panic", "titir", [90, 110], 10_000, 60_000, "red"], ["fire", "3-3", [90, 160, 90, 900], 9, 60_000, "amber"]]


def work(folder, said):
    """Newer books, commands that end until their journal is written anew, short lives; `said` gets what was surely written."""
    book = Codebook(Journal(folder + "/codebook.journal"))
    log = CommandLog(Journal(folder + "/command.journal"))
    for turn in range(3):
        book.take(Message(book.revision + 1, "v", CODES))
        book.keep()
        if book.write_errors == 0:
            said["revision"] = book.revision
        for number in range(3):
            id = "c" + str(turn) + "-" + str(number)
            log.move(id, "taken")
            log.move(id, "ended")
        log.keep()
        if log.write_errors == 0:
            said["commands"] = [entry[0] for entry in log._entries]
        begin_life(folder, "watchdog")
        if turn == 1:
            lived(folder)


def try_cut(writes):
    """(the cut came, what went wrong)"""
    flash = Flash(32)
    vfs.VfsLfs2.mkfs(flash)
    vfs.mount(vfs.VfsLfs2(flash), "/flash")
    first = CommandLog(Journal("/flash/command.journal"))
    for number in range(60):  # so that the journal is written anew in the middle of the work
        first.move("f" + str(number), "taken")
        first.move("f" + str(number), "ended")
        first.keep()
    flash.writes_left = writes
    said = {"revision": 0, "commands": []}
    work("/flash", said)
    cut = flash.writes_left < 0
    flash.writes_left = None
    copy = Flash(32)
    copy.data = bytearray(flash.data)
    vfs.mount(vfs.VfsLfs2(copy), "/again")
    wrong = []
    book = Codebook(Journal("/again/codebook.journal"))
    if not said["revision"] <= book.revision <= said["revision"] + 1 or book.code("panic").beats != [90, 110]:
        wrong.append("codebook " + str(book.revision) + " for " + str(said["revision"]))
    log = CommandLog(Journal("/again/command.journal"))
    known = [
        id for id in said["commands"][-13:] if not log.is_known(id)
    ]  # the last of the sixteen, one batch of three may be newer
    if known:
        wrong.append("commands " + str(known))
    for _ in range(9):
        if begin_life("/again", "watchdog"):
            break
    else:
        wrong.append("no safe mode")
    vfs.umount("/again")
    vfs.umount("/flash")
    return cut, wrong


gc.disable()  # files that a cut left open would be closed on a chip that is no more
tried, failures = 0, []
for writes in range(int(sys.argv[1]), int(sys.argv[2])):
    cut, wrong = try_cut(writes)
    if wrong:
        failures.append([writes, wrong])
    tried += cut
print(json.dumps({"cuts": tried, "failures": failures}))
