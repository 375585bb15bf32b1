# ruff: noqa: F821 - the names are those of MicroPython's manifest language
"""What is frozen into every board's image: the contract, the node with all pin files, and its two starters.

make -C ports/esp32 BOARD=ESP32_GENERIC_S3 FROZEN_MANIFEST=<this file>    (ESP32_GENERIC, ESP32_GENERIC_C3)
make -C ports/rp2 BOARD=RPI_PICO_W FROZEN_MANIFEST=<this file>
"""

include("$(PORT_DIR)/boards/manifest.py")
package("kentongan_contract", base_path="../contract", opt=3)
package("kentongan_node", opt=3)
module("boot.py", opt=3)
module("main.py", opt=3)
