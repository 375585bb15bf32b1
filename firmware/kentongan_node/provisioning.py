"""What a node is told before it can work: settings.json on the board, or its entry in a fleet file.

Wrong settings stop the start with a sentence that names the field; an unknown name is wrong too, because a misspelt
limit would silently be no limit.
"""

import binascii
import json

from kentongan_contract.topics import is_node_name


class SettingsError(ValueError):
    """The settings cannot be used; the message says which and why."""


def _text(value):
    return type(value) is str and 0 < len(value) <= 128


def _port(value):
    return type(value) is int and 0 < value < 65536


def _ms(value):
    return type(value) is int and 0 <= value <= 3_600_000


def _count(value):
    return type(value) is int and 0 < value <= 3_600_000


def _beats(value):
    return type(value) is list and len(value) % 2 == 0 and all([_count(beat) for beat in value]) and len(value) > 0


def _pattern(value):
    groups = value if type(value) is list else []
    fits = 1 < len(groups) <= 6 and all([type(group) is int and 0 < group < 10 for group in groups])
    return value is None or (fits and sum(groups) > 2)


def _milliamps(value):
    return type(value) is list and len(value) == 2 and all([_ms(ma) for ma in value]) and value[0] <= value[1]


def _quiet(value):
    return value is None or (
        type(value) is list and len(value) == 2 and all([type(m) is int and 0 <= m < 1440 for m in value])
    )


def _wifi(value):
    return type(value) is list and all([type(net) is dict and _text(net.get("ssid")) for net in value])


def _tls(value):
    return value is None or (type(value) is dict and _text(value.get("ca")))


def _key(value):
    try:
        return type(value) is str and len(binascii.unhexlify(value)) == 32
    except ValueError:
        return False


def _public(value):
    try:
        return type(value) is str and len(binascii.unhexlify(value)) == 64
    except ValueError:
        return False


def _keys(value):
    return type(value) is list and 1 <= len(value) <= 2 and all([_key(key) for key in value])


# name, check, what it must be, default (REQUIRED: there is none)
REQUIRED = ("required",)
# where no word about TLS is said, it is mutual and the files have these names; only a written null speaks plainly
_TLS = {"ca": "/ca.der", "cert": "/node.crt.der", "key": "/node.key.der"}
_SHORTEST_HOLD_MS = 200
_GROUPS = "2 to 6 groups of 1 to 9 taps, at least 3 taps in all, or null"


def _fields() -> tuple:
    """Made when settings are read, and given back to the heap afterwards: forty laws nobody asks again are 3 KiB."""
    return (
        ("node", is_node_name, "1 to 32 lower-case letters, digits and hyphens", REQUIRED),
        ("key", _key, "64 hex digits", REQUIRED),
        ("version", lambda value: type(value) is int and value >= 0, "how often the settings were replaced", 0),
        ("uplink", lambda value: value in ("mqtt", "serial"), '"mqtt" or "serial"', "mqtt"),
        ("host", _text, "the broker's address", None),
        ("port", lambda value: value is None or _port(value), "1 to 65535, or null", None),
        ("password", _text, "the node's own password at the broker", None),
        ("link_key", _key, "64 hex digits", None),
        (
            "tls",
            _tls,
            '{"ca": file, "cert": file, "key": file, "server_name": name}, or null for a line nobody can tap',
            _TLS,
        ),
        ("wifi", _wifi, '[{"ssid": name, "password": text}]', []),
        ("rt", _text, "the code of the RT", None),
        ("group_keys", _keys, "[64 hex digits], while they change [new, old]", None),
        ("peer", lambda value: value in (None, "udp", "espnow"), '"udp", "espnow" or null', None),
        ("peer_address", _text, "the address that reaches every neighbour", "255.255.255.255"),
        ("peer_port", _port, "1 to 65535", 4210),
        ("peer_channel", lambda value: type(value) is int and 1 <= value <= 13, "1 to 13", 1),
        ("ethernet", lambda value: value is None or type(value) is dict, "the options of network.LAN, or null", None),
        ("hold_ms", _ms, "0 to 3600000", 300),
        ("panic_input", lambda value: value in ("contact", "loop"), '"contact" or "loop" (with resistors)', "loop"),
        ("tamper_input", lambda value: value in ("contact", "loop", "none"), '"contact", "loop" or "none"', "loop"),
        ("tamper_sounds", lambda value: type(value) is bool, "true or false", False),
        ("cancel_pattern", _pattern, _GROUPS, None),
        ("duress_pattern", _pattern, _GROUPS, None),
        ("siren", lambda value: value in ("relay", "tone"), '"relay" or "tone"', "relay"),
        ("tone_hz", lambda value: type(value) is int and 100 <= value <= 8000, "100 to 8000", 2_800),
        (
            "siren_ma",
            lambda value: value is None or value is True or _milliamps(value),
            "true (the shunt is wired as the board is drawn), [cut below, sounded from], or null",
            None,
        ),
        ("measures_power", lambda value: type(value) is bool, "true or false: battery and supply are wired", False),
        ("battery_low_mv", _ms, "0 to 3600000", 11_800),
        ("local_beats", lambda value: value is None or _beats(value), "[on, off, …] in ms, or null", None),
        ("local_ms", _count, "1 to 3600000", 30_000),
        ("quiet_hours", _quiet, "[from, to] in minutes of the local day, or null", None),
        ("utc_offset_minutes", lambda value: type(value) is int and -720 <= value <= 840, "-720 to 840", 420),
        ("heartbeat_ms", _count, "1 to 3600000", 10_000),
        ("ping_ms", _count, "1 to 3600000", 5_000),
        ("answer_ms", _count, "1 to 3600000", 2_800),
        ("retry_base_ms", _count, "1 to 3600000", 100),
        ("retry_cap_ms", _count, "1 to 3600000", 800),
        (
            "update_key",
            lambda value: value is None or _public(value),
            "128 hex digits of whoever signs releases, or null",
            None,
        ),
        ("prove_ms", _count, "1 to 3600000", 60_000),
        ("spread_ms", lambda value: value is None or _ms(value), "0 to 3600000", None),
    )


