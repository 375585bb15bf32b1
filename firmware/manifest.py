# ruff: noqa: F821 - the names are those of MicroPython's manifest language
"""What is frozen into the ESP32-S3 image: the contract, the node and its two starters.

make -C ports/esp32 BOARD=ESP32_GENERIC_S3 FROZEN_MANIFEST=<this file>
"""

include("$(PORT_DIR)/boards/manifest.py")
package("kentongan_contract", base_path="../contract", opt=3)
package("kentongan_node", opt=3)
module("boot.py", opt=3)
module("main.py", opt=3)
