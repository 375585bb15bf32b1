"""How one person wants to be told."""

from dataclasses import dataclass, field

from kentongan_server.domain.quiet_hours import QuietHours

LANGUAGES = ("id", "en", "jv")


@dataclass(frozen=True, slots=True)
class Preferences:
    """The language of what is sent, and the hours without community news."""

    language: str = "id"
    quiet_hours: QuietHours = field(default_factory=QuietHours)
