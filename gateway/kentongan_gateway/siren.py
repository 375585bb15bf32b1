"""The guard post's pins: siren, beacon, lamp, button and key. The only file that imports `gpiozero`.

Off the Pi the same code runs on gpiozero's mock pins. Debouncing is not left to the library: mock pins ignore it, and a
rule that cannot be tested is none. Edges only wake the sampler; what counts is the level it then reads.
"""

from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

from gpiozero import DigitalInputDevice, OutputDevice
from gpiozero.pins.mock import MockFactory

from kentongan_gateway import pins

MOCK = "mock"


class PinsError(Exception):
    """The pins cannot be had; the message is a sentence."""


class Panel:
    """Siren and beacon together, the connection lamp, the panic button and the silence key.

    `edge` may be called from any thread, whenever a contact may have changed.
    """

    def __init__(self, factory: str, edge: Callable[[], None]) -> None:
        self._factory = _factory(factory)
        self._is_mock = factory == MOCK
        try:
            self._siren = self._output(pins.SIREN)
            self._beacon = self._output(pins.BEACON)
            self._lamp = self._output(pins.STATUS_LED)
            self._button = self._input(pins.PANIC_BUTTON, edge)
            self._key = self._input(pins.SILENCE_KEY, edge)
        except Exception as error:
            self._factory.close()
            raise PinsError(f"The pins cannot be opened with {factory}: {error}") from error

    def siren(self, on: bool) -> None:
        """Siren and beacon on or off, at once."""
        self._siren.value = on
        self._beacon.value = on

    def lamp(self, on: bool) -> None:
        """The lamp that says that the broker can be reached."""
        self._lamp.value = on

    def button_closed(self) -> bool:
        """The panic button's contact, as it is now."""
        return bool(self._button.is_active)

    def key_closed(self) -> bool:
        """The silence key's contact, as it is now."""
        return bool(self._key.is_active)

    def siren_is_on(self) -> bool:
        """What the pin says now."""
        return bool(self._siren.value)

    def drive_button(self, closed: bool) -> None:
        """Move the mock button; PinsError on real pins, which only a finger moves."""
        self._drive(self._button, closed)

    def drive_key(self, closed: bool) -> None:
        """Move the mock key; PinsError on real pins."""
        self._drive(self._key, closed)

    def close(self) -> None:
        """Everything off, and the pins given back as inputs."""
        for device in (self._siren, self._beacon, self._lamp, self._button, self._key):
            device.close()
        self._factory.close()

    def _output(self, pin: str) -> Any:
        high = pin not in pins.ACTIVE_LOW
        return OutputDevice(pin, active_high=high, initial_value=False, pin_factory=self._factory)

    def _input(self, pin: str, edge: Callable[[], None]) -> Any:
        up = True if pin in pins.PULLED_UP else False if pin in pins.PULLED_DOWN else None
        low = None if up is not None else pin not in pins.ACTIVE_LOW
        device = DigitalInputDevice(pin, pull_up=up, active_state=low, bounce_time=None, pin_factory=self._factory)
        device.when_activated = edge
        device.when_deactivated = edge
        return device

    def _drive(self, device: Any, closed: bool) -> None:
        if not self._is_mock:
            raise PinsError("These pins are real: press the button by hand.")
        # Both contacts close to ground.
        if closed:
            device.pin.drive_low()
        else:
            device.pin.drive_high()


def _factory(name: str) -> Any:
    if name == MOCK:
        return MockFactory()
    for entry in entry_points(group="gpiozero_pin_factories"):
        if entry.name == name:
            try:
                return entry.load()()
            except Exception as error:
                raise PinsError(
                    f"The pins cannot be opened with {name}: {type(error).__name__}: {error}. "
                    "Off a Raspberry Pi set KENTONGAN_GATEWAY_PINS=mock."
                ) from error
    raise PinsError(f"gpiozero knows no pins called {name}.")
