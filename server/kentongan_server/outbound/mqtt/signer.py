"""Holds the city's master key and derives each node's key from it; nothing else in the server knows a key."""

from kentongan_contract.seal import Key, node_key

EPOCH = 1


class Signer:
    """The keys of all nodes, derived once each."""

    def __init__(self, master: bytes, epoch: int = EPOCH) -> None:
        self._master = master
        self._epoch = epoch
        self._keys: dict[str, Key] = {}

    def key(self, node: str) -> Key:
        """The key of `node`."""
        key = self._keys.get(node)
        if key is None:
            key = self._keys[node] = Key(node_key(self._master, self._epoch, node))
        return key
