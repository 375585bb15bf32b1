"""How long what is kept (UU 27/2022, articles 42 to 44), as data. The docs print this table, the nightly run follows it."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Rule:
    """One sort of data: for how long it is kept, what then happens, and why it is kept at all."""

    data: str
    keep: timedelta
    then: str
    why: str


POSITIONS = Rule(
    "positions", timedelta(days=90), "the precise position goes, the RT stays", "to find the place of an alarm"
)
WORDS = Rule("words", timedelta(days=365), "a reporter's own words go", "to judge how an incident ended")
SESSIONS = Rule(
    "sessions",
    timedelta(days=30),
    "rows of ended sessions, tokens and seen resets go",
    "to see who signed in from where",
)
NOTIFICATIONS = Rule("notifications", timedelta(days=90), "rows of who was told go", "to see whom an alarm reached")
ANSWERS = Rule("answers", timedelta(days=365), "rows of who comes or saw it go", "to see who helped, and when")
DELIVERIES = Rule(
    "deliveries", timedelta(days=90), "rows of what third parties were sent go", "to show a receiver what it was sent"
)
DESTINATIONS = Rule(
    "destinations",
    timedelta(days=30),
    "addresses that nobody confirmed, and push endpoints that took nothing since while others did, go",
    "to reach a person; an endpoint whose service says that it is gone goes at once",
)
RECORD = Rule("record", timedelta(days=5 * 365), "entries go, up to a checkpoint that vouches for them", "audit")
TELEMETRY = Rule("telemetry", timedelta(days=7), "heartbeats go", "to find a failing device")

VIEWS = Rule(
    "views", RECORD.keep, "go with the record's entries, of which they are", "to answer who looked through a camera"
)

RULES = (POSITIONS, WORDS, ANSWERS, SESSIONS, NOTIFICATIONS, DESTINATIONS, DELIVERIES, VIEWS, RECORD, TELEMETRY)

# What an erasure leaves, why, and both in a sentence of Bahasa Indonesia.
KEPT = (
    (
        "what happened, when and in which RT, and how it was answered",
        "public interest, and evidence of a crime (art. 15)",
        "Apa yang terjadi, kapan, di RT mana, dan bagaimana ditangani: kepentingan umum dan bukti kejahatan (pasal 15).",
    ),
    (
        "that the record held an entry here, as a commitment that tells nothing",
        "proof that nobody changed the record",
        "Bahwa ada catatan di sini, sebagai sidik yang tidak mengungkap isinya: bukti bahwa catatan tidak diubah.",
    ),
    (
        "what the police were sent",
        "it is theirs now, under their own law; ask them",
        "Yang sudah dikirim ke polisi: kini milik mereka menurut hukum mereka; tanyakan kepada mereka.",
    ),
)
