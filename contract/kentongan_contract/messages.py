"""The messages and their law: unknown fields are ignored, missing, mistyped or unbounded ones refused.

Written in the portable subset (no typing, dataclasses, enum), since the node runs this very file. `FIELDS` gives each
field as (name on the wire, name of its check in `CHECKS`, may it be null): constants, which a node's image keeps in flash; the constructor's argument is the same name, with `class_` for `class`. A field in `LATER`
is younger than `v1`: a message without it means what the constructor's default says.
"""

from .checks import Beats, Check, Codes, Counts, Nonce, OneOf, Outcomes, Text, Truth, Whole, Words
from .errors import MessageError
from .topics import is_node_name

MINOR = 4
PURPOSES = ("actual", "drill", "test")
CLASSES = ("crime", "emergency", "community")
ACTIONS = ("sound", "silence", "test", "all_clear")
STAGES = ("stored", "neighbours_called", "police_saw", "on_the_way", "resolved", "not_delivered")
OUTCOMES = ("device_acked", "sounding", "silenced", "completed", "failed", "expired")
SIRENS = ("silent", "sounding")
HEARD = ("sounded", "silent", "cut")
NOTICES = ("cancel", "duress", "tamper")
UPDATES = ("fetching", "trial", "kept", "rolled_back", "refused")
COLOURS = ("red", "amber", "blue", "white", "green")
BIGGEST = 9007199254740991


_IDENT = Text(64)
_WORD = Text(32)
_COLOUR = OneOf(COLOURS)
CHECKS: dict[str, Check] = {
    "ident": _IDENT,
    "word": _WORD,
    "count": Whole(0, BIGGEST),
    "positive": Whole(1, BIGGEST),
    "minor": Whole(0, 999),
    "nonce": Nonce(),
    "truth": Truth(),
    "purpose": OneOf(PURPOSES),
    "class": OneOf(CLASSES),
    "action": OneOf(ACTIONS),
    "stage": OneOf(STAGES),
    "siren": OneOf(SIRENS),
    "heard": OneOf(HEARD),
    "updating": OneOf(UPDATES),
    "presence": OneOf(("online", "offline")),
    "colour": _COLOUR,
    "outcomes": Outcomes(_IDENT, OneOf(OUTCOMES)),
    "words": Words(_WORD),
    "counts": Counts(_WORD),
    "beats": Beats(),
    "codes": Codes(_WORD, _COLOUR),
    "rssi": Whole(-200, 0),
    "millivolts": Whole(0, 100_000),
    "celsius": Whole(-100, 200),
    "minute": Whole(0, 1439),
    "offset": Whole(-720, 840),
    "rounds": Whole(0, 10_000),
    "duration": Whole(0, 900_000),
    "lifetime": Whole(0, 600_000),
}
_NO_WORDS: list[str] = []  # never changed: they stand for what an older message does not say
_NO_COUNTS: dict[str, int] = {}


class Message:
    """A message is its fields; two are equal when their fields are."""

    KIND = ""
    FIELDS: tuple[tuple[str, str, bool], ...] = ()
    LATER: tuple[str, ...] = ()

    def __init__(self, **fields: object) -> None:
        raise NotImplementedError

    def fields(self) -> dict[str, object]:
        """The wire names and values, in no order that anyone may rely on."""
        return {name: getattr(self, attribute(name)) for name, _, _ in self.FIELDS}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and self.KIND == other.KIND and self.fields() == other.fields()

    def __hash__(self) -> int:
        return hash(str(sorted(self.fields().items(), key=str)))

    def __repr__(self) -> str:
        return type(self).__name__ + "(" + ", ".join(n + "=" + repr(v) for n, v in self.fields().items()) + ")"

    def _check(self) -> None:
        for name, check, may_be_null in self.FIELDS:
            value = getattr(self, attribute(name))
            if not (may_be_null and value is None) and not CHECKS[check](value):
                raise MessageError(self.KIND + "." + name + " is missing, mistyped or out of bounds")


