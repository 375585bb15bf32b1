"""The ESP32-S3 reference board, and the only door to `machine`."""

import os
import time

from machine import ADC, UART, WDT, Pin

from . import pins_esp32_s3 as pins
from .analog import LOOP_CLOSED_BELOW_MV, LOOP_SHORT_BELOW_MV
from .call_point import SAMPLE_MS
from .clock import sleep_ms

_LIGHTS = {
    None: (0, 0, 0),
    "red": (1, 0, 0),
    "amber": (1, 1, 0),
    "blue": (0, 0, 1),
    "white": (1, 1, 1),
    "green": (0, 1, 0),
}
_WATCHDOG_MS = 8_000
_FIRST_YEAR = 2026  # a clock that says less was never set
_BAUD = 115_200
_BUFFER = 2_048


class Board:
    """Contacts, siren, lamp, randomness, clock of the day; the watchdog runs from the first look at the contacts."""

    def __init__(self, utc_offset_minutes: int):
        self._utc_offset = utc_offset_minutes
        self._siren = _output(pins.SIREN)
        self._lamp = [_output(pin) for pin in (pins.LED_RED, pins.LED_GREEN, pins.LED_BLUE)]
        self._panic = ADC(Pin(pins.PANIC_LOOP), atten=ADC.ATTN_11DB)
        self._silence = _contact(pins.SILENCE_KEY)
        self._shown = None
        self._watchdog = None

    def panic_closed(self) -> bool:
        """The raw contact: a wire that is shorted or cut is no press."""
        return LOOP_SHORT_BELOW_MV <= self._panic.read_uv() // 1000 < LOOP_CLOSED_BELOW_MV

    def silence_closed(self) -> bool:
        """The raw contact."""
        return self._silence.value() == 0

    def siren(self, on: bool) -> None:
        """The gate of the siren's transistor."""
        self._siren.value(1 if on else 0)

    def light(self, colour: "str | None") -> None:
        """The indicator; None is dark."""
        if colour != self._shown:
            self._shown = colour
            for pin, level in zip(self._lamp, _LIGHTS[colour]):
                pin.value(level)

    def random(self, size: int) -> bytes:
        """From the chip's own source of noise."""
        return os.urandom(size)

    def minute(self) -> "int | None":
        """Minute of the local day, None while the clock was never set."""
        seconds = self.wall_seconds()
        return None if seconds is None else (seconds // 60 + self._utc_offset) % 1440

    def wall_seconds(self) -> "int | None":
        """Seconds of the chip's clock, None while it was never set."""
        return int(time.time()) if time.gmtime()[0] >= _FIRST_YEAR else None

    def battery_mv(self) -> "int | None":
        """Not measured yet: the divider has no calibration."""
        return None

    def mains(self) -> "bool | None":
        """Not measured yet: the divider has no calibration."""
        return None

    def feed(self) -> None:
        """The watchdog lives on the local loop alone: a broker that is away never reboots a kentongan."""
        if self._watchdog is None:
            self._watchdog = WDT(timeout=_WATCHDOG_MS)
        self._watchdog.feed()

    def nudge(self) -> None:
        """Nothing: the next look comes within 5 ms."""

    async def pause(self, _ms: "int | None") -> None:
        """Until the next sample."""
        await sleep_ms(SAMPLE_MS)


class Line:
    """UART1 to the RS-485 driver, in the shape of a serial link's port."""

    def __init__(self):
        self._uart = UART(1, _BAUD, tx=pins.UART_TX, rx=pins.UART_RX, txbuf=_BUFFER, rxbuf=_BUFFER, timeout=0)
        self._drive = _output(pins.RS485_DE)
        self._leaving = 0  # bytes that have not left yet, at most

    async def read(self) -> bytes:
        """The bytes that came; ends our own driving of the bus as soon as the last bit has left."""
        while True:
            if self._leaving and self._uart.txdone():
                self._drive.value(0)
                self._leaving = 0
            data = self._uart.read(256) if self._uart.any() else None
            if data:
                return data
            await sleep_ms(1 if self._leaving else SAMPLE_MS)

    def write(self, data: bytes) -> None:
        """Into the transmit buffer; OSError where it has no room, for `uart.write` would stall the loop."""
        if self._leaving + len(data) > _BUFFER:
            raise OSError("the line is busy")
        self._drive.value(1)
        self._leaving += len(data)
        self._uart.write(data)

    def close(self) -> None:
        """Let go of the bus."""
        self._drive.value(0)
        self._uart.deinit()


def _output(number: int) -> Pin:
    return Pin(number, Pin.OUT, value=0)


def _contact(number: int) -> Pin:
    return Pin(number, Pin.IN, Pin.PULL_UP)
