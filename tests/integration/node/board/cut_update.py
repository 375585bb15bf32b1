"""Take the power away before one of the flash writes of an update, and look at what the next boots start.

    micropython cut_update.py FIRST LAST

Tries every cut from FIRST up to LAST, each with a retry after the power is back, and prints one JSON line: how many cuts came, how
many boots found the old program and the new, and what was neither. Every program found is read whole and compared.
"""

import asyncio
import binascii
import gc
import hashlib
import json
import sys

import vfs
from flash import Flash

from kentongan_node.firmware_manifest import Manifest, UpdateError
from kentongan_node.slots import Slots
from kentongan_node.update import Update

BLOCKS = 96


def program(mark):
    return {
        "kentongan_node/" + name: mark * size for name, size in (("node.mpy", 9000), ("pins.mpy", 300), ("a.mpy", 5000))
    }


OLD, NEW = program(b"o"), program(b"n")


def manifest(files, sequence):
    listed = [
        (path, len(data), binascii.hexlify(hashlib.sha256(data).digest()).decode()) for path, data in files.items()
    ]
    return Manifest("0." + str(sequence), sequence, ["esp32_s3"], listed)


def install(files, sequence, root):
    fetched = []

    async def fetch(path, at, size):
        fetched.append(path)
        return files[path][at : at + size]

    asyncio.run(Update(Slots(root), lambda: True).install(manifest(files, sequence), fetch))
    return fetched


def content(path):
    with open(path, "rb") as file:
        return file.read()


def found(slot, root):
    """Which program lies whole in the slot."""
    for name, files in (("old", OLD), ("new", NEW)):
        try:
            if all(content(root + "/" + slot + "/" + path) == data for path, data in files.items()):
                return name
        except OSError:
            pass
    return "torn"


def start(root):
    """What the next boot runs."""
    slot = Slots(root).choose()
    return "image" if slot is None else found(slot, root)


def try_cut(writes):
    flash = Flash(BLOCKS)
    vfs.VfsLfs2.mkfs(flash)
    vfs.mount(vfs.VfsLfs2(flash), "/flash")
    install(OLD, 1, "/flash")
    slots = Slots("/flash")
    slots.commit(slots.choose())
    flash.writes_left = writes
    try:
        install(NEW, 2, "/flash")
        slots = Slots("/flash")
        slots.commit(slots.choose())
    except (UpdateError, OSError):
        pass
    cut = flash.writes_left < 0
    flash.writes_left = None
    copy = Flash(BLOCKS)
    copy.data = bytearray(flash.data)  # the first chip stays mounted: its open files must never reach the second
    vfs.mount(vfs.VfsLfs2(copy), "/again")
    first = start("/again")
    again = "new"
    if first == "old":
        if not Slots("/again").is_trial():
            install(NEW, 2, "/again")  # tried once more, over what the cut left behind
        again = start("/again")
    vfs.umount("/again")
    vfs.umount("/flash")
    return cut, first, again


gc.disable()
result = {"cuts": 0, "old": 0, "new": 0, "neither": []}
for writes in range(int(sys.argv[1]), int(sys.argv[2])):
    cut, first, again = try_cut(writes)
    result["cuts"] += cut
    if first in ("old", "new") and again == "new":
        result[first] += 1
    else:
        result["neither"].append([writes, first, again])
    gc.collect()
    if not cut:
        break
print(json.dumps(result))