class Report(Message):
    """What one press said. `age_ms` is None when a reboot lies between press and sending: time uncertain.

    `kind` is an incident's, or a notice: `cancel` takes the report `of` back with the call point's PIN, `duress` looks the
    same to whoever stands beside it and means the opposite, `tamper` says that the box was opened.
    """

    KIND = "report"
    FIELDS = (
        ("id", "ident", False),
        ("kind", "word", False),
        ("purpose", "purpose", False),
        ("boot", "count", False),
        ("seq", "count", False),
        ("age_ms", "count", True),
        ("of", "ident", True),
    )
    LATER = ("of",)

    def __init__(
        self, id: str, kind: str, purpose: str, boot: int, seq: int, age_ms: int | None, of: str | None = None
    ) -> None:
        self.id = id
        self.kind = kind
        self.purpose = purpose
        self.boot = boot
        self.seq = seq
        self.age_ms = age_ms
        self.of = of
        self._check()


class State(Message):
    """The only truth about a siren, retained: heartbeat, birth and last will in one shape.

    `commands` holds the last four commands as [id, outcome], so that no transition is lost with a lost message.
    `report` and `stage` say what the indicator shows. `seq` rises with every state of one boot. `troubles` are the faults
    that stand now; `heard_itself` says whether the siren's last sounding was measured; `refusals` counts what was refused by
    reason; `codebook` is the revision kept, 0 for the one that came with the firmware; `minute` is the local minute of the
    day, null while the node was not told the time since it started; `peers` is how many neighbours it heard in the last three
    minutes, null where it has no peer alarm. `release` is the sequence of the program that runs, 0 for the one in the image; `updating` is
    what became of release `offered`, both null and 0 where none was offered to it.
    """

    KIND = "state"
    FIELDS = (
        ("presence", "presence", False),
        ("boot", "count", False),
        ("session", "count", False),
        ("seq", "count", False),
        ("nonce", "nonce", True),
        ("siren", "siren", False),
        ("commands", "outcomes", False),
        ("refused", "count", False),
        ("report", "ident", True),
        ("stage", "stage", True),
        ("uptime_ms", "count", False),
        ("firmware", "word", False),
        ("minor", "minor", False),
        ("rssi_dbm", "rssi", True),
        ("battery_mv", "millivolts", True),
        ("mains", "truth", True),
        ("temperature_c", "celsius", True),
        ("reset_cause", "word", True),
        ("troubles", "words", False),
        ("heard_itself", "heard", True),
        ("refusals", "counts", False),
        ("codebook", "count", False),
        ("minute", "minute", True),
        ("peers", "minor", True),
        ("release", "count", False),
        ("offered", "count", False),
        ("updating", "updating", True),
    )
    LATER = (
        "temperature_c", "reset_cause", "troubles", "heard_itself", "refusals", "codebook", "minute", "peers",
        "release", "offered", "updating",
    )  # fmt: skip

    def __init__(
        self,
        presence: str,
        boot: int,
        session: int,
        seq: int,
        nonce: str | None,
        siren: str,
        commands: list[list[str]],
        refused: int,
        report: str | None,
        stage: str | None,
        uptime_ms: int,
        firmware: str,
        minor: int,
        rssi_dbm: int | None,
        battery_mv: int | None,
        mains: bool | None,
        temperature_c: int | None = None,
        reset_cause: str | None = None,
        troubles: list[str] = _NO_WORDS,
        heard_itself: str | None = None,
        refusals: dict[str, int] = _NO_COUNTS,
        codebook: int = 0,
        minute: int | None = None,
        peers: int | None = None,
        release: int = 0,
        offered: int = 0,
        updating: str | None = None,
    ) -> None:
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
        self.temperature_c = temperature_c
        self.reset_cause = reset_cause
        self.troubles = troubles
        self.heard_itself = heard_itself
        self.refusals = refusals
        self.codebook = codebook
        self.minute = minute
        self.peers = peers
        self.release = release
        self.offered = offered
        self.updating = updating
        self._check()


