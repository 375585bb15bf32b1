"""The four messages and their law: unknown fields are ignored, missing, mistyped or unbounded ones refused.

Written in the portable subset (no typing, dataclasses, enum), since the node runs this very file. `FIELDS` gives each
field as (name on the wire, check); the constructor's argument is the same name, with `class_` for `class`.
`type(x) is int` rather than isinstance: True is an int to CPython and not to MicroPython.
"""

from .errors import MessageError
from .topics import is_node_name

MINOR = 0
PURPOSES = ("actual", "drill", "test")
CLASSES = ("crime", "emergency", "community")
ACTIONS = ("sound", "silence", "test", "all_clear")
STAGES = ("stored", "neighbours_called", "police_saw", "on_the_way", "resolved", "not_delivered")
OUTCOMES = ("device_acked", "sounding", "silenced", "completed", "failed", "expired")
SIRENS = ("silent", "sounding")
COLOURS = ("red", "amber", "blue", "white", "green")
BIGGEST = 9007199254740991


def _one_of(words):
    return lambda value: type(value) is str and value in words


def _text(longest):
    return lambda value: type(value) is str and 0 < len(value) <= longest and all("!" <= c <= "~" for c in value)


def _whole(lowest, highest):
    return lambda value: type(value) is int and lowest <= value <= highest


def _or_none(check):
    return lambda value: value is None or check(value)


def _truth(value):
    return value is True or value is False


def _nonce(value):
    return type(value) is str and len(value) == 16 and all(digit in "0123456789abcdef" for digit in value)


def _beats(value):
    if type(value) is not list or len(value) > 64 or len(value) % 2:
        return False
    return all(type(beat) is int and 0 <= beat <= 10_000 for beat in value) and (not value or sum(value) >= 50)


def _outcomes(value):
    if type(value) is not list or len(value) > 4:
        return False
    return all(
        type(pair) is list and len(pair) == 2 and _ident(pair[0]) and type(pair[1]) is str and pair[1] in OUTCOMES
        for pair in value
    )


_ident = _text(64)
_word = _text(32)


class Message:
    """A message is its fields; two are equal when their fields are."""

    KIND = ""
    FIELDS = ()

    def fields(self) -> dict:
        """The wire names and values, in no order that anyone may rely on."""
        return {name: getattr(self, _attribute(name)) for name, _ in self.FIELDS}

    def __eq__(self, other):
        return type(self) is type(other) and self.fields() == other.fields()

    def __hash__(self):
        return hash(str(sorted(self.fields().items(), key=str)))

    def __repr__(self):
        return type(self).__name__ + "(" + ", ".join(n + "=" + repr(v) for n, v in self.fields().items()) + ")"

    def _check(self):
        for name, check in self.FIELDS:
            if not check(getattr(self, _attribute(name))):
                raise MessageError(self.KIND + "." + name + " is missing, mistyped or out of bounds")


class Report(Message):
    """What one press said. `age_ms` is None when a reboot lies between press and sending: time uncertain."""

    KIND = "report"
    FIELDS = (
        ("id", _ident),
        ("kind", _word),
        ("purpose", _one_of(PURPOSES)),
        ("boot", _whole(0, BIGGEST)),
        ("seq", _whole(0, BIGGEST)),
        ("age_ms", _or_none(_whole(0, BIGGEST))),
    )

    def __init__(self, id: str, kind: str, purpose: str, boot: int, seq: int, age_ms: "int | None"):
        self.id = id
        self.kind = kind
        self.purpose = purpose
        self.boot = boot
        self.seq = seq
        self.age_ms = age_ms
        self._check()


