"""The board, whichever of the five it is, and the only door to `machine`."""

import os
import time

import machine
from machine import ADC, PWM, RTC, UART, WDT, Pin

from .analog import DIVIDER_BY, DIVIDER_TIMES, SIREN_MV_PER_A
from .call_point import SAMPLE_MS
from .clock import sleep_ms, ticks_diff, ticks_ms
from .pins import pins
from .supervised_loop import band

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
_UNIX_2000 = 946_684_800
_RESETS = ("PWRON_RESET", "HARD_RESET", "WDT_RESET", "DEEPSLEEP_RESET", "SOFT_RESET")
_RESET_WORDS = ("power_on", "reset", "watchdog", "deep_sleep", "soft")
_MAINS_MV = 10_000  # a 13.8 V supply that delivers less is gone
_BAUD = 115_200
_BUFFER = 2_048
_MOST_EDGES = 16


class Board:
    """Contacts, siren, lamp, randomness, clock of the day; the watchdog runs from the first look at the contacts.

    `settings` may be None: safe mode knows nothing but contacts and a relay.
    """

    def __init__(self, settings=None):
        self._utc_offset = 0 if settings is None else settings.utc_offset_minutes
        self._siren = _output(pins.SIREN)
        self._tone = None
        if settings is not None and settings.siren == "tone":
            self._tone = PWM(self._siren, freq=settings.tone_hz, duty_u16=0)
        self._beacon = _output(pins.BEACON)
        self._sounds = self._probed = False
        self._sense = _analog(pins.SIREN_SENSE) if settings is not None and settings.siren_ma else None
        measures = settings is not None and settings.measures_power
        self._battery = _analog(pins.BATTERY_SENSE) if measures else None
        self._supply = _analog(pins.MAINS_SENSE) if measures else None
        self._lamp = [_output(pin) for pin in (pins.LED_RED, pins.LED_GREEN, pins.LED_BLUE) if pin is not None]
        self._panic = _input(pins.PANIC_LOOP, "loop" if settings is None else settings.panic_input, "pressed", 0)
        self._tamper = _input(pins.TAMPER_LOOP, "none" if settings is None else settings.tamper_input, "cut", 1)
        self._silence = _contact(pins.SILENCE_KEY)
        self._test = None if pins.TEST_BUTTON is None else _contact(pins.TEST_BUTTON)
        self._edges = []
        if settings is not None and settings.panic_input == "contact":
            _contact(pins.PANIC_LOOP).irq(self._on_edge, Pin.IRQ_FALLING | Pin.IRQ_RISING)
        self._shown = None
        self._watchdog = None

    def panic_loop(self) -> str:
        """`normal`, `pressed`, and on a supervised loop `cut` or `short`."""
        return self._panic()

    def panic_edges(self, now_ms: int) -> list:
        """[(when, closed)] of a plain contact's edges since the last call, oldest first; a loop is measured and has none."""
        if not self._edges:
            return self._edges
        edges, self._edges = self._edges, []
        now = ticks_ms()
        return [(now_ms - ticks_diff(now, at), closed) for at, closed in edges]

    def _on_edge(self, pin) -> None:
        if len(self._edges) < _MOST_EDGES:  # a storm of bounces is the sampler's
            self._edges.append((ticks_ms(), pin.value() == 0))

    def tamper_loop(self) -> str:
        """`normal` while the lid is shut."""
        return self._tamper()

    def silence_closed(self) -> bool:
        """The raw contact."""
        return self._silence.value() == 0

    def test_closed(self) -> bool:
        """The technician's own button inside the box, where the board has one."""
        return self._test is not None and self._test.value() == 0

    def siren(self, on: bool) -> None:
        """The gate of the siren's transistor: on, or a tone of half duty for a horn."""
        self._sounds = on
        self._drive_siren()

    def probe_siren(self, on: bool) -> None:
        """The jig's stroke, beside whatever else sounds: its end silences nothing."""
        self._probed = on
        self._drive_siren()

    def _drive_siren(self) -> None:
        on = self._sounds or self._probed
        if self._tone is not None:
            self._tone.duty_u16(32_768 if on else 0)
        else:
            self._siren.value(1 if on else 0)

    def siren_sense(self) -> tuple:
        """(milliamperes through the siren, heard by a microphone), None for what is not measured."""
        return None if self._sense is None else self._sense() * 1000 // SIREN_MV_PER_A, None

    def siren_ma(self) -> "int | None":
        """What flows through the siren now, whatever the settings say; None where the board has no shunt."""
        millivolts = _analog(pins.SIREN_SENSE)
        return None if millivolts is None else millivolts() * 1000 // SIREN_MV_PER_A

    def measured(self) -> dict:
        """Millivolts by name, for the jig: at the ADC for the loops, behind the divider for battery and supply; whatever the
        settings say. None for what this board does not measure."""
        battery, supply = _analog(pins.BATTERY_SENSE), _analog(pins.MAINS_SENSE)
        panic, tamper = _analog(pins.PANIC_LOOP), _analog(pins.TAMPER_LOOP)
        return {
            "panic_mv": None if panic is None else panic(),
            "tamper_mv": None if tamper is None else tamper(),
            "battery_mv": self._divided(battery),
            "supply_mv": self._divided(supply),
            "silence": int(self.silence_closed()),
        }

    def beacon(self, on: bool) -> None:
        """The flashing light's transistor."""
        self._beacon.value(1 if on else 0)

    def light(self, colour: "str | None") -> None:
        """The indicator; None is dark."""
        if colour != self._shown:
            self._shown = colour
            levels = _LIGHTS[colour]
            if len(self._lamp) == 1:  # one lamp for every colour
                levels = (max(levels),)
            for pin, level in zip(self._lamp, levels):
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

    def set_time(self, unix_s: int, utc_offset_minutes: int) -> None:
        """What the server told us; certificates are dated, so the chip's own clock is set."""
        self._utc_offset = utc_offset_minutes
        epoch = 0 if time.gmtime(0)[0] == 1970 else _UNIX_2000
        year, month, day, hour, minute, second, weekday = time.gmtime(unix_s - epoch)[:7]
        RTC().datetime((year, month, day, weekday, hour, minute, second, 0))

    def reset_cause(self) -> str:
        """Why we began."""
        cause = machine.reset_cause()
        for name, word in zip(_RESETS, _RESET_WORDS):
            if getattr(machine, name, None) == cause:
                return word
        return "unknown"

    def temperature_c(self) -> "int | None":
        """The chip's own thermometer, where it has one."""
        try:
            import esp32  # not on every chip

            return esp32.mcu_temperature()  # pyright: ignore[reportAttributeAccessIssue] - not on the first ESP32
        except (ImportError, AttributeError):
            return None

    def battery_mv(self) -> "int | None":
        """Behind the divider; None where the board has none."""
        return self._divided(self._battery)

    def mains(self) -> "bool | None":
        """Whether the supply delivers; None where it is not measured."""
        millivolts = self._divided(self._supply)
        return None if millivolts is None else millivolts >= _MAINS_MV

    def _divided(self, adc) -> "int | None":
        return None if adc is None else adc() * DIVIDER_TIMES // DIVIDER_BY

    def feed(self) -> None:
        """The watchdog lives on the local loop alone: a broker that is away never reboots a kentongan."""
        if self._watchdog is None:
            self._watchdog = WDT(timeout=_WATCHDOG_MS)
        self._watchdog.feed()

    def restart(self) -> None:
        """Begin anew; the caller has looked that nothing sounds."""
        machine.reset()

    def nudge(self) -> None:
        """Nothing: the next look comes within 5 ms."""

    async def pause(self, ms: "int | None") -> None:
        """Until the next sample, or sooner where something is due before it: a debounce ends on time, not 5 ms late."""
        await sleep_ms(SAMPLE_MS if ms is None else max(1, min(SAMPLE_MS, ms)))


