"""Bytes to messages: whatever arrives, it is a message or a MessageError, and nothing else ever happens."""

import json

import examples
from refusal import numbers, refused

from kentongan_contract import codec, frames, messages, seal, updates
from kentongan_contract.errors import ContractError, MessageError

KINDS = sorted(messages.MESSAGES) + sorted(updates.UPDATES)
GARBAGE = (
    b"",
    b" ",
    b"\0",
    b"null",
    b"true",
    b"0",
    b"1e400",
    b"NaN",
    b'"report"',
    b"[]",
    b"[{}]",
    b"{}",
    b"{",
    b"}",
    b"]",
    b"{]",
    b"[}",
    b'{"id"',
    b'{"id":',
    b'{"id":}',
    b'{"id":1',
    b'{"id" 1}',
    b"{1:2}",
    b"{[1]:2}",
    b"{{}:1}",
    b"{[]:{}}",
    b"\x80",
    b"\xff\xfe{\0}\0",
    b"\xef\xbb\xbf{}",
    b"[" * 4096,
    b'{"a":' * 800,
    b"[" * 2048 + b"]" * 2048,
    b'{"a":' * 600 + b"1" + b"}" * 600,
    b"-" * 4096,
    b"9" * 4096,
)


def test_what_is_encoded_is_decoded():
    for kind in KINDS:
        message = codec.decode(kind, examples.read(kind + ".json"))
        assert codec.decode(kind, codec.encode(message)) == message


def test_garbage_is_refused():
    for kind in KINDS:
        for data in GARBAGE:
            refused(MessageError, codec.decode, kind, data)


def test_another_encoding_is_refused():
    plain = examples.read("receipt.json")
    utf16 = b"".join(bytes([byte, 0]) for byte in plain)
    refused(MessageError, codec.decode, "receipt", utf16)
    refused(MessageError, codec.decode, "receipt", b"\xff\xfe" + utf16)
    refused(MessageError, codec.decode, "receipt", plain.replace(b"stored", b"stor\xffed"))
    refused(MessageError, codec.decode, "receipt", plain.replace(b'"stage"', b'"\xc3\x28": 1, "stage"'))


def test_only_the_kinds_of_the_contract():
    for kind in ("", "ota", "Report", "KIND", None):
        refused(MessageError, codec.decode, kind, examples.read("report.json"))


def test_the_longest_message_is_4096_bytes():
    for kind in KINDS:
        data = padded(kind, 4096)
        assert len(data) == codec.LONGEST
        assert codec.decode(kind, data) == codec.decode(kind, examples.read(kind + ".json"))
        refused(MessageError, codec.decode, kind, padded(kind, 4097))
        refused(MessageError, codec.decode, kind, data + b" ")


def padded(kind, length):
    """The golden example with an unknown field that makes it exactly so long."""
    data = json.dumps(examples.fields(kind)).encode()
    head = data[:-1] + b', "padding": "'
    return head + b"x" * (length - len(head) - 2) + b'"}'


def test_deep_nesting_in_an_unknown_field_never_breaks_the_reader():
    plain = examples.read("receipt.json")
    for depth in (10, 100, 500, 1000, 1900):
        for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
            data = plain.rstrip()[:-1] + b', "deep": ' + opening * depth + b"1" + closing * depth + b"}"
            try:
                assert codec.decode("receipt", data) == codec.decode("receipt", plain)
            except MessageError:
                assert depth > 100


def test_damage_is_refused_or_harmless():
    """Any one byte removed, doubled or changed: a lawful message or a ContractError, never another exception."""
    random = numbers(1)
    taken = 0
    for kind in KINDS:
        data = examples.read(kind + ".json")
        for at in range(len(data)):
            for changed in (b"", data[at : at + 1] * 2, bytes([next(random)]), b'"', b"]"):
                taken += survives(kind, data[:at] + changed + data[at + 1 :])
    assert taken > 100


def survives(kind, data):
    try:
        message = codec.decode(kind, data)
    except ContractError:
        return False
    return codec.decode(kind, codec.encode(message)) == message


def test_the_largest_of_each_kind_fits_the_wire():
    text, word, count, nonce = "~" * 64, "~" * 32, 9007199254740991, "f" * 16
    largest = (
        messages.Report(text, word, "actual", count, count, count),
        messages.State(
            "offline", count, count, count, nonce, "sounding", [[text, "device_acked"]] * 4, count, text,
            "neighbours_called", count, word, 999, -200, 100000, False,
        ),
        messages.Command(
            text, "all_clear", text, "community", "actual", word, [10000] * 64, 10000, 900000, "amber", nonce, count, 600000
        ),
        messages.Receipt(text, "neighbours_called", text),
    )  # fmt: skip
    key = seal.Key(bytes(32))
    for message in largest:
        sealed = seal.seal(key, message.KIND, "a" * 32, codec.encode(message))
        assert len(sealed) <= seal.TAG_HEX + 1 + codec.LONGEST
        line = frames.encode(key, frames.Frame("a" * 32, message.KIND, count, sealed))
        assert len(line) <= frames.LONGEST
