"""Take the power away before one of the flash writes of new settings, and look at what a reboot finds.

    micropython cut_settings.py

Tries every cut and prints one JSON line: how many came, how many left the old settings, how many the new, and what was neither.
"""

import gc
import json

import vfs
from flash import Flash

from kentongan_node.provisioning import SettingsError, load
from kentongan_node.settings_store import SettingsStore

OLD = {"node": "ktg-1", "key": "07" * 32, "host": "old", "password": "p", "wifi": [{"ssid": "s" * 30}] * 20}
NEW = {"host": "new", "wifi": [{"ssid": "t" * 32, "password": "w" * 60}] * 30}


def try_cut(writes):
    """(the cut came, what a reboot finds)"""
    flash = Flash(32)
    vfs.VfsLfs2.mkfs(flash)
    vfs.mount(vfs.VfsLfs2(flash), "/flash")
    store = SettingsStore("/flash/settings.json")
    store.replace(OLD, 0)
    flash.writes_left = writes
    try:
        store.replace(NEW, 1)
    except SettingsError:
        pass
    cut = flash.writes_left < 0
    flash.writes_left = None
    copy = Flash(32)
    copy.data = bytearray(flash.data)
    vfs.mount(vfs.VfsLfs2(copy), "/again")
    try:
        settings = load("/again/settings.json")
        found = [settings.host, settings.version, len(settings.wifi)]
    except SettingsError as error:
        found = str(error)
    vfs.umount("/again")
    vfs.umount("/flash")
    return cut, found


gc.disable()
cuts, old, new, neither = 0, 0, 0, []
for writes in range(1000):
    cut, found = try_cut(writes)
    cuts += cut
    if found == ["old", 1, 20]:
        old += 1
    elif found == ["new", 2, 30]:
        new += 1
    else:
        neither.append([writes, found])
    if not cut:
        break
print(json.dumps({"cuts": cuts, "old": old, "new": new, "neither": neither}))