class Line:
    """UART1 to the RS-485 driver, in the shape of a serial link's port."""

    def __init__(self):
        if pins.UART_TX is None:
            raise OSError("this board has no serial line")
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


def _input(number: int, kind: str, active: str, level: int):
    """A function that reads this pin's word: a plain contact is `active` at `level`, a loop has bands, none rests."""
    if kind == "none":
        return lambda: "normal"
    if kind == "loop":
        millivolts = _analog(number)
        if millivolts is None:
            raise OSError(
                "this board measures no loop there; settings: panic_input and tamper_input must be contact or none"
            )
        return lambda: band(millivolts())
    contact = _contact(number)
    return lambda: active if contact.value() == level else "normal"


def _analog(number: "int | None"):
    """A function that reads millivolts; None where the board has no such input."""
    if number is None:
        return None
    if not hasattr(ADC, "ATTN_11DB"):  # the Pico W: sixteen bits of 3.3 V, uncalibrated
        adc = ADC(Pin(number))
        return lambda: adc.read_u16() * 3300 >> 16
    adc = ADC(Pin(number), atten=ADC.ATTN_11DB)
    return lambda: adc.read_uv() // 1000


def _contact(number: int) -> Pin:
    if number in pins.PULLED_UP:
        return Pin(number, Pin.IN, Pin.PULL_UP)
    return Pin(number, Pin.IN)  # the resistor stands on the board
