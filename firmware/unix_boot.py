"""`boot.py` for a process: picks the slot in the state folder, then runs `unix_main.py` with the program that lies there.

    micropython unix_boot.py --fleet FLEET.json --node ID --state FOLDER

Ends with 3 when it wants to be started again.
"""

import sys

from kentongan_node.slots import Slots

folder = sys.argv[sys.argv.index("--state") + 1]
slot = Slots(folder).choose()
if slot is not None:
    for name in [name for name in sys.modules if name.startswith("kentongan_")]:
        sys.modules.pop(name)  # they came from the checkout
    sys.path.insert(0, folder + "/" + slot)

import asyncio  # noqa: E402

import unix_main  # noqa: E402

asyncio.run(unix_main.main(sys.argv[1:]))
