"""Every rule of the pins has a board that breaks it."""

from pathlib import Path

import pytest
from pin_rules import TAKEN, PinMapError, read_board

BOARD = """
[board]
name = "test board"
part = "test part"
chip = "good"
kind = "node"
writes = "pins.py"
prefix = ""

[taken]
rgb_led = [48]
ethernet = [12]
wireless = [13]
on_board_sense = [10]

[pins]
PANIC_BUTTON = 4
SIREN = 15
SIREN_SENSE = 1

[notes]
SIREN = "loud"
"""
CHIPS = """
[good]
name = "good chip"
source = "nobody"
pins = [[0, 21], [26, 48]]
input_only = [34]
adc1 = [1, 4]
adc2 = [11]
high_at_power_up = [21]

[good.taken]
strapping = [0, 3]
flash = [26]
psram = [33]
usb = [19]
uart0 = [43]
hat_eeprom = [8]
fixed_pull_up = [9]
"""
SIGNALS = """
[node.PANIC_BUTTON]
direction = "input"
pull = "up"
active = "low"
idle = "high"
boot = "any"
required = true
label = "PANIK"
id = "tombol"
en = "call point"

[node.SIREN]
direction = "output"
pull = "none"
active = "high"
idle = "low"
boot = "off"
required = true
label = "SIRINE"
id = "sirine"
en = "siren"

[node.SIREN_SENSE]
direction = "analog"
pull = "none"
active = "none"
idle = "none"
boot = "any"
required = false
label = "ARUS"
id = "arus"
en = "current"
"""


def lay(tmp_path: Path, *, board: str = BOARD, chips: str = CHIPS, signals: str = SIGNALS) -> Path:
    (tmp_path / "board.toml").write_text(board, encoding="utf-8")
    (tmp_path / "chips.toml").write_text(chips, encoding="utf-8")
    (tmp_path / "signals.toml").write_text(signals, encoding="utf-8")
    return tmp_path / "board.toml"


def faults(source: Path) -> list[str]:
    with pytest.raises(PinMapError) as caught:
        read_board(source, source.parent)
    return caught.value.faults


def changed(text: str, good: str, bad: str) -> str:
    assert text.count(good) == 1
    return text.replace(good, bad)


def test_a_good_board_is_read_whole(tmp_path):
    board = read_board(lay(tmp_path), tmp_path)
    assert [(signal.name, signal.pin) for signal in board.signals] == [
        ("PANIC_BUTTON", 4),
        ("SIREN", 15),
        ("SIREN_SENSE", 1),
    ]
    assert board.signals[1].note == "loud"


def test_a_board_may_do_without_what_is_not_required(tmp_path):
    board = read_board(lay(tmp_path, board=changed(BOARD, "SIREN_SENSE = 1\n", "")), tmp_path)
    assert board.signals[2].pin is None
    assert [signal.name for signal in board.wired] == ["PANIC_BUTTON", "SIREN"]


def test_a_resistor_on_the_board_spares_the_chips_pull_and_so_fits_an_input_only_pin(tmp_path):
    text = changed(BOARD, "PANIC_BUTTON = 4", "PANIC_BUTTON = 34")
    text = changed(text, 'prefix = ""', 'prefix = ""\npulled_on_board = ["PANIC_BUTTON"]')
    assert read_board(lay(tmp_path, board=text), tmp_path).signals[0].pull == "none"


@pytest.mark.parametrize(
    ("good", "bad", "sentence"),
    [
        ("SIREN = 15", "SIREN = 4", "SIREN: pin 4 already belongs to PANIC_BUTTON"),
        ("BUTTON = 4", "BUTTON = 3", f"PANIC_BUTTON: pin 3 is {TAKEN['strapping']}"),
        ("SIREN = 15", "SIREN = 26", f"SIREN: pin 26 is {TAKEN['flash']}"),
        ("SIREN = 15", "SIREN = 33", f"SIREN: pin 33 is {TAKEN['psram']}"),
        ("SIREN = 15", "SIREN = 19", f"SIREN: pin 19 is {TAKEN['usb']}"),
        ("SIREN = 15", "SIREN = 43", f"SIREN: pin 43 is {TAKEN['uart0']}"),
        ("SIREN = 15", "SIREN = 48", f"SIREN: pin 48 is {TAKEN['rgb_led']}"),
        ("SIREN = 15", "SIREN = 12", f"SIREN: pin 12 is {TAKEN['ethernet']}"),
        ("SIREN = 15", "SIREN = 13", f"SIREN: pin 13 is {TAKEN['wireless']}"),
        ("SIREN = 15", "SIREN = 10", f"SIREN: pin 10 is {TAKEN['on_board_sense']}"),
        ("SIREN = 15", "SIREN = 8", f"SIREN: pin 8 is {TAKEN['hat_eeprom']}"),
        ("SIREN = 15", "SIREN = 9", f"SIREN: pin 9 is {TAKEN['fixed_pull_up']}"),
        ("SIREN = 15", "SIREN = 34", "SIREN: pin 34 can only be an input, and has no pull"),
        ("BUTTON = 4", "BUTTON = 34", "PANIC_BUTTON: pin 34 can only be an input, and has no pull"),
        ("SIREN = 15", "SIREN = 22", "SIREN: pin 22 does not exist on this part"),
        ("SIREN = 15", "SIREN = -1", "SIREN: pin -1 does not exist on this part"),
        ("SIREN = 15", "SIREN = 21", "SIREN: pin 21 is high at power-up, before any software runs"),
        ("SENSE = 1\n", "SENSE = 11\n", "SIREN_SENSE: pin 11 is on ADC2, which reads nothing while Wi-Fi is on"),
        ("SENSE = 1\n", "SENSE = 14\n", "SIREN_SENSE: pin 14 has no ADC"),
    ],
)
def test_a_broken_pin_is_named_with_its_reason(tmp_path, good, bad, sentence):
    assert faults(lay(tmp_path, board=changed(BOARD, good, bad))) == [sentence]