class Command(Message):
    """One instruction to one node, never retained. `beats` is strokes and pauses in ms: [on, off, on, off, …].

    One run through `beats` is a round; the siren stops after `rounds` rounds or `duration_ms`, whichever is first,
    and the node's own limits stand above both. `report` is the one that raised the alarm: a kentongan that has sounded for it
    already, because a neighbour told it so while the network was down, does not sound for it again. `leisure_ms` is for a crowd
    told at once (RFC 7252, 8.2): the node obeys now, and says so at a moment of its own choice within that time.
    """

    KIND = "command"
    FIELDS = (
        ("id", "ident", False),
        ("action", "action", False),
        ("incident", "ident", True),
        ("class", "class", False),
        ("purpose", "purpose", False),
        ("pattern", "word", False),
        ("beats", "beats", False),
        ("rounds", "rounds", False),
        ("duration_ms", "duration", False),
        ("colour", "colour", False),
        ("nonce", "nonce", False),
        ("counter", "count", False),
        ("ttl_ms", "lifetime", False),
        ("report", "ident", True),
        ("leisure_ms", "lifetime", False),
    )
    LATER = ("report", "leisure_ms")

    def __init__(
        self,
        id: str,
        action: str,
        incident: str | None,
        class_: str,
        purpose: str,
        pattern: str,
        beats: list[int],
        rounds: int,
        duration_ms: int,
        colour: str,
        nonce: str,
        counter: int,
        ttl_ms: int,
        report: str | None = None,
        leisure_ms: int = 0,
    ) -> None:
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
        self.report = report
        self.leisure_ms = leisure_ms
        self._check()


class Receipt(Message):
    """The server has stored `report` (the node may forget it), and how far help has come since."""

    KIND = "receipt"
    FIELDS = (
        ("report", "ident", False),
        ("stage", "stage", False),
        ("incident", "ident", True),
    )

    def __init__(self, report: str, stage: str, incident: str | None) -> None:
        self.report = report
        self.stage = stage
        self.incident = incident
        self._check()


class Codebook(Message):
    """The beats of every kind, to be kept by the node: what its own call point sounds, with nobody to ask.

    A code is [kind, pattern, beats, rounds, duration_ms, colour]. Only a higher `revision` replaces what is kept, so an old
    one sent again changes nothing.
    """

    KIND = "codebook"
    FIELDS = (
        ("revision", "positive", False),
        ("version", "word", False),
        ("codes", "codes", False),
    )

    def __init__(self, revision: int, version: str, codes: list[list[object]]) -> None:
        self.revision = revision
        self.version = version
        self.codes = codes
        self._check()


class Time(Message):
    """The time of day for a node without a clock; it names one of the node's last three nonces, so an old one is no time."""

    KIND = "time"
    FIELDS = (
        ("unix_s", "count", False),
        ("utc_offset_minutes", "offset", False),
        ("nonce", "nonce", False),
    )

    def __init__(self, unix_s: int, utc_offset_minutes: int, nonce: str) -> None:
        self.unix_s = unix_s
        self.utc_offset_minutes = utc_offset_minutes
        self.nonce = nonce
        self._check()


MESSAGES: dict[str, type[Message]] = {
    Report.KIND: Report,
    State.KIND: State,
    Command.KIND: Command,
    Receipt.KIND: Receipt,
    Codebook.KIND: Codebook,
    Time.KIND: Time,
}


def belongs_to(report: Report, node: str) -> bool:
    """True when the report's id is the node's own: node, boot and sequence joined by dots."""
    return is_node_name(node) and report.id == report_id(node, report.boot, report.seq)


def report_id(node: str, boot: int, seq: int) -> str:
    """The id of a press, unique without a clock."""
    return node + "." + str(boot) + "." + str(seq)


def attribute(name: str) -> str:
    """The attribute and argument that holds the field of this wire name."""
    return "class_" if name == "class" else name
