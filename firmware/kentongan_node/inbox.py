"""The door for what comes down the wire: only a sealed, fresh, unretained command is handed on; the rest is counted.

An id obeyed before is `repeat`: the caller says its outcome again and makes no second noise. A command too late for its
nonce is `expired`, so that the server may send it afresh. The bytes refused are never logged.
"""

from kentongan_contract import codec, seal
from kentongan_contract.errors import ContractError, SealError, StaleError
from kentongan_contract.messages import Codebook, Command, Receipt, Time

_KINDS = (Command.KIND, Receipt.KIND, Codebook.KIND, Time.KIND, "offer", "piece")


class Inbox:
    """`log` knows the ids obeyed, `freshness` the nonces said; `refused` counts by reason."""

    def __init__(self, node: str, key: seal.Key, freshness, log):
        self._node = node
        self._key = key
        self._freshness = freshness
        self._log = log
        self.refused = {}
        self.repeats = 0

    def take(self, kind: str, data: bytes, retained: bool, now_ms: int) -> tuple:
        """(`obey`, `repeat` or `expired`, command), (`receipt`, `codebook`, `time`, `offer` or
        `piece`, message), or (`refused`, reason)."""
        if retained:
            return self._refuse("retained")
        if kind not in _KINDS:
            return self._refuse("kind")
        try:
            message = codec.decode(kind, seal.unseal(self._key, kind, self._node, data))
        except SealError:
            return self._refuse("seal")
        except ContractError:
            return self._refuse("message")
        if isinstance(message, Time) and not self._freshness.is_recent(message.nonce):
            return self._refuse("nonce")
        if kind != Command.KIND:
            return kind, message
        if not isinstance(message, Command):
            return self._refuse("kind")
        if self._log.is_known(message.id):
            self.repeats += 1
            return "repeat", message
        try:
            self._freshness.accept(message.nonce, message.counter, message.ttl_ms, now_ms)
        except StaleError as stale:
            self._refuse(stale.reason)
            return "expired", message
        return "obey", message

    def refusals(self) -> int:
        """All that was refused since the node started."""
        return sum(self.refused.values())

    def _refuse(self, reason: str) -> tuple:
        self.refused[reason] = self.refused.get(reason, 0) + 1
        return "refused", reason
