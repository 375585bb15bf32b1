"""The `acl` and `passwords` files, read for the embedded broker as Mosquitto reads them: one set of files rules both."""

from pathlib import Path

from kentongan_broker.config import fits
from kentongan_broker.errors import BrokerError

Rule = tuple[str, str]  # what it grants ("read", "write", "deny"), topic filter


class Access:
    """Who may log in, say and hear what; denials come before grants, and what no rule grants is refused."""

    def __init__(self, folder: Path) -> None:
        self._hashes = dict(
            line.split(":", 1) for line in (folder / "passwords").read_text(encoding="utf-8").splitlines()
        )
        self._patterns: list[Rule] = []
        self._rules: dict[str, list[Rule]] = {}
        user = ""
        for line in (folder / "acl").read_text(encoding="utf-8").splitlines():
            word, _, rest = line.partition(" ")
            grant, _, topic = rest.partition(" ")
            if word == "user":
                user = rest
            elif word == "pattern":
                self._patterns.append((grant, topic))
            elif word == "topic":
                self._rules.setdefault(user, []).append((grant, topic))
            elif word and not word.startswith("#"):
                raise BrokerError(f"This line of the acl is not understood: {line}")

    def lets_in(self, user: str, password: str | None) -> bool:
        """True for a known name with its password."""
        hashed = self._hashes.get(user)
        return hashed is not None and password is not None and fits(password, hashed)

    def allows(self, user: str, doing: str, topic: str) -> bool:
        """True when `user` may "read" or "write" this topic (or, to subscribe, this filter)."""
        rules = [
            *self._rules.get(user, []),
            *((grant, pattern.replace("%u", user)) for grant, pattern in self._patterns),
        ]
        granted = [grant for grant, rule in rules if covers(rule, topic)]
        return "deny" not in granted and doing in granted


def covers(rule: str, topic: str) -> bool:
    """True when the topic filter `rule` takes in all that `topic`, a topic or a filter, stands for."""
    wanted = topic.split("/")
    for at, level in enumerate(rule.split("/")):
        if level == "#":
            return True
        if at >= len(wanted) or wanted[at] == "#" or level not in ("+", wanted[at]):
            return False
    return len(rule.split("/")) == len(wanted)
