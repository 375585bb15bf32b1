"""What a person agreed to (UU 27/2022, articles 20 to 22 and 40), and their wish to be forgotten (articles 8 and 43).

Membership of an RT's alarm needs the data that it runs on, so its consent is asked at joining, and withdrawing it means
leaving: the roles end, the person can still press the panic button as anybody may. Being told over channels that others
run is a consent of its own, asked before the first one is added; withdrawing it removes those channels and nothing else.
What was added before it was asked stays: its owner gave the address and proved it, and is asked at the next visit.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

VERSION = "2026-11-26"
REFLECT = timedelta(hours=72)
NEVER = timedelta(days=36_525)


class Purpose(StrEnum):
    """What the data is for."""

    MEMBERSHIP = "membership"
    CHANNELS = "channels"


_MEMBERSHIP = {
    "id": (
        "Saya setuju nama, nomor telepon, RT, dan laporan saya disimpan untuk alarm lingkungan. Ketua RT melihat nama "
        "dan nomor saya; laporan kejahatan diteruskan ke polisi, keadaan darurat ke 112, kabar warga hanya ke RT."
    ),
    "en": (
        "I agree that my name, phone number, RT and reports are kept for the neighbourhood's alarm. The RT head sees "
        "my name and number; reports of a crime go to the police, emergencies to 112, news to the RT alone."
    ),
}

# Every version stays, so that each agreement can be read in its own words. Of the first, channels said nothing of accounts.
TEXTS: dict[str, dict[Purpose, dict[str, str]]] = {
    "2026-11": {
        Purpose.MEMBERSHIP: _MEMBERSHIP,
        Purpose.CHANNELS: {
            "id": (
                "Saya setuju diberi tahu lewat layanan pihak lain (notifikasi peramban, Telegram, SMS, surel). Mereka tahu "
                "bahwa ada alarm dan kapan; bukan nama, tempat, atau kata-kata siapa pun."
            ),
            "en": (
                "I agree to be told over services that others run (web push, Telegram, SMS, e-mail). They learn that there is "
                "an alarm and when; no name, no place, nobody's words."
            ),
        },
    },
    VERSION: {
        Purpose.MEMBERSHIP: _MEMBERSHIP,
        Purpose.CHANNELS: {
            "id": (
                "Saya setuju diberi tahu tentang alarm, kabar warga, dan keamanan akun saya lewat layanan pihak lain "
                "(notifikasi peramban, Telegram, SMS, surel, webhook). Layanan itu menyimpan alamat saya dan tahu bahwa ada "
                "pemberitahuan dan kapan; bukan nama, tempat, atau kata-kata siapa pun."
            ),
            "en": (
                "I agree to be told of alarms, of news and of my account's safety over services that others run (web push, "
                "Telegram, SMS, e-mail, webhook). They hold my address and learn that there is a message and when; no name, "
                "no place, nobody's words."
            ),
        },
    },
}

CONSEQUENCES: dict[Purpose, dict[str, str]] = {
    Purpose.MEMBERSHIP: {
        "id": "Peran Anda di RT berakhir; Anda tidak lagi diberi tahu. Tombol panik tetap bekerja.",
        "en": "Your roles in the RT end and you are told nothing more. The panic button still works.",
    },
    Purpose.CHANNELS: {
        "id": "Semua tujuan pemberitahuan Anda dihapus; kentongan dan halaman ini tetap bekerja.",
        "en": "All your notification channels are removed; the kentongan and this page still work.",
    },
}


@dataclass(frozen=True, slots=True)
class Consent:
    """One person agreed to one purpose in the words of one version; withdrawn or not."""

    id: str
    person: str
    purpose: Purpose
    version: str
    agreed_at: datetime
    withdrawn_at: datetime | None = None


def standing(consents: Iterable[Consent], purpose: Purpose) -> Consent | None:
    """The newest agreement to this purpose that was not withdrawn, in whatever words."""
    mine = (one for one in consents if one.purpose is purpose and one.withdrawn_at is None)
    return max(mine, key=lambda one: one.agreed_at, default=None)


def says_the_same(version: str, purpose: Purpose) -> bool:
    """True when the words of this version are those in force for this purpose: another purpose may have made it new."""
    return version in TEXTS and TEXTS[version][purpose] == TEXTS[VERSION][purpose]


def is_in_force(consents: Iterable[Consent], purpose: Purpose) -> bool:
    """True when the words in force were agreed to: what is new under this purpose needs that."""
    mine = (one for one in consents if one.purpose is purpose and one.withdrawn_at is None)
    return any(says_the_same(one.version, purpose) for one in mine)


@dataclass(frozen=True, slots=True)
class Erasure:
    """A person asked to be forgotten. It is done after a time to think again, or when their incidents are closed."""

    person: str
    asked_at: datetime
    due_at: datetime

    @property
    def is_forced(self) -> bool:
        """True when the duress PIN was given: then it is never done."""
        return self.due_at - self.asked_at >= NEVER

    @property
    def shown_due_at(self) -> datetime:
        """When it seems to be done: of a forced wish nobody may see that it is one."""
        return self.asked_at + REFLECT if self.is_forced else self.due_at
