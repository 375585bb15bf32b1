"""Pins of the Raspberry Pi gateway, generated from hardware/pinmap/raspberry_pi_gateway.toml; do not edit.

python hardware/pinmap/generate.py
"""

SIREN = "GPIO17"
BEACON = "GPIO27"
STATUS_LED = "GPIO22"
PANIC_BUTTON = "GPIO23"
SILENCE_KEY = "GPIO24"
TAMPER = "GPIO25"
BATTERY_LOW = "GPIO12"
MAINS_LOST = "GPIO13"
UART_TX = "GPIO14"
UART_RX = "GPIO15"
RS485_DE = "GPIO18"
LORA_M0 = "GPIO20"
LORA_M1 = "GPIO21"
LORA_AUX = "GPIO16"

# pressed, driven or selected when the pin reads low
ACTIVE_LOW = (PANIC_BUTTON, SILENCE_KEY, BATTERY_LOW, MAINS_LOST, UART_TX, UART_RX, LORA_AUX)
# needs the chip's own pull-up
PULLED_UP = (PANIC_BUTTON, SILENCE_KEY, TAMPER, BATTERY_LOW, MAINS_LOST, UART_RX, LORA_AUX)
# needs the chip's own pull-down
PULLED_DOWN = ()
