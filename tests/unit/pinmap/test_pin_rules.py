"""Every rule of the pins has a board that breaks it."""

from pathlib import Path

import pytest
from pin_rules import TAKEN, PinMapError, read_board

GOOD = """
[board]
name = "test board"
part = "test part"
writes = "pins.py"
prefix = ""

[chip]
pins = [[0, 21], [26, 48]]
input_only = [34]
adc1 = [1, 4]
adc2 = [11]
high_at_power_up = [21]

[chip.taken]
strapping = [0, 3]
flash = [26]
psram = [33]
usb = [19]
uart0 = [43]
rgb_led = [48]
hat_eeprom = [8]
fixed_pull_up = [9]

[signals.PANIC_BUTTON]
pin = 4
direction = "input"
pull = "up"
active = "low"
idle = "high"
note = "call point"

[signals.SIREN]
pin = 15
direction = "output"
pull = "none"
active = "high"
idle = "low"
note = "siren"

[signals.SIREN_SENSE]
pin = 1
direction = "analog"
pull = "none"
active = "none"
idle = "none"
note = "current"
"""


def faults(tmp_path: Path, text: str) -> list[str]:
    source = tmp_path / "board.toml"
    source.write_text(text, encoding="utf-8")
    with pytest.raises(PinMapError) as caught:
        read_board(source)
    assert "board.toml: " in str(caught.value)
    return caught.value.faults


def test_a_good_board_is_read_whole(tmp_path):
    source = tmp_path / "board.toml"
    source.write_text(GOOD, encoding="utf-8")
    board = read_board(source)
    assert [(signal.name, signal.pin) for signal in board.signals] == [
        ("PANIC_BUTTON", 4),
        ("SIREN", 15),
        ("SIREN_SENSE", 1),
    ]


@pytest.mark.parametrize(
    ("good", "bad", "sentence"),
    [
        ("pin = 15", "pin = 4", "SIREN: pin 4 already belongs to PANIC_BUTTON"),
        ("pin = 4", "pin = 3", f"PANIC_BUTTON: pin 3 is {TAKEN['strapping']}"),
        ("pin = 15", "pin = 26", f"SIREN: pin 26 is {TAKEN['flash']}"),
        ("pin = 15", "pin = 33", f"SIREN: pin 33 is {TAKEN['psram']}"),
        ("pin = 15", "pin = 19", f"SIREN: pin 19 is {TAKEN['usb']}"),
        ("pin = 15", "pin = 43", f"SIREN: pin 43 is {TAKEN['uart0']}"),
        ("pin = 15", "pin = 48", f"SIREN: pin 48 is {TAKEN['rgb_led']}"),
        ("pin = 15", "pin = 8", f"SIREN: pin 8 is {TAKEN['hat_eeprom']}"),
        ("pin = 15", "pin = 9", f"SIREN: pin 9 is {TAKEN['fixed_pull_up']}"),
        ("pin = 15", "pin = 34", "SIREN: pin 34 can only be an input, and has no pull"),
        ("pin = 4", "pin = 34", "PANIC_BUTTON: pin 34 can only be an input, and has no pull"),
        ("pin = 15", "pin = 22", "SIREN: pin 22 does not exist on this part"),
        ("pin = 15", "pin = -1", "SIREN: pin -1 does not exist on this part"),
        ("pin = 15", "pin = 21", "SIREN: pin 21 is high at power-up, before any software runs"),
        ("pin = 1\n", "pin = 11\n", "SIREN_SENSE: pin 11 is on ADC2, which reads nothing while Wi-Fi is on"),
        ("pin = 1\n", "pin = 14\n", "SIREN_SENSE: pin 14 has no ADC"),
        ('idle = "low"', 'idle = "high"', "SIREN: the idle level is the active one: it would be on for ever"),
        ('pull = "up"', 'pull = "none"', "PANIC_BUTTON: an input without a pull floats"),
    ],
)
def test_a_broken_pin_is_named_with_its_reason(tmp_path, good, bad, sentence):
    assert GOOD.count(good) == 1
    assert faults(tmp_path, GOOD.replace(good, bad)) == [sentence]


def test_a_pull_on_an_output_and_levels_on_an_analog_signal_are_refused(tmp_path):
    head, siren = GOOD.split("[signals.SIREN]", 1)
    pulled = head + "[signals.SIREN]" + siren.replace('pull = "none"', 'pull = "down"', 1)
    assert faults(tmp_path, pulled) == ["SIREN: a pull means nothing on an output signal"]
    levelled = GOOD.replace('active = "none"', 'active = "high"')
    assert faults(tmp_path, levelled) == [
        "SIREN_SENSE: an analog signal has no levels, and every other signal has both"
    ]


def test_all_faults_are_told_at_once(tmp_path):
    text = GOOD.replace("pin = 4", "pin = 0").replace("pin = 15", "pin = 22")
    assert len(faults(tmp_path, text)) == 2


@pytest.mark.parametrize(
    ("good", "bad", "sentence"),
    [
        ('note = "siren"\n', "", "SIREN must have exactly active, direction, idle, note, pin, pull"),
        ('note = "siren"', 'note = "siren"\ncolour = "red"', "SIREN must have exactly"),
        ('note = "siren"', 'note = " "', "SIREN: the note is empty"),
        ("pin = 15", "pin = true", "SIREN: the pin is not a number"),
        ('direction = "output"', 'direction = "out"', "SIREN: direction is 'out' and must be one of"),
        ("[signals.SIREN]", "[signals.siren]", "siren is not a constant's name"),
        ("input_only = [34]\n", "", "chip.input_only is missing; [] says that there are none"),
        ("flash = [26]\n", "", "chip.taken.flash is missing"),
        ("usb = [19]", "usb_port = [19]", "chip.taken.usb_port has no meaning in pin_rules.py"),
        ('prefix = ""\n', "", "board.prefix is missing"),
        ("[board]", "[card]", "there is no [board]"),
        ("pin = 15", "pin = ", "not TOML: "),
    ],
)
def test_a_malformed_map_is_refused_with_a_sentence(tmp_path, good, bad, sentence):
    assert GOOD.count(good) == 1
    assert faults(tmp_path, GOOD.replace(good, bad))[0].startswith(sentence)
