"""What one kentongan is given before it leaves the workshop: its keys, and a code on its box that works once.

The server keeps neither: the keys follow from the master key and the epoch, and of the code the node alone has the hash.
"""

import secrets
from dataclasses import dataclass

from kentongan_contract.claim import LENGTH, code_of, digest
from kentongan_contract.seal import group_key, node_key
from kentongan_contract.topics import is_node_name
from kentongan_server.outbound.mqtt.signer import EPOCH


@dataclass(frozen=True, slots=True)
class Issued:
    """`settings` for the technician's file, `claim` for the board, `code` for the box."""

    settings: dict[str, object]
    claim: dict[str, str]
    code: str


def issue(master: bytes, node: str, rt: str, password: str | None, epoch: int = EPOCH) -> Issued:
    """Credentials of `node` in `rt`; ValueError for a name that no node can have. While keys change, both group keys."""
    if not is_node_name(node):
        raise ValueError(f"{node} is no name for a kentongan: 1 to 32 lower-case letters, digits and hyphens.")
    groups = [group_key(master, each, rt).hex() for each in (epoch, epoch - 1) if each >= EPOCH]
    settings: dict[str, object] = {
        "node": node,
        "key": node_key(master, epoch, node).hex(),
        "rt": rt,
        "group_keys": groups,
    }
    if password is not None:
        settings["password"] = password
    code = code_of(secrets.token_bytes(LENGTH))
    return Issued(settings, {"hash": digest(code).decode(), "ap_password": secrets.token_hex(6)}, code)
