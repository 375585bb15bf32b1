"""Runs before anything else: the siren is silent, whatever the last program left on its pin; then the slot is picked.

Whatever goes wrong with the slots, the image's own program starts.
"""

import sys

from machine import Pin

from kentongan_node.pins import pins

Pin(pins.SIREN, Pin.OUT, value=0)

try:
    from kentongan_node.slots import Slots

    slot = Slots("").choose()
    if slot is not None:
        for name in [name for name in sys.modules if name.startswith("kentongan_")]:
            sys.modules.pop(name)  # they came from the image
        sys.path.insert(0, "/" + slot)
except Exception as error:
    sys.stderr.write("slots: " + str(error) + "\n")