class Settings:
    """One node's settings, one attribute a field of `_fields`; `spread_ms` defaults to 30 s with TLS and to 0 without, `port` to
    8883 and 1883."""

    node: str
    key: str
    version: int
    uplink: str
    host: str
    port: int
    password: str
    link_key: str
    tls: "dict | None"
    wifi: list
    rt: str
    group_keys: list
    peer: "str | None"
    peer_address: str
    peer_port: int
    peer_channel: int
    ethernet: "dict | None"
    hold_ms: int
    panic_input: str
    tamper_input: str
    tamper_sounds: bool
    cancel_pattern: "list | None"
    duress_pattern: "list | None"
    siren: str
    tone_hz: int
    siren_ma: "list | None"
    measures_power: bool
    battery_low_mv: int
    local_beats: "list | None"
    local_ms: int
    quiet_hours: "list | None"
    utc_offset_minutes: int
    heartbeat_ms: int
    ping_ms: int
    answer_ms: int
    retry_base_ms: int
    retry_cap_ms: int
    update_key: "str | None"
    prove_ms: int
    spread_ms: int

    def __init__(self, found: dict):
        fields = _fields()
        names = [field[0] for field in fields]
        for name in found:
            if name not in names:
                raise SettingsError("settings: " + str(name) + " is not a setting")
        for name, check, meaning, default in fields:
            if name not in found:
                if default is REQUIRED:
                    raise SettingsError("settings: " + name + " is missing; it must be " + meaning)
                setattr(self, name, default)
            elif check(found[name]):
                setattr(self, name, found[name])
            else:
                raise SettingsError("settings: " + name + " must be " + meaning)
        self._assert_fit_together()
        if self.siren_ma is True:
            from .analog import SIREN_MV_PER_A, SIREN_SOUNDING_ABOVE_MV  # the hardware's own constants

            sounds = SIREN_SOUNDING_ABOVE_MV * 1000 // SIREN_MV_PER_A
            self.siren_ma = [sounds // 4, sounds]
        if self.spread_ms is None:  # handshakes are what makes a crowd at the door costly
            self.spread_ms = 30_000 if self.tls else 0
        if self.port is None:
            self.port = 8883 if self.tls else 1883

    def _assert_fit_together(self) -> None:
        self._need("uplink " + self.uplink, ("host", "password") if self.uplink == "mqtt" else ("link_key",))
        if self.peer:
            self._need("peer " + self.peer, ("rt", "group_keys"))
        if self.cancel_pattern is not None and self.cancel_pattern == self.duress_pattern:
            raise SettingsError("settings: duress_pattern must differ from cancel_pattern")
        if (self.cancel_pattern or self.duress_pattern) and self.hold_ms < _SHORTEST_HOLD_MS:
            raise SettingsError("settings: hold_ms must be at least 200 where a PIN is tapped, or each tap is an alarm")

    def _need(self, choice: str, names: tuple) -> None:
        for name in names:
            if getattr(self, name) is None:
                raise SettingsError("settings: " + name + " is missing; " + choice + " needs it")

    def secret(self) -> bytes:
        """The node key's 32 bytes."""
        return binascii.unhexlify(self.key)

    def update_public(self) -> bytes:
        """The 64 bytes of the key that signs releases."""
        return binascii.unhexlify(self.update_key or "")

    def group_secrets(self) -> list:
        """The RT's secrets, the newest first, 32 bytes each."""
        return [binascii.unhexlify(key) for key in self.group_keys]

    def link_secret(self) -> bytes:
        """The serial line's 32 bytes."""
        return binascii.unhexlify(self.link_key)


def load(path: str) -> Settings:
    """The settings in the JSON file at `path`, or SettingsError."""
    return Settings(_json(path))


def load_fleet(path: str, serial: bool = False) -> list:
    """The Settings of every node in a fleet file; with `serial` they speak over a line and not to the broker.

    Optional "settings" beside "nodes" hold for all of them. What else an entry says (role, region) is the city's business.
    """
    fleet = _json(path)
    broker = fleet.get("broker")
    nodes = fleet.get("nodes")
    shared = fleet.get("settings", {})
    if type(broker) is not dict or type(nodes) is not list or type(shared) is not dict:
        raise SettingsError(path + " is no fleet file: it needs broker and nodes")
    every = []
    for entry in nodes:
        if type(entry) is not dict:
            raise SettingsError(path + ": a node must be an object")
        found: dict = {"tls": None}  # what a fleet file does not say, virtual nodes do without
        found.update(shared)
        found.update(
            {
                name: entry[name]
                for name in ("key", "password", "link_key", "rt", "group_keys", "peer")
                if entry.get(name) is not None
            }
        )
        found["node"] = entry.get("id")
        if serial:
            found["uplink"] = "serial"
        found.update({name: value for name, value in broker.items() if name in ("host", "port", "tls")})
        try:
            every.append(Settings(found))
        except SettingsError as error:
            raise SettingsError(path + ", node " + str(entry.get("id")) + ": " + str(error))
    return every


def _json(path: str) -> dict:
    try:
        with open(path) as file:
            found = json.load(file)
    except OSError:
        raise SettingsError(path + " cannot be read")
    except ValueError:
        raise SettingsError(path + " is not JSON")
    if type(found) is not dict:
        raise SettingsError(path + " must hold one JSON object")
    return found
