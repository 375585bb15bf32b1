"""The claim code on a kentongan's box: how it is written, and the hash by which the node knows it.

26 letters of an alphabet of 32 hold 130 random bits. Small letters, spaces and hyphens count for nothing, because it is read
aloud at a guard post. The server issues it and keeps nothing; the node keeps the hash until the code was shown once.
"""

import binascii
import hashlib

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without I, O, 0 and 1
LENGTH = 26


def code_of(random: bytes) -> str:
    """The code that 26 random bytes make, in groups of four."""
    if len(random) != LENGTH:
        raise ValueError("a claim code is made of 26 random bytes")
    letters = "".join([LETTERS[byte % 32] for byte in random])
    return "-".join([letters[at : at + 4] for at in range(0, LENGTH, 4)])


def digest(code: str) -> bytes:
    """64 hex digits of the code, however it was typed."""
    letters = "".join([letter for letter in code.upper() if letter in LETTERS])
    return binascii.hexlify(hashlib.sha256(b"kentongan/claim/1" + letters.encode()).digest())
