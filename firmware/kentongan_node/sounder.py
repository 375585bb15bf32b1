"""What the siren does now, why, and until when. Synchronous: time comes in, the pin and the log are driven at once.

A press sounds before anyone is asked; the server's command takes a running alarm over without a gap. Only an equal or
greater matter takes over: a drill or a call to the community work never quietens an alarm.
"""

from .beat_player import BeatPlayer
from .lifecycle import SIREN, following

TEST_MS = 2_000
_ENDLESS = 10_000


class Sounder:
    """`board.siren(on)` is the pin, `tell(event, **fields)` hears of each start and end."""

    def __init__(self, board, limits, log, tell, local_beats: list, local_ms: int, ear=None):
        self._board = board
        self._limits = limits
        self._log = log
        self._tell = tell
        self._local = BeatPlayer(local_beats, _ENDLESS, local_ms)
        self._local_ms = local_ms
        self._ear = ear  # heard_itself, where the board can measure
        self.state = "silent"
        self.soundings = 0
        self.local_soundings = 0
        self.peer_soundings = 0
        self.command = None  # the one that sounds
        self.report = None  # our own press that sounds, or a neighbour's
        self.incident = None
        self._player = self._local
        self._started = 0
        self._ends = 0
        self._strikes = False
        self._over = []  # the last reports that sounded to their end without the server
        self.heard_of = None  # asks whether a neighbour's report sounded here, before our reset too
        self._struck_at = 0

    def learn(self, local_beats: list) -> None:
        """What our own press sounds from the next time on."""
        self._local = BeatPlayer(local_beats, _ENDLESS, self._local_ms)

    def press(self, report: str, now_ms: int, beats: "list | None" = None) -> None:
        """Our own button, or (with beats of its own) our own lid: sound at once, unless a real alarm is heard already and
        for at least as long. The lid never takes over from the button."""
        player = self._local if beats is None else BeatPlayer(beats, _ENDLESS, self._local_ms)
        if beats is not None and self.state == "local":
            return
        if self.command is not None:
            is_real = _rank(self.command) == _rank(None)
            if is_real and self._ends - now_ms >= player.total_ms:
                return
            self._leave(self.command, "ended" if is_real else "hushed")
        self.state = following(SIREN, self.state, "pressed")
        self.command = None
        self.incident = None
        self.report = report
        self.local_soundings += 1
        self._begin(player, player.total_ms, now_ms)

    def hear(self, report: str, now_ms: int, beats: "list | None" = None) -> "str | None":
        """A neighbour's button, from the neighbour: sound as long as our own, below every limit; or why not."""
        if self.state == "local" or self.state == "peer" or (self.command is not None and _rank(self.command) == 2):
            return "an alarm sounds"
        if self._limits.is_silenced(report, now_ms):
            return "silenced here"
        allowed = self._limits.allowance_ms(now_ms)
        if allowed <= 0:
            return "noise limit"
        if self.command is not None:
            self._leave(self.command, "hushed")
        self.state = following(SIREN, self.state, "heard")
        self.command = self.incident = None
        self.report = report
        self.peer_soundings += 1
        self._begin(self._local if beats is None else BeatPlayer(beats, _ENDLESS, self._local_ms), allowed, now_ms)
        return None

    def obey(self, command, now_ms: int) -> None:
        """Do what a fresh, sealed command says and log how it went."""
        self._log.move(command.id, "taken")
        if command.action == "silence" or command.action == "all_clear":
            if self._concerns(command):
                self._end("hushed", now_ms)
        if command.action == "silence" or (command.action == "all_clear" and not command.beats):
            self._log.move(command.id, "ended")
            return
        longest = min(command.duration_ms, TEST_MS) if command.action == "test" else command.duration_ms
        player = BeatPlayer(command.beats, command.rounds, longest)
        allowed = self._limits.allowance_ms(now_ms)
        why_not = self._objection(command, player, allowed, now_ms)
        if why_not is not None:
            self._log.move(command.id, "hushed" if why_not == "silenced here" else "refused")
            self._tell("not_sounded", command=command.id, reason=why_not)
            return
        if command.action == "sound" and self._is_over(command.report):
            self._log.move(command.id, "ended")
            self._tell("not_sounded", command=command.id, reason="it sounded for this report already")
            return
        if self.command is not None:
            self._leave(self.command, "hushed")
        self.state = following(SIREN, self.state, "commanded")
        self.command = command
        self.incident = command.incident
        self.report = None
        if command.action == "sound":
            self.soundings += 1
        self._log.move(command.id, "started")
        self._begin(player, allowed, now_ms)

    def key(self, now_ms: int) -> None:
        """The neighbour's silence key: this noise ends, and stays ended here for what it was about."""
        if self.state == "silent":
            return
        for what in (self.incident, self.report):
            if what is not None:
                self._limits.silence(what, now_ms)
        self._end("hushed", now_ms)

    def take_back(self, report: str, now_ms: int) -> None:
        """The PIN: the noise about our press ends here and stays ended, under the report's name and the incident's."""
        self._limits.silence(report, now_ms)
        if self.report != report and (self.command is None or self.command.report != report):
            return  # silent, or somebody else's alarm
        if self.incident is not None:
            self._limits.silence(self.incident, now_ms)
        self._end("hushed", now_ms)

    def name_incident(self, report: str, incident: str, now_ms: int) -> None:
        """A receipt told which incident our press became: what the key silenced before stays silent under that name."""
        if self.state == "local" and self.report == report:
            self.incident = incident
        elif self._limits.is_silenced(report, now_ms):
            self._limits.silence(incident, now_ms)

    def step(self, now_ms: int) -> "int | None":
        """Drive the pin for this moment; the time at which it next changes, None when silent."""
        if self.state == "silent":
            return None
        if now_ms >= self._ends:
            self._end("ended", now_ms)
            return None
        if self._strikes and self._ear is not None:
            self._ear.listen(now_ms - self._struck_at, *self._board.siren_sense())
        strike, change = self._player.at(now_ms - self._started)
        self._strike(strike, now_ms)
        return self._ends if change is None else min(self._started + change, self._ends)

    def colour(self) -> "str | None":
        """The colour of what sounds."""
        if self.state == "silent":
            return None
        return "red" if self.command is None else self.command.colour

    def is_real(self) -> bool:
        """True while a crime, an emergency or our own press sounds."""
        return self.state != "silent" and _rank(self.command) == _rank(None)

    def _objection(self, command, player: BeatPlayer, allowed: int, now_ms: int) -> "str | None":
        if player.is_empty():
            return "nothing to sound"
        if self.state != "silent" and (command.action == "all_clear" or _rank(command) < _rank(self.command)):
            return "a greater alarm sounds"
        if command.action == "sound":
            for what in (command.incident, command.report):
                if what is not None and self._limits.is_silenced(what, now_ms):
                    return "silenced here"
        if command.class_ == "community" and self._limits.is_quiet_hour(self._board.minute()):
            return "quiet hours"
        return None if allowed > 0 else "noise limit"

    def _is_over(self, report: "str | None") -> bool:
        """True when the event was heard here to its end, and not because a command said so."""
        if report is None or report == self.report:
            return False
        return report in self._over or (self.heard_of is not None and self.heard_of(report))

    def _concerns(self, command) -> bool:
        if self.state == "silent":
            return False
        if command.incident is None or command.incident == self.incident:
            return True
        return self.state in ("local", "peer") and self.incident is None

    def _begin(self, player: BeatPlayer, allowed: int, now_ms: int) -> None:
        self._player = player
        self._started = now_ms
        self._ends = now_ms + min(player.total_ms, allowed)
        self._limits.begin(now_ms)
        if self._ear is not None:
            self._ear.begin()
        self.step(now_ms)  # the pin first, words after
        self._tell("siren", on=True, command=None if self.command is None else self.command.id)

    def _leave(self, command, event: str) -> None:
        if self._log.is_sounding(command.id):  # else it failed already: nobody could hear it
            self._log.move(command.id, event)

    def _end(self, event: str, now_ms: int) -> None:
        self._strike(False, now_ms)
        self._limits.end(now_ms)
        command = self.command
        if command is not None:
            self._leave(command, event)
        self.state = following(SIREN, self.state, event)
        if event == "ended" and self.report is not None:
            self._over = self._over[-7:] + [self.report]
        self.command = self.report = self.incident = None
        self._tell("siren", on=False, command=None if command is None else command.id)

    def _strike(self, on: bool, now_ms: int) -> None:
        if on == self._strikes:
            return
        self._strikes = on
        self._board.siren(on)
        if on:
            self._struck_at = now_ms
        elif self._ear is not None and self._ear.stroke_ended():
            if self._ear.trouble() and self.command is not None and self._log.is_sounding(self.command.id):
                self._log.move(self.command.id, "unheard")  # the siren goes on being driven: it may be our ear
            self._tell("heard_itself", verdict=self._ear.verdict)


def _rank(command) -> int:
    """2 for our own press and for a real crime or emergency, 1 for the community, 0 for drill, test and all-clear."""
    if command is None:
        return 2
    if command.purpose != "actual" or command.action != "sound":
        return 0
    return 1 if command.class_ == "community" else 2
