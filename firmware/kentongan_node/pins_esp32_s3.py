"""Pins of the ESP32-S3-DevKitC-1, generated from hardware/pinmap/esp32_s3_devkitc.toml; do not edit.

python hardware/pinmap/generate.py
"""

PANIC_LOOP = 4
TAMPER_LOOP = 5
SILENCE_KEY = 14
TEST_BUTTON = 21
SIREN = 15
BEACON = 16
BUTTON_LED = 17
BUZZER = 42
LED_RED = 13
LED_GREEN = 18
LED_BLUE = 40
UART_TX = 10
UART_RX = 11
RS485_DE = 12
I2C_SDA = 8
I2C_SCL = 9
SIREN_SENSE = 1
BATTERY_SENSE = 6
MAINS_SENSE = 7
MICROPHONE = 2
BATTERY_LOW = None
MAINS_LOST = None

# pressed, driven or selected when the pin reads low
ACTIVE_LOW = (SILENCE_KEY, TEST_BUTTON, UART_TX, UART_RX, I2C_SDA, I2C_SCL)
# needs the chip's own pull-up
PULLED_UP = (SILENCE_KEY, TEST_BUTTON, UART_RX)
# needs the chip's own pull-down
PULLED_DOWN = ()
