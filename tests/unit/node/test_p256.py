from binascii import unhexlify

from kentongan_node.p256 import N, P, verify

# made with another hand: cryptography 50, ECDSA(SHA256) over SECP256R1, and the first of RFC 6979's vectors (A.2.5, "sample")
PUBLIC = unhexlify(
    "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
)
SIGNATURE = unhexlify(
    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
    "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
)


def test_the_vector_of_the_standard():
    assert verify(PUBLIC, b"sample", SIGNATURE)


def test_every_flipped_byte_is_noticed():
    assert not verify(PUBLIC, b"sample.", SIGNATURE)
    assert not verify(PUBLIC, b"", SIGNATURE)
    for at in (0, 31, 32, 63):
        flipped = SIGNATURE[:at] + bytes([SIGNATURE[at] ^ 1]) + SIGNATURE[at + 1 :]
        assert not verify(PUBLIC, b"sample", flipped)
        other = PUBLIC[:at] + bytes([PUBLIC[at] ^ 1]) + PUBLIC[at + 1 :]
        assert not verify(other, b"sample", SIGNATURE)


def test_numbers_that_are_no_signature():
    zero, n, big = bytes(32), N.to_bytes(32, "big"), b"\xff" * 32
    r, s = SIGNATURE[:32], SIGNATURE[32:]
    for signature in (zero + s, r + zero, n + s, r + n, big + big, zero + zero, b"", SIGNATURE[:-1], SIGNATURE + b"\0"):
        assert not verify(PUBLIC, b"sample", signature)
    for public in (bytes(64), b"\xff" * 64, P.to_bytes(32, "big") + PUBLIC[32:], PUBLIC[:-1], b""):
        assert not verify(public, b"sample", SIGNATURE)
