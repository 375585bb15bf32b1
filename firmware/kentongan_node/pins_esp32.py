"""Pins of the ESP32 DevKit, generated from hardware/pinmap/esp32_devkit.toml; do not edit.

python hardware/pinmap/generate.py
"""

PANIC_LOOP = 34
TAMPER_LOOP = 35
SILENCE_KEY = 13
TEST_BUTTON = 14
SIREN = 25
BEACON = 26
BUTTON_LED = 27
BUZZER = 23
LED_RED = 19
LED_GREEN = 18
LED_BLUE = 32
UART_TX = 22
UART_RX = 21
RS485_DE = 4
I2C_SDA = None
I2C_SCL = None
SIREN_SENSE = 33
BATTERY_SENSE = 36
MAINS_SENSE = 39
MICROPHONE = None
BATTERY_LOW = None
MAINS_LOST = None

# pressed, driven or selected when the pin reads low
ACTIVE_LOW = (SILENCE_KEY, TEST_BUTTON, UART_TX, UART_RX)
# needs the chip's own pull-up
PULLED_UP = (SILENCE_KEY, TEST_BUTTON, UART_RX)
# needs the chip's own pull-down
PULLED_DOWN = ()
