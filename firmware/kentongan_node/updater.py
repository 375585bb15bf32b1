"""Brings an offered release over the node's own link: a task of its own that nothing local ever waits for.

A piece of 512 bytes is asked for, answered, written, and only then the next; what came whole before a lost link or a power cut is
not asked for again. It waits while a finger is on the button or the siren sounds, and the restart waits for calm too. What was
refused or rolled back is told in the state and not tried a second time: the server asks again only with a higher sequence.
"""

import binascii

from kentongan_contract import updates

from .clock import sleep_ms, wait_ms
from .firmware_manifest import NotNowError, UpdateError, reading
from .slots import Slots
from .update import Update

ANSWER_MS = 3_000
TRIES = 5
CALM_MS = 200
_BUSY_MS = 100


class Updater:
    """`say(message) -> bool` seals and hands over, `changed()` has the state said anew, `restart()` ends this life."""

    def __init__(self, key: bytes, slots: Slots, event, is_calm, say, changed, tell, restart):
        self._key = key
        self.slots = slots
        self._event = event  # an asyncio.Event of our own
        self._is_calm = is_calm
        self._say = say
        self._changed = changed
        self._tell = tell
        self._restart = restart
        self._offer = None
        self._wanted = None  # (path, offset)
        self._piece = None
        self._refused = 0
        self.is_fetching = False

    @property
    def release(self) -> int:
        """The sequence of the program that was kept last."""
        return self.slots.sequence

    def standing(self) -> tuple:
        """(sequence, word) for the state: what became of the newest release that was offered; (0, None) for none."""
        slots = self.slots
        if self.is_fetching and self._offer is not None:
            return self._offer.sequence, "fetching"
        if slots.is_trial():
            return slots.trial_sequence, "trial"
        if self._refused > max(slots.sequence, slots.failed):
            return self._refused, "refused"
        if slots.failed > slots.sequence:
            return slots.failed, "rolled_back"
        return (slots.sequence, "kept") if slots.sequence else (0, None)

    def take(self, message) -> None:
        """An offer, or the piece that was asked for."""
        if message.KIND == updates.Piece.KIND:
            offer = self._offer
            if (
                offer is not None
                and message.sequence == offer.sequence
                and (message.path, message.offset) == self._wanted
            ):
                self._piece = message.data
                self._event.set()
        elif not self.is_fetching and message.sequence > max(self.slots.sequence, self.slots.failed, self._refused):
            self._offer = message
            self._event.set()

    async def run(self) -> None:
        """Wait for an offer, bring it, restart; for ever."""
        while True:
            await wait_ms(self._event, None)
            self._event.clear()
            offer = self._offer
            if offer is None or self.slots.is_trial():
                continue
            self.is_fetching = True
            self._changed()
            try:
                await self._bring(offer)
            except NotNowError as reason:
                self._tell("update_waits", reason=str(reason))  # the server offers it again
                continue
            except UpdateError as reason:
                self._refused = offer.sequence
                self._tell("update_refused", release=self._refused, reason=str(reason))
                continue
            finally:
                self.is_fetching = False
                self._offer = self._wanted = self._piece = None
                self._changed()
            self._tell("update_ready", release=offer.sequence)
            await self._calm()
            self._restart()

    async def _bring(self, offer) -> None:
        from .pins import BOARD

        data = bytearray()
        while len(data) < offer.size:
            piece = await self._fetch("", len(data), min(updates.PIECE, offer.size - len(data)))
            if not piece:
                raise UpdateError("the manifest ends early")
            data.extend(piece)
        manifest = None
        for manifest in reading(  # noqa: B007 - the last one
            bytes(data), self._key, BOARD, self.slots.sequence
        ):
            await sleep_ms(0)
        del data
        if manifest is None or manifest.sequence != offer.sequence:
            raise UpdateError("the manifest is not that of the release that was offered")
        await Update(self.slots, lambda: True).install(manifest, self._fetch)

    async def _fetch(self, path: str, offset: int, size: int) -> bytes:
        for _ in range(TRIES):
            await self._calm()
            if self._offer is None:
                raise NotNowError("the offer was taken back")
            self._wanted = path, offset
            self._piece = None
            self._event.clear()
            if not self._say(updates.Fetch(self._offer.sequence, path, offset, min(size, updates.PIECE))):
                await sleep_ms(_BUSY_MS * 5)
                continue
            if await wait_ms(self._event, ANSWER_MS) and self._piece is not None:
                try:
                    return binascii.a2b_base64(self._piece)
                except ValueError:
                    raise UpdateError(path + " came damaged")
        raise NotNowError("no answer")

    async def _calm(self) -> None:
        """Until nothing sounds, nobody presses and no report waits."""
        while not self._is_calm():
            await sleep_ms(CALM_MS)


async def prove(node, started: "str | None") -> None:
    """A new program is kept once it has lived for `prove_ms` and has had its way up, and nothing sounds. One that gets no
    session in ten times as long is started again: three such starts bring the old program back."""
    updater = node.updater
    if updater is None or not updater.slots.is_trial():
        return
    patience = node.settings.prove_ms
    await sleep_ms(patience)
    for _ in range(9):
        if node.session > 0:
            break
        await sleep_ms(patience)
    while not node.is_calm():
        await sleep_ms(CALM_MS)
    if node.session == 0:
        node.board.restart()
    elif updater.slots.commit(started):
        node.said_anew()
        node.tell("update_kept", slot=started)
