"""The real gpiozero on mock pins: what is on, what is off, and who noticed."""

import pytest
from gpiozero.pins.mock import MockFactory

from kentongan_gateway import pins
from kentongan_gateway.siren import Panel, PinsError


@pytest.fixture
def edges():
    return []


@pytest.fixture
def panel(edges):
    panel = Panel("mock", lambda: edges.append(True))
    yield panel
    panel.close()


def level(panel: Panel, name: str) -> bool:
    factory = panel._factory
    assert isinstance(factory, MockFactory)
    return bool(factory.pin(name).state)


def test_everything_is_off_at_the_start_and_after_the_end(panel):
    assert [level(panel, name) for name in (pins.SIREN, pins.BEACON, pins.STATUS_LED)] == [False] * 3
    panel.siren(True)
    panel.lamp(True)
    assert [level(panel, name) for name in (pins.SIREN, pins.BEACON, pins.STATUS_LED)] == [True] * 3
    assert panel.siren_is_on()
    factory = panel._factory
    siren = factory.pin(pins.SIREN)
    panel.close()
    assert siren.function == "input"


def test_contacts_close_to_ground_and_every_edge_is_told(panel, edges):
    assert not panel.button_closed()
    panel.drive_button(True)
    assert panel.button_closed()
    assert not panel.key_closed()
    panel.drive_button(False)
    assert not panel.button_closed()
    panel.drive_key(True)
    assert panel.key_closed()
    assert len(edges) == 3


def test_pins_that_cannot_be_had_are_a_sentence():
    with pytest.raises(PinsError, match=r"set KENTONGAN_GATEWAY_PINS=mock\.$"):
        Panel("pigpio", lambda: None)
    with pytest.raises(PinsError, match="knows no pins called wood"):
        Panel("wood", lambda: None)


def test_nobody_moves_a_real_button(panel):
    panel._is_mock = False
    with pytest.raises(PinsError, match="by hand"):
        panel.drive_button(True)
    assert not panel.button_closed()
