"""The RT's alarm with access point, broker and internet down: a press is said straight to the neighbours' kentongan.

Said at once and then ever more rarely for twenty seconds; passed on once by every neighbour that did not know it, so that two
houses too far apart still hear each other. What a neighbour says makes the same noise as our own button, only for a crime or an
emergency, at most ten times an hour, and below every limit of the sounder. It never reaches the server or the police:
those hear the sealed report of the kentongan whose button it was, when the network is back.
"""

import asyncio

from kentongan_contract import peers, seal
from kentongan_contract.errors import ContractError

from .clock import sleep_ms, wait_ms
from .pace import around, draw

REPEATS_MS = (0, 100, 200, 400, 800, 1_500, 3_000, 6_000, 8_000)
OLDEST_MS = 30_000
GREETING_MS = 60_000
HOUR_MS = 3_600_000
MOST_AN_HOUR = 10
_PASS_ON_MS = 60
_GREET_AGAIN_MS = 2_000
_SOON_MS = 500
_REOPEN_MS = 2_000


class PeerAlarm:
    """`sounder` makes the noise of `beats_of(kind)`, `open_air()` gives the way through the air: `async receive() -> bytes`, `send`, `close`."""

    def __init__(self, settings, boot: int, clock, random, ledger, sounder, beats_of, tell, open_air):
        self._node = settings.node
        self._boot = boot
        self._rt = settings.rt
        self._keys = [seal.Key(secret) for secret in settings.group_secrets()]
        self._clock = clock
        self._random = random
        self._ledger = ledger
        self._sounder = sounder
        self._beats_of = beats_of
        self._tell = tell
        self._open_air = open_air
        self._air = None
        self._why_closed = None
        self._saying = None  # (seq, kind, class, pressed_ms): the press that is being said
        self._step = 0
        self._due = 0
        self._greet = 0  # when the next greeting is due
        self._greeted = -_GREET_AGAIN_MS
        self._passing = []  # datagrams of neighbours, to be said once more
        self._sounded = []  # when, in the last hour
        self._wake = asyncio.Event()
        self.refused = {}
        sounder.heard_of = ledger.has_sounded

    def say(self, seq: int, kind: str, class_: str, now_ms: int) -> None:
        """Our own button was pressed; the newest press is the one that is said."""
        if class_ not in peers.CLASSES:
            return
        self._saying = (seq, kind, class_, now_ms)
        self._step = 0
        self._due = now_ms
        self._speak(now_ms)  # not in the next turn of the loop: now
        self._wake.set()

    def stop(self) -> None:
        """The press was taken back: it is not repeated any more."""
        self._saying = None

    def present(self) -> int:
        """How many neighbours were heard lately."""
        return self._ledger.present(self._clock.now_ms())

    async def run(self) -> None:
        """Listen and speak for ever; a way that fails is opened again."""
        while True:
            speaking = None
            try:
                self._air = self._open_air()
                self._why_closed = None
                speaking = asyncio.create_task(self._keep_speaking())
                while True:
                    self.hear(await self._air.receive(), self._clock.now_ms())
            except OSError as error:
                if str(error) != self._why_closed:
                    self._why_closed = str(error)
                    self._tell("trouble", part="peer alarm", error=str(error))
            finally:
                if speaking is not None:
                    speaking.cancel()
                air, self._air = self._air, None
                if air is not None:
                    air.close()
            await sleep_ms(_REOPEN_MS)

    def hear(self, data: bytes, now_ms: int) -> None:
        """One datagram, from anyone."""
        try:
            word = peers.unpack(self._keys, self._rt, data)
        except ContractError:
            self._refuse("seal")
            return
        verdict = self._ledger.take(word, now_ms)
        if verdict == "met":  # who came late knows us in a moment, and not in a minute
            self._greet = min(self._greet, max(self._greeted + _GREET_AGAIN_MS, now_ms + draw(self._random, _SOON_MS)))
            self._wake.set()
        if verdict in ("own", "met", "greeting", "again"):
            return
        if verdict == "new" and (word.age_ms or 0) > OLDEST_MS:
            verdict = "late"
        self._sounded = [at for at in self._sounded if now_ms - at < HOUR_MS]
        if verdict == "new" and len(self._sounded) >= MOST_AN_HOUR:
            verdict = "limit"
        if verdict != "new":
            self._refuse(verdict)
            return
        self._sounded.append(now_ms)
        why_not = self._sounder.hear(
            word.report(), now_ms, self._beats_of(word.kind)
        )  # the noise first, the flash after
        self._tell("peer_alarm", report=word.report(), kind=word.kind, sounded=why_not is None, reason=why_not)
        self._ledger.keep(word, why_not is None)
        self._passing.append(bytes(data))
        self._wake.set()

    def _refuse(self, reason: str) -> None:
        self.refused[reason] = self.refused.get(reason, 0) + 1

    async def _keep_speaking(self) -> None:
        while True:
            self._wake.clear()
            if self._passing:
                await sleep_ms(draw(self._random, _PASS_ON_MS))  # neighbours must not all speak at one moment
                self._send(self._passing.pop(0))
            await wait_ms(self._wake, 0 if self._passing else self._speak(self._clock.now_ms()))

    def _speak(self, now_ms: int) -> int:
        """Say what is due; how long until the next."""
        if self._saying is not None and now_ms >= self._due:
            seq, kind, class_, pressed = self._saying
            self._say_word(seq, kind, class_, now_ms - pressed, now_ms)
            self._step += 1
            if self._step < len(REPEATS_MS):
                self._due = now_ms + around(self._random, REPEATS_MS[self._step], 20)
            else:
                self._saying = None
        if now_ms >= self._greet:
            self._say_word(None, None, None, None, now_ms)
            self._greeted = now_ms
            self._greet = now_ms + around(self._random, GREETING_MS, 20)
        soonest = self._greet if self._saying is None else min(self._greet, self._due)
        return max(1, soonest - now_ms)

    def _say_word(self, seq, kind, class_, age_ms, now_ms: int) -> None:
        word = peers.PeerWord(self._node, self._boot, now_ms, seq, kind, class_, age_ms)
        for key in self._keys:  # while the key is being changed, both halves of the RT understand
            self._send(peers.pack(key, self._rt, word))

    def _send(self, data: bytes) -> None:
        if self._air is None:
            return
        try:
            self._air.send(data)
        except OSError:
            self._refuse("send")  # no way now; the repeats go on
