"""The seal: opened by the same key for the same purpose and node, and by nothing else."""

from refusal import refused

from kentongan_contract import seal
from kentongan_contract.errors import ContractError, SealError

KEY = seal.Key(bytes(range(32)))
NODE = "ktg-0101-1"
BODY = b'{"report": "ktg-0101-1.17.4"}'
SEALED = seal.seal(KEY, "receipt", NODE, BODY)


def test_a_sealed_body_opens():
    for purpose in seal.PURPOSES:
        for body in (b"x", BODY, bytes(range(256)), b"{" * 4096):
            assert seal.unseal(KEY, purpose, NODE, seal.seal(KEY, purpose, NODE, body)) == body


def test_it_travels_as_hex_a_space_and_the_body():
    assert SEALED[64:] == b" " + BODY
    assert all(digit in b"0123456789abcdef" for digit in SEALED[:64])


def test_a_seal_serves_one_purpose():
    for made_for in seal.PURPOSES:
        sealed = seal.seal(KEY, made_for, NODE, BODY)
        for used_for in seal.PURPOSES:
            if used_for != made_for:
                refused(SealError, seal.unseal, KEY, used_for, NODE, sealed)


def test_a_seal_serves_one_node():
    for node in ("ktg-0101-2", "ktg-0101-", "ktg-0101-11", "", "KTG-0101-1"):
        refused(SealError, seal.unseal, KEY, "receipt", node, SEALED)


def test_what_moves_between_name_and_body_is_noticed():
    tags = (KEY.tag("receipt", "a", b"bc"), KEY.tag("receipt", "ab", b"c"), KEY.tag("receipt", "", b"abc"))
    assert len(set(tags)) == 3
    refused(SealError, KEY.tag, "receipt", "a\0b", b"c")


def test_every_flipped_bit_is_noticed():
    for at in range(len(SEALED)):
        for bit in range(8):
            flipped = SEALED[:at] + bytes([SEALED[at] ^ 1 << bit]) + SEALED[at + 1 :]
            refused(SealError, seal.unseal, KEY, "receipt", NODE, flipped)


def test_every_shorter_or_longer_message_is_refused():
    for length in range(len(SEALED)):
        refused(SealError, seal.unseal, KEY, "receipt", NODE, SEALED[:length])
    for more in (b" ", b"\0", b"}"):
        refused(SealError, seal.unseal, KEY, "receipt", NODE, SEALED + more)
    refused(SealError, seal.unseal, KEY, "receipt", NODE, SEALED[:64].upper() + SEALED[64:])
    refused(SealError, seal.unseal, KEY, "receipt", NODE, BODY)


def test_another_key_does_not_open_it():
    for other in (bytes(32), bytes([1]) + bytes(range(1, 32)), bytes(range(31)) + b"\x9f"):
        refused(SealError, seal.unseal, seal.Key(other), "receipt", NODE, SEALED)


def test_a_key_has_32_bytes():
    for length in (0, 1, 31, 33, 64):
        refused(SealError, seal.Key, bytes(length))


def test_only_the_purposes_of_the_contract():
    for purpose in ("", "Command", "command\0", "police"):
        refused(SealError, seal.seal, KEY, purpose, NODE, BODY)
    assert issubclass(SealError, ContractError)


def test_keys_of_nodes_and_lines_all_differ():
    master, other = bytes(range(32)), bytes(32)
    keys = []
    for one in (master, other):
        for epoch in (1, 2, 11):
            for node in ("a", "b", "1a"):
                keys += [seal.node_key(one, epoch, node), seal.link_key(one, epoch, "gw", node)]
                keys.append(seal.link_key(one, epoch, "gw-2", node))
    assert len(set(keys)) == len(keys)
    assert all(len(key) == 32 for key in keys)


def test_same_compares_every_byte():
    assert seal.same(b"", b"")
    assert seal.same(b"abc", b"abc")
    for other in (b"abd", b"bbc", b"ab", b"abcd", b"", b"\0\0\0"):
        assert not seal.same(b"abc", other)
