"""The environment is read whole or refused with sentences that show no secret."""

import pytest

from kentongan_gateway.settings import PREFIX, SettingsError, read_settings

SECRET = "ab" * 32


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """A complete environment; the test changes it by short names, None removes."""

    def change(**values: str | None) -> None:
        for name, value in values.items():
            if value is None:
                monkeypatch.delenv(PREFIX + name, raising=False)
            else:
                monkeypatch.setenv(PREFIX + name, value)

    change(NODE="gw-0101", PASSWORD="hush-hush", KEY=SECRET, SPOOL=str(tmp_path / "spool.sqlite3"))
    return change


def sentences() -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert SECRET not in str(caught.value)
    assert "hush-hush" not in str(caught.value)
    return caught.value.sentences


def test_a_whole_environment(environment):
    environment(
        SERIAL="/dev/ttyUSB0, /dev/ttyUSB1", LINKS=f'{{"ktg-0101-2": "{SECRET}"}}', BROKER_PORT="8883", PINS="mock"
    )
    settings = read_settings()
    assert settings.serial == ("/dev/ttyUSB0", "/dev/ttyUSB1")
    assert settings.links["ktg-0101-2"].get_secret_value() == SECRET
    assert (settings.broker_host, settings.broker_port, settings.pins) == ("127.0.0.1", 8883, "mock")
    assert (settings.hold_ms, settings.heartbeat_ms) == (1000, 10_000)
    assert SECRET not in repr(settings)
    with pytest.raises(ValueError, match="frozen"):
        settings.pins = "lgpio"


def test_everything_that_is_wrong_is_told_at_once(environment):
    environment(NODE=None, PASSWORD=None, KEY="short")
    assert sentences() == [
        "KENTONGAN_GATEWAY_NODE: is missing.",
        "KENTONGAN_GATEWAY_PASSWORD: is missing.",
        "KENTONGAN_GATEWAY_KEY: must be 64 lower-case hex digits.",
    ]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"NODE": "Gw_1"}, "NODE: must be 1 to 32 lower-case letters, digits and hyphens."),
        ({"NODE": "gw/+"}, "NODE: must be 1 to 32 lower-case letters, digits and hyphens."),
        ({"NODE": ""}, "NODE: is missing."),
        ({"KEY": "AB" * 32}, "KEY: must be 64 lower-case hex digits."),
        ({"BROKER_PORT": "0"}, "BROKER_PORT: Input should be greater than or equal to 1."),
        ({"BROKER_PORT": "x"}, "BROKER_PORT: Input should be a valid integer, unable to parse string as an integer."),
        ({"PINS": "wood"}, "PINS: Input should be 'lgpio', 'rpigpio', 'pigpio', 'native' or 'mock'."),
        ({"LINKS": "[1]"}, 'LINKS: must be JSON like {"ktg-0101-2": "64 hex digits"}.'),
        ({"LINKS": "{"}, 'LINKS: must be JSON like {"ktg-0101-2": "64 hex digits"}.'),
        ({"LINKS": '{"a": "x"}'}, "LINKS: a must be 64 lower-case hex digits."),
        ({"LINKS": f'{{"a": "{SECRET}", "a": "{SECRET}"}}'}, "LINKS: names a node twice."),
        ({"LINKS": f'{{"A": "{SECRET}"}}'}, "LINKS: A must be 1 to 32 lower-case letters, digits and hyphens."),
        ({"SERIAL": "/dev/x"}, "SERIAL and LINKS belong together: a line needs a node, a node needs a line."),
        (
            {"LINKS": f'{{"a": "{SECRET}"}}'},
            "SERIAL and LINKS belong together: a line needs a node, a node needs a line.",
        ),
        ({"SERIAL": "/dev/x", "LINKS": f'{{"gw-0101": "{SECRET}"}}'}, "LINKS names the gateway itself."),
        ({"SPOOL": "/nowhere/spool"}, "SPOOL: there is no folder /nowhere."),
        ({"BROKER_AUTHORITY": "/nowhere/ca.pem"}, "BROKER_AUTHORITY: there is no file /nowhere/ca.pem."),
        ({"BROKER_CERTIFICATE": "/x"}, "BROKER_CERTIFICATE and BROKER_PRIVATE_KEY belong together."),
        (
            {"BROKER_CERTIFICATE": "/x", "BROKER_PRIVATE_KEY": "/y"},
            "BROKER_CERTIFICATE needs BROKER_AUTHORITY: without it nothing is encrypted.",
        ),
        ({"BROKR_HOST": "x"}, "BROKR_HOST: there is no such setting."),
        ({"HOLD_MS": "-1"}, "HOLD_MS: Input should be greater than or equal to 0."),
    ],
)
def test_a_mistake_is_one_sentence(environment, changes, sentence):
    environment(**changes)
    assert sentences() == [PREFIX + sentence]
