"""Pins of the Raspberry Pi Pico W, generated from hardware/pinmap/raspberry_pi_pico_w.toml; do not edit.

python hardware/pinmap/generate.py
"""

PANIC_LOOP = 26
TAMPER_LOOP = 27
SILENCE_KEY = 10
TEST_BUTTON = 11
SIREN = 15
BEACON = 14
BUTTON_LED = 13
BUZZER = 12
LED_RED = 18
LED_GREEN = 19
LED_BLUE = 20
UART_TX = 4
UART_RX = 5
RS485_DE = 6
I2C_SDA = 8
I2C_SCL = 9
SIREN_SENSE = 28
BATTERY_SENSE = None
MAINS_SENSE = None
MICROPHONE = None
BATTERY_LOW = 16
MAINS_LOST = 17

# pressed, driven or selected when the pin reads low
ACTIVE_LOW = (SILENCE_KEY, TEST_BUTTON, UART_TX, UART_RX, I2C_SDA, I2C_SCL, BATTERY_LOW, MAINS_LOST)
# needs the chip's own pull-up
PULLED_UP = (SILENCE_KEY, TEST_BUTTON, UART_RX, BATTERY_LOW, MAINS_LOST)
# needs the chip's own pull-down
PULLED_DOWN = ()
