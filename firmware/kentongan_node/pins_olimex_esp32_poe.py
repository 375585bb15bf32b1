"""Pins of the Olimex ESP32-POE, generated from hardware/pinmap/olimex_esp32_poe.toml; do not edit.

python hardware/pinmap/generate.py
"""

PANIC_LOOP = 32
TAMPER_LOOP = 33
SILENCE_KEY = 34
TEST_BUTTON = None
SIREN = 13
BEACON = 4
BUTTON_LED = None
BUZZER = None
LED_RED = 14
LED_GREEN = None
LED_BLUE = None
UART_TX = None
UART_RX = None
RS485_DE = None
I2C_SDA = None
I2C_SCL = None
SIREN_SENSE = 36
BATTERY_SENSE = None
MAINS_SENSE = None
MICROPHONE = None
BATTERY_LOW = None
MAINS_LOST = None

# pressed, driven or selected when the pin reads low
ACTIVE_LOW = (SILENCE_KEY,)
# needs the chip's own pull-up
PULLED_UP = ()
# needs the chip's own pull-down
PULLED_DOWN = ()
