"""Settings that are replaced whole or not at all, and only by who saw the last ones.

Written beside and renamed, which LittleFS does in one step: a power cut at any write leaves the old settings or the new ones,
never none. `version` rises with every replacement; who configures says which version was seen, so that two technicians, or one
and a late browser, never undo each other unseen. What cannot be used is refused before anything is written.
"""

import json
import os

from .provisioning import Settings, SettingsError

LONGEST = 8_192
_SECRET = ("key", "password", "link_key", "group_keys", "wifi", "pin", "duress_pin")


class SettingsStore:
    """The settings file at `path`."""

    def __init__(self, path: str):
        self._path = path

    def read(self) -> dict:
        """What is kept, {} where nothing is or where it cannot be read."""
        try:
            with open(self._path) as file:
                found = json.load(file)
        except (OSError, ValueError):
            return {}
        return found if type(found) is dict else {}

    def version(self) -> int:
        """How often it was replaced."""
        version = self.read().get("version", 0)
        return version if type(version) is int else 0

    def shown(self) -> dict:
        """What is kept, with every secret as three stars."""
        return {name: "***" if name in _SECRET else value for name, value in self.read().items()}

    def replace(self, changes: dict, seen: int) -> int:
        """Put `changes` over what is kept; the new version, or SettingsError with a sentence. A value of None takes one away."""
        if seen != self.version():
            raise SettingsError(
                "settings: version " + str(seen) + " was changed meanwhile to " + str(self.version()) + "; look again"
            )
        wanted = self.read()
        for name, value in changes.items():
            if value is None:
                wanted.pop(name, None)
            else:
                wanted[name] = value
        wanted["version"] = seen + 1
        Settings(wanted)
        text = json.dumps(wanted)
        if len(text) > LONGEST:
            raise SettingsError("settings: longer than " + str(LONGEST) + " bytes")
        beside = self._path + ".new"
        try:
            with open(beside, "w") as file:
                file.write(text)
                file.flush()
            os.rename(beside, self._path)
        except OSError as error:
            raise SettingsError("settings: the flash refuses (" + str(error) + "); nothing was changed")
        return seen + 1
