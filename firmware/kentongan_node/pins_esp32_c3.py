"""Pins of the ESP32-C3 board, generated from hardware/pinmap/esp32_c3.toml; do not edit.

python hardware/pinmap/generate.py
"""

PANIC_LOOP = 0
TAMPER_LOOP = 1
SILENCE_KEY = 5
TEST_BUTTON = None
SIREN = 6
BEACON = 7
BUTTON_LED = None
BUZZER = None
LED_RED = 10
LED_GREEN = None
LED_BLUE = None
UART_TX = None
UART_RX = None
RS485_DE = None
I2C_SDA = None
I2C_SCL = None
SIREN_SENSE = 3
BATTERY_SENSE = 4
MAINS_SENSE = None
MICROPHONE = None
BATTERY_LOW = None
MAINS_LOST = None

# pressed, driven or selected when the pin reads low
ACTIVE_LOW = (SILENCE_KEY,)
# needs the chip's own pull-up
PULLED_UP = (SILENCE_KEY,)
# needs the chip's own pull-down
PULLED_DOWN = ()
