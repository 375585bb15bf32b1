"""ECDSA verification over NIST P-256 with SHA-256, for the one signature of an update. Verification only: no secret is here.

Chosen over Ed25519 because that one hashes with SHA-512, which no MicroPython board has built in; SHA-256 is in silicon on
most. Jacobian coordinates and Shamir's trick keep it to one pass of 256 doublings. The tests hold it against `cryptography`.
"""

import hashlib

P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """True when `signature` (r and s, 32 bytes each) was made over `message` by the holder of `public` (x and y)."""
    said = False
    for said in verifying(public, message, signature):  # noqa: B007 - the last one
        pass
    return said


def verifying(public: bytes, message: bytes, signature: bytes):
    """The same in 256 steps, for a loop that must sample a button between them; the last thing yielded is the verdict."""
    yield False
    if len(public) != 64 or len(signature) != 64:
        return
    x, y = int.from_bytes(public[:32], "big"), int.from_bytes(public[32:], "big")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not (0 < r < N and 0 < s < N and x < P and y < P):
        return
    if (y * y - (x * x * x - 3 * x + B)) % P:
        return
    digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
    inverse = pow(s, N - 2, N)
    u, v = digest * inverse % N, r * inverse % N
    # the x of u·G + v·public
    both = _affine(_add((G[0], G[1], 1), (x, y, 1)))
    table = (None, (G[0], G[1], 1), (x, y, 1), None if both is None else (both[0], both[1], 1))
    at = (0, 1, 0)
    for bit in range(255, -1, -1):
        at = _double(at)
        chosen = table[(u >> bit & 1) | (v >> bit & 1) << 1]
        if chosen is not None:
            at = _add(at, chosen)
        yield False
    found = _affine(at)
    yield found is not None and found[0] % N == r


def _double(point: tuple) -> tuple:
    x, y, z = point
    if not z or not y:
        return 0, 1, 0
    yy = y * y % P
    s = 4 * x * yy % P
    zz = z * z % P
    m = 3 * (x - zz) * (x + zz) % P
    across = (m * m - 2 * s) % P
    return across, (m * (s - across) - 8 * yy * yy) % P, 2 * y * z % P


def _add(one: tuple, two: tuple) -> tuple:
    x1, y1, z1 = one
    x2, y2, z2 = two
    if not z1:
        return two
    if not z2:
        return one
    zz1, zz2 = z1 * z1 % P, z2 * z2 % P
    u1, u2 = x1 * zz2 % P, x2 * zz1 % P
    s1, s2 = y1 * z2 * zz2 % P, y2 * z1 * zz1 % P
    if u1 == u2:
        return _double(one) if s1 == s2 else (0, 1, 0)
    h, r = u2 - u1, s2 - s1
    hh = h * h % P
    hhh = h * hh % P
    v = u1 * hh % P
    x = (r * r - hhh - 2 * v) % P
    return x, (r * (v - x) - s1 * hhh) % P, z1 * z2 * h % P


def _affine(point: tuple) -> "tuple | None":
    x, y, z = point
    if not z % P:
        return None
    inverse = pow(z, P - 2, P)
    square = inverse * inverse % P
    return x * square % P, y * square * inverse % P
