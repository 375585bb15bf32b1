"""A board's record is complete, judged by the limits, and cannot be improved afterwards."""

import copy
import json
import tomllib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hardware import checks
from hardware.__main__ import main
from hardware.board import loop_bands
from hardware.pinmap.pin_rules import FACTS
from hardware.test.limits import LimitError, limits, setups
from hardware.test.qa_record import QaError, sign, verify

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LIMITS = limits()
GOOD = {name: (one.low + one.high) / 2 for name, one in LIMITS.items()}
AT = "2026-11-26T08:00:00+00:00"
BOARD = {"serial": "PI-0001", "tester": "Sari", "firmware": "0.1.0"}


def test_a_good_board_passes_and_its_record_is_believed():
    record = verify(sign(BOARD, AT, GOOD, LIMITS, KEY), KEY.public_key())
    assert (record["serial"], record["passed"]) == ("PI-0001", True)


@pytest.mark.parametrize("name", sorted(GOOD))
def test_every_limit_can_fail_a_board(name):
    record = json.loads(sign(BOARD, AT, GOOD | {name: 1e6}, LIMITS, KEY))
    assert [one["name"] for one in record["results"] if not one["passed"]] == [name]
    assert record["passed"] is False


def test_what_the_node_cannot_measure_fails_it_and_what_a_meter_did_not_show_is_refused():
    record = json.loads(sign(BOARD, AT, GOOD | {"rssi_dbm": None}, LIMITS, KEY))
    assert record["passed"] is False
    with pytest.raises(QaError, match="five_volt: None is no number"):
        sign(BOARD, AT, GOOD | {"five_volt": None}, LIMITS, KEY)


def test_a_changed_record_or_another_factorys_is_not_believed():
    text = sign(BOARD, AT, GOOD | {"idle_ma": 40}, LIMITS, KEY)
    for changed in (text.replace("false", "true"), text.replace("PI-0001", "PI-0002"), text[:-20], "{}", "[]"):
        with pytest.raises(QaError, match="not as it was signed"):
            verify(changed, KEY.public_key())
    with pytest.raises(QaError):
        verify(text, Ed25519PrivateKey.generate().public_key())


@pytest.mark.parametrize(
    ("readings", "sentence"),
    [
        ({key: value for key, value in GOOD.items() if key != "five_volt"}, "five_volt was not measured"),
        (GOOD | {"colour": 1}, "colour is no measurement"),
        (GOOD | {"five_volt": "5,0"}, "five_volt: '5,0' is no number"),
    ],
)
def test_a_record_with_gaps_is_refused(readings, sentence):
    with pytest.raises(QaError, match=sentence):
        sign(BOARD, AT, readings, LIMITS, KEY)


def test_the_loops_limits_are_the_bands_of_the_circuit():
    bands = loop_bands.bands(tomllib.loads((FACTS / "analog.toml").read_text()))
    for name, band in (("panic_normal_mv", "normal"), ("panic_pressed_mv", "closed"), ("panic_cut_mv", "cut")):
        assert (LIMITS[name].low, LIMITS[name].high) == pytest.approx(bands[band], abs=0.1)


def test_every_setup_is_used_and_speaks_both_languages():
    assert {one.at for one in LIMITS.values()} == set(setups())
    assert all(set(words) == {"id", "en"} for words in setups().values())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"at": "nowhere"}, "setups.toml has no nowhere"),
        ({"by": "ear"}, "by must be meter, line or"),
        ({"band": "loud"}, "there is no band loud"),
        ({"unit": None}, "x of PWR-1 has no unit"),
        ({"low": None}, "x of PWR-1 has no low"),
    ],
)
def test_a_limit_that_cannot_be_read_is_refused(change, sentence):
    one = {"unit": "V", "at": "rest", "by": "meter", "low": 1, "high": 2} | change
    wrong = copy.deepcopy(checks.read())
    wrong["PWR-1"]["factory"]["x"] = {key: value for key, value in one.items() if value is not None}
    with pytest.raises(LimitError, match=sentence):
        limits(wrong)


def test_a_limit_under_two_requirements_is_refused():
    wrong = copy.deepcopy(checks.read())
    wrong["PWR-1"]["factory"]["five_volt"] = wrong["PWR-6"]["factory"]["five_volt"]
    with pytest.raises(LimitError, match="five_volt is asked for twice"):
        limits(wrong)


def test_the_command_makes_a_key_once_and_verifies_a_record(tmp_path, capsys):
    factory = str(tmp_path / "factory")
    assert main(["qa", "new-key", factory]) == 0
    assert main(["qa", "new-key", factory]) == 2
    (tmp_path / "record.json").write_text(sign(BOARD, AT, GOOD, LIMITS, KEY))
    capsys.readouterr()
    assert main(["qa", "verify", "--key", f"{factory}.pub", str(tmp_path / "record.json")]) == 2
    assert "another factory signed it" in capsys.readouterr().err


def test_a_cable_that_is_not_there_is_a_sentence(tmp_path, capsys):
    assert main(["qa", "new-key", str(tmp_path / "f")]) == 0
    capsys.readouterr()
    words = ["--serial", "1", "--tester", "B", "--key", str(tmp_path / "f.pem"), "--code", "C", "--line", "/dev/no"]
    assert main(["qa", "run", *words, "--port", "/dev/nowhere"]) == 2
    assert "The port /dev/nowhere cannot be opened" in capsys.readouterr().err
