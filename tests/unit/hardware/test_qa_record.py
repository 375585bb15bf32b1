"""A board's record is complete, judged by the limits, and cannot be improved afterwards."""

import json
import tomllib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hardware.__main__ import main
from hardware.test.qa_record import LIMITS, QaError, sign, verify

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
GOOD = {name: (one["low"] + one["high"]) / 2 for name, one in tomllib.loads(LIMITS.read_text()).items()}
AT = "2026-11-26T08:00:00+00:00"


def test_a_good_board_passes_and_its_record_is_believed():
    record = verify(sign("PI-0001", "Sari", AT, GOOD, KEY), KEY.public_key())
    assert (record["serial"], record["passed"]) == ("PI-0001", True)


@pytest.mark.parametrize("name", sorted(GOOD))
def test_every_limit_can_fail_a_board(name):
    record = json.loads(sign("PI-0001", "Sari", AT, GOOD | {name: 1e6}, KEY))
    assert [one["name"] for one in record["results"] if not one["passed"]] == [name]
    assert record["passed"] is False


def test_a_changed_record_or_another_factorys_is_not_believed():
    text = sign("PI-0001", "Sari", AT, GOOD | {"idle_ma": 40}, KEY)
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
        sign("PI-0001", "Sari", AT, readings, KEY)


def test_the_command_makes_a_key_signs_and_verifies(tmp_path, capsys):
    (tmp_path / "readings.json").write_text(json.dumps(GOOD))
    factory = str(tmp_path / "factory")
    assert main(["qa", "new-key", factory]) == 0
    assert main(["qa", "new-key", factory]) == 2
    capsys.readouterr()
    words = ["--serial", "PI-0007", "--tester", "Budi", "--key", f"{factory}.pem", str(tmp_path / "readings.json")]
    assert main(["qa", "sign", *words]) == 0
    (tmp_path / "record.json").write_text(capsys.readouterr().out)
    assert main(["qa", "verify", "--key", f"{factory}.pub", str(tmp_path / "record.json")]) == 0
    assert "PI-0007" in capsys.readouterr().out