class State(Message):
    """The only truth about a siren, retained: heartbeat, birth and last will in one shape.

    `commands` holds the last four commands as [id, outcome], so that no transition is lost with a lost message.
    `report` and `stage` say what the indicator shows. `seq` rises with every state of one boot.
    """

    KIND = "state"
    FIELDS = (
        ("presence", _one_of(("online", "offline"))),
        ("boot", _whole(0, BIGGEST)),
        ("session", _whole(0, BIGGEST)),
        ("seq", _whole(0, BIGGEST)),
        ("nonce", _or_none(_nonce)),
        ("siren", _one_of(SIRENS)),
        ("commands", _outcomes),
        ("refused", _whole(0, BIGGEST)),
        ("report", _or_none(_ident)),
        ("stage", _or_none(_one_of(STAGES))),
        ("uptime_ms", _whole(0, BIGGEST)),
        ("firmware", _word),
        ("minor", _whole(0, 999)),
        ("rssi_dbm", _or_none(_whole(-200, 0))),
        ("battery_mv", _or_none(_whole(0, 100_000))),
        ("mains", _or_none(_truth)),
    )

    def __init__(
        self,
        presence: str,
        boot: int,
        session: int,
        seq: int,
        nonce: "str | None",
        siren: str,
        commands: list,
        refused: int,
        report: "str | None",
        stage: "str | None",
        uptime_ms: int,
        firmware: str,
        minor: int,
        rssi_dbm: "int | None",
        battery_mv: "int | None",
        mains: "bool | None",
    ):
        self.presence = presence
        self.boot = boot
        self.session = session
        self.seq = seq
        self.nonce = nonce
        self.siren = siren
        self.commands = commands
        self.refused = refused
        self.report = report
        self.stage = stage
        self.uptime_ms = uptime_ms
        self.firmware = firmware
        self.minor = minor
        self.rssi_dbm = rssi_dbm
        self.battery_mv = battery_mv
        self.mains = mains
        self._check()


class Command(Message):
    """One instruction to one node, never retained. `beats` is strokes and pauses in ms: [on, off, on, off, …].

    One run through `beats` is a round; the siren stops after `rounds` rounds or `duration_ms`, whichever is first,
    and the node's own limits stand above both.
    """

    KIND = "command"
    FIELDS = (
        ("id", _ident),
        ("action", _one_of(ACTIONS)),
        ("incident", _or_none(_ident)),
        ("class", _one_of(CLASSES)),
        ("purpose", _one_of(PURPOSES)),
        ("pattern", _word),
        ("beats", _beats),
        ("rounds", _whole(0, 10_000)),
        ("duration_ms", _whole(0, 900_000)),
        ("colour", _one_of(COLOURS)),
        ("nonce", _nonce),
        ("counter", _whole(0, BIGGEST)),
        ("ttl_ms", _whole(0, 600_000)),
    )

    def __init__(
        self,
        id: str,
        action: str,
        incident: "str | None",
        class_: str,
        purpose: str,
        pattern: str,
        beats: list,
        rounds: int,
        duration_ms: int,
        colour: str,
        nonce: str,
        counter: int,
        ttl_ms: int,
    ):
        self.id = id
        self.action = action
        self.incident = incident
        self.class_ = class_
        self.purpose = purpose
        self.pattern = pattern
        self.beats = beats
        self.rounds = rounds
        self.duration_ms = duration_ms
        self.colour = colour
        self.nonce = nonce
        self.counter = counter
        self.ttl_ms = ttl_ms
        self._check()


class Receipt(Message):
    """The server has stored `report` (the node may forget it), and how far help has come since."""

    KIND = "receipt"
    FIELDS = (
        ("report", _ident),
        ("stage", _one_of(STAGES)),
        ("incident", _or_none(_ident)),
    )

    def __init__(self, report: str, stage: str, incident: "str | None"):
        self.report = report
        self.stage = stage
        self.incident = incident
        self._check()


MESSAGES = {message.KIND: message for message in (Report, State, Command, Receipt)}


def belongs_to(report: Report, node: str) -> bool:
    """True when the report's id is the node's own: node, boot and sequence joined by dots."""
    return is_node_name(node) and report.id == report_id(node, report.boot, report.seq)


def report_id(node: str, boot: int, seq: int) -> str:
    """The id of a press, unique without a clock."""
    return node + "." + str(boot) + "." + str(seq)


def _attribute(name: str) -> str:
    return "class_" if name == "class" else name
