import binascii
import json
import os

from kentongan_node.provisioning import Settings, SettingsError, load, load_fleet

GOOD = {"node": "ktg-1", "key": "ab" * 32, "host": "10.0.0.1", "password": "secret"}


def _file(content):
    path = "/tmp/kentongan-settings-" + binascii.hexlify(os.urandom(6)).decode()
    with open(path, "w") as file:
        file.write(content if isinstance(content, str) else json.dumps(content))
    return path


def _complaint(action):
    try:
        action()
    except SettingsError as error:
        return str(error)
    raise AssertionError("taken")


def _with(**changes):
    found = dict(GOOD)
    found.update(changes)
    return found


def test_the_least_that_a_node_needs():
    settings = Settings(GOOD)
    assert (settings.node, settings.hold_ms, settings.local_beats) == ("ktg-1", 300, None)
    assert settings.tls == {"ca": "/ca.der", "cert": "/node.crt.der", "key": "/node.key.der"}
    assert (settings.port, settings.spread_ms) == (8883, 30_000)
    plain = Settings(dict(GOOD, tls=None))
    assert (plain.port, plain.spread_ms) == (1883, 0)

    assert settings.secret() == b"\xab" * 32
    assert Settings(_with(tls={"ca": "ca.pem"})).spread_ms == 30_000
    assert Settings(_with(tls={"ca": "ca.pem"}, spread_ms=5)).spread_ms == 5


def test_each_wrong_field_is_named():
    for name, value in (
        ("node", "Ktg"), ("key", "ab"), ("key", "zz" * 32), ("port", 0), ("port", "1883"), ("port", True),
        ("hold_ms", -1), ("local_beats", []), ("local_beats", [90]), ("local_beats", [0, 0]), ("heartbeat_ms", 0),
        ("quiet_hours", [1]), ("quiet_hours", [0, 1440]), ("uplink", "carrier-pigeon"), ("wifi", [{}]), ("tls", {}),
        ("host", ""), ("password", 5), ("utc_offset_minutes", 9999),
    ):  # fmt: skip
        assert "settings: " + name + " must be" in _complaint(lambda: Settings(_with(**{name: value})))


def test_what_is_missing_or_unknown_is_named():
    assert "key is missing" in _complaint(lambda: Settings({"node": "ktg-1"}))
    assert "password is missing" in _complaint(lambda: Settings({"node": "a", "key": "ab" * 32, "host": "b"}))
    assert "link_key is missing" in _complaint(lambda: Settings({"node": "a", "key": "ab" * 32, "uplink": "serial"}))
    assert "hold_sm is not a setting" in _complaint(lambda: Settings(_with(hold_sm=3)))


def test_a_file_that_is_none_is_one_sentence():
    assert "cannot be read" in _complaint(lambda: load("/tmp/kentongan-no-such-file"))
    for content, words in (("nul", "is not JSON"), ("[]", "must hold one JSON object")):
        path = _file(content)
        assert words in _complaint(lambda: load(path))
        os.remove(path)
    path = _file(GOOD)
    assert load(path).node == "ktg-1"
    os.remove(path)


def test_a_fleet_gives_every_node_its_settings():
    fleet = {
        "broker": {"host": "127.0.0.1", "port": 1999},
        "settings": {"heartbeat_ms": 500},
        "nodes": [
            {"id": "a", "password": "p", "key": "ab" * 32, "region": "r", "role": "kentongan"},
            {"id": "b", "password": "q", "key": "cd" * 32, "link_key": "ef" * 32, "region": "r"},
        ],
    }
    path = _file(fleet)
    a, b = load_fleet(path)
    assert (a.node, a.password, a.port, a.heartbeat_ms, a.uplink) == ("a", "p", 1999, 500, "mqtt")
    assert b.link_secret() == b"\xef" * 32
    assert "node a: settings: link_key is missing" in _complaint(lambda: load_fleet(path, serial=True))
    os.remove(path)
    for broken in ({}, {"broker": {}, "nodes": {}}, {"broker": {}, "nodes": [], "settings": 5}):
        path = _file(broken)
        assert "is no fleet file" in _complaint(lambda: load_fleet(path))
        os.remove(path)


def test_the_pin_is_a_rhythm_that_cannot_be_an_alarm():
    Settings(dict(GOOD, cancel_pattern=[2, 3], duress_pattern=[3, 2]))
    for wrong in ({"cancel_pattern": [3]}, {"cancel_pattern": [1, 1]}, {"cancel_pattern": [0, 4]}, {"cancel_pattern": 3},
                  {"cancel_pattern": [2, 3], "duress_pattern": [2, 3]}, {"cancel_pattern": [2, 3], "hold_ms": 100},
                  {"duress_pattern": [1, 2, 3, 4, 5, 6, 7]}):  # fmt: skip
        assert _complaint(lambda found=dict(GOOD, **wrong): Settings(found)).startswith("settings: "), wrong


def test_the_shunt_as_the_board_is_drawn_measures_by_the_hardwares_constants():
    from kentongan_node.analog import SIREN_MV_PER_A, SIREN_SOUNDING_ABOVE_MV

    sounds = SIREN_SOUNDING_ABOVE_MV * 1000 // SIREN_MV_PER_A
    assert Settings(_with(siren_ma=True)).siren_ma == [sounds // 4, sounds]
    assert 0 < sounds // 4 < sounds
    assert Settings(_with(siren_ma=[5, 300])).siren_ma == [5, 300]
    assert "siren_ma must be true" in _complaint(lambda: Settings(_with(siren_ma=False)))
