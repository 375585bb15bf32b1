"""What the package writes out itself, held against libraries that others wrote: hmac, zlib, cobs, cbor2."""

import hmac
import json
import zlib
from hashlib import sha256

import cbor2
import examples
import pytest
from cobs import cobs
from hypothesis import given
from hypothesis import strategies as st

from kentongan_contract import frames, seal
from kentongan_contract.cbor import cbor_dump, cbor_load
from kentongan_contract.cobs import cobs_decode, cobs_encode
from kentongan_contract.errors import FrameError

NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=32)
SECRETS = st.binary(min_size=32, max_size=32)
VALUES = st.recursive(
    st.integers(0, 2**64 - 1) | st.binary(max_size=600) | st.text(max_size=100),
    lambda inner: st.lists(inner, max_size=16),
    max_leaves=20,
)


def tag_by_hmac(secret: bytes, purpose: str, node: str, body: bytes) -> bytes:
    message = b"kentongan/1/" + purpose.encode() + b"\0" + node.encode() + b"\0" + body
    return hmac.new(secret, message, sha256).digest()


def depth(value: object) -> int:
    return 1 + max((depth(item) for item in value), default=0) if isinstance(value, list) else 0


@given(SECRETS, st.sampled_from(seal.PURPOSES), NAMES, st.binary(max_size=5000))
def test_a_tag_is_hmac_sha256(secret, purpose, node, body):
    assert seal.Key(secret).tag(purpose, node, body) == tag_by_hmac(secret, purpose, node, body)


def test_the_sealed_vector_was_made_by_hmac():
    vector = json.loads(examples.read("vectors/sealed.json"))
    body = vector["body"].encode()
    tag = tag_by_hmac(bytes.fromhex(vector["key"]), vector["purpose"], vector["node"], body)
    assert vector["sealed"].encode() == tag.hex().encode() + b" " + body


def test_the_frame_vector_was_made_by_the_libraries():
    vector = json.loads(examples.read("vectors/frame.json"))
    master, names = bytes.fromhex(vector["master"]), vector["gateway"] + "/" + vector["node"]
    secret = tag_by_hmac(master, "link-key", names, str(vector["epoch"]).encode())
    assert secret.hex() == vector["link_key"]
    body = cbor2.dumps([vector["node"], vector["kind"], vector["counter"], bytes.fromhex(vector["payload"])])
    body += tag_by_hmac(secret, "link", vector["node"], body)[:8]
    body += zlib.crc32(body).to_bytes(4, "little")
    assert cobs.encode(body) + b"\0" == bytes.fromhex(vector["frame"])


def test_the_node_key_vector_was_made_by_hmac():
    vector = json.loads(examples.read("vectors/node_key.json"))
    secret = tag_by_hmac(bytes.fromhex(vector["master"]), "node-key", vector["node"], str(vector["epoch"]).encode())
    assert secret.hex() == vector["key"]


@given(st.binary(max_size=1200) | st.integers(0, 1200).map(lambda length: b"x" * length))
def test_cobs_is_cobs(data):
    assert cobs_encode(data) == cobs.encode(data)
    assert cobs_decode(cobs.encode(data)) == data


@given(st.binary(max_size=600))
def test_what_cobs_refuses_is_refused(data):
    try:
        expected = cobs.decode(data)
    except cobs.DecodeError:
        with pytest.raises(FrameError):
            cobs_decode(data)
    else:
        assert cobs_decode(data) == expected


@given(VALUES)
def test_cbor_is_cbor(value):
    assert cbor_dump(value) == cbor2.dumps(value)
    if depth(value) <= 2:
        assert cbor_load(cbor2.dumps(value)) == value


@given(st.binary(max_size=64))
def test_what_cbor_reads_it_reads_like_cbor2(data):
    try:
        found = cbor_load(data)
    except FrameError:
        return
    assert found == cbor2.loads(data)


@given(
    NAMES, st.sampled_from(("report", "state", "command", "receipt")), st.integers(0, 2**53), st.binary(max_size=4161)
)
def test_a_frame_comes_through_whatever_it_carries(node, kind, counter, payload):
    key = seal.Key(bytes(32))
    line = frames.encode(key, frames.Frame(node, kind, counter, payload))
    found = frames.decode({node: key}, line[:-1])
    assert (found.node, found.kind, found.counter, found.payload) == (node, kind, counter, payload)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_no_bytes_break_the_line(chunks):
    reader = frames.FrameReader()
    for piece in (piece for chunk in chunks for piece in reader.feed(chunk)):
        with pytest.raises(FrameError):
            frames.decode({"a": seal.Key(bytes(32))}, piece)
