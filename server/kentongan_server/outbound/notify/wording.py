"""What is said on channels that strangers run: that there is something, how urgent, and where to look. No name, no place,
nobody's words; the page tells the rest to whoever may know it."""

import json
from dataclasses import dataclass
from importlib import resources

from kentongan_server.domain.answer import Answer
from kentongan_server.domain.notification import Message, Wave

# Javanese waits for a speaker's review; until then it is told in Indonesian.
_SPOKEN = {"id": "id", "en": "en", "jv": "id"}


@dataclass(frozen=True, slots=True)
class Words:
    """A title, one sentence, and the page's address where there is one."""

    title: str
    sentence: str
    link: str | None

    @property
    def text(self) -> str:
        """All of it as plain text."""
        return "\n".join(part for part in (self.title, self.sentence, self.link) if part)


class Wording:
    """Words in the reader's language. `public_url` is where the page is reached from outside."""

    def __init__(self, public_url: str | None) -> None:
        self._public_url = None if public_url is None else public_url.rstrip("/")
        here = resources.files(__package__ or __name__) / "i18n"
        self._words: dict[str, dict[str, str]] = {
            language: json.loads((here / f"{language}.json").read_text("utf-8")) for language in set(_SPOKEN.values())
        }

    def of(self, message: Message) -> Words:
        """The words for this message."""
        words = self._words[_SPOKEN.get(message.language, "id")]
        if message.wave is Wave.CONFIRM:
            return Words(words["title"], words["confirm"].format(code=message.code or "-"), None)
        if message.wave is Wave.TRIAL:
            return Words(words["title"], words["trial"], self._public_url)
        if message.wave is Wave.SECURITY:
            return Words(words["title"], words["security"], self._public_url and f"{self._public_url}/sign-in")
        sort = message.purpose if message.purpose in ("drill", "test") else message.incident_class or "community"
        again = words["again"] + " " if message.wave is Wave.AGAIN else ""
        sentence = again + words[sort] + " " + words["open"].format(incident=message.incident)
        return Words(words["title"], sentence, self.link(message))

    def button(self, answer: str, language: str) -> str:
        """What a button says with which somebody answers."""
        return self._words[_SPOKEN.get(language, "id")][answer]

    def buttons(self, message: Message) -> dict[str, str]:
        """Each answer that this message can be given, and its button's word."""
        if not message.is_urgent or message.incident is None:
            return {}
        return {answer: self.button(answer, message.language) for answer in Answer}

    def link(self, message: Message) -> str | None:
        """Where the page shows it."""
        if self._public_url is None or message.incident is None:
            return None
        return f"{self._public_url}/?incident={message.incident}"