def test_every_reason_why_a_pin_is_taken_has_an_example_above():
    shown = test_a_broken_pin_is_named_with_its_reason.pytestmark[0].args[1]
    assert all(any(reason in sentence for *_, sentence in shown) for reason in TAKEN.values())


@pytest.mark.parametrize(
    ("good", "bad", "sentence"),
    [
        ('pull = "up"', 'pull = "none"', "PANIC_BUTTON: an input without a pull floats"),
        (
            'pull = "none"\nactive = "high"',
            'pull = "down"\nactive = "high"',
            "SIREN: a pull means nothing on an output",
        ),
        ('idle = "low"', 'idle = "high"', "SIREN: the idle level is the active one: it would be on for ever"),
        ('active = "none"', 'active = "high"', "SIREN_SENSE: an analog signal has no levels"),
        ('direction = "output"', 'direction = "out"', "SIREN: direction is 'out' and must be one of"),
        (
            'direction = "output"',
            'direction = "open_drain"',
            "SIREN: only an output that is on when high can be held off",
        ),
        ('en = "siren"\n', "", "SIREN must have exactly active, boot, direction"),
        ('en = "siren"', 'en = " "', "SIREN: the text en is empty"),
        ('label = "SIRINE"', 'label = "SIRINE LUAR"', "SIREN: the label SIRINE LUAR is longer than 9"),
        ("[node.SIREN]", "[node.siren]", "siren is not a constant's name"),
    ],
)
def test_a_signal_that_makes_no_sense_is_refused(tmp_path, good, bad, sentence):
    assert faults(lay(tmp_path, signals=changed(SIGNALS, good, bad)))[0].startswith(sentence)


@pytest.mark.parametrize(
    ("good", "bad", "sentence"),
    [
        ("input_only = [34]\n", "", "good.input_only is missing; [] says that there are none"),
        ("flash = [26]\n", "", "good.taken.flash is missing"),
        ("usb = [19]", "usb_port = [19]", "good.taken.usb_port has no meaning in pin_rules.py"),
        ('source = "nobody"\n', "", "good.source is missing"),
    ],
)
def test_a_chip_without_its_facts_is_refused(tmp_path, good, bad, sentence):
    assert faults(lay(tmp_path, chips=changed(CHIPS, good, bad))) == [sentence]


@pytest.mark.parametrize(
    ("good", "bad", "sentence"),
    [
        ("SIREN = 15", "SIREN = true", "SIREN: the pin is not a number"),
        ("SIREN = 15\n", "", "SIREN: every board needs a pin for it"),
        ("SIREN_SENSE = 1", "SIREN_SENS = 1", "SIREN_SENS is no signal of facts/signals.toml"),
        ('SIREN = "loud"', 'HORN = "loud"', "notes: HORN is no signal of facts/signals.toml"),
        ("ethernet = [12]", "lan = [12]", "taken.lan has no meaning in pin_rules.py"),
        ('chip = "good"', 'chip = "bad"', "the chip bad is not in facts/chips.toml"),
        ('kind = "node"', 'kind = "drum"', "the kind drum is not in facts/signals.toml"),
        ('prefix = ""\n', "", "board.prefix is missing"),
        ("[board]", "[card]", "there is no [board]"),
        ("SIREN = 15", "SIREN = ", "not TOML: "),
    ],
)
def test_a_malformed_map_is_refused_with_a_sentence(tmp_path, good, bad, sentence):
    assert faults(lay(tmp_path, board=changed(BOARD, good, bad)))[0].startswith(sentence)


def test_all_faults_are_told_at_once_and_name_the_file(tmp_path):
    source = lay(tmp_path, board=BOARD.replace("BUTTON = 4", "BUTTON = 0").replace("SIREN = 15", "SIREN = 22"))
    assert len(faults(source)) == 2
    with pytest.raises(PinMapError, match=r"board\.toml: "):
        read_board(source, tmp_path)
