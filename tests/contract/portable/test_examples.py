"""The golden examples: one for each kind, read and written alike; what was ever in the field is still understood."""

import json
from binascii import unhexlify

import examples

from kentongan_contract import codec, frames, messages, seal, updates

KINDS = sorted(messages.MESSAGES) + sorted(updates.UPDATES)


def test_every_kind_has_its_example():
    assert examples.files("") == sorted(kind + ".json" for kind in KINDS)


def test_an_example_decodes_and_encodes_to_itself():
    for kind in KINDS:
        message = codec.decode(kind, examples.read(kind + ".json"))
        assert json.loads(codec.encode(message).decode()) == examples.fields(kind)


def test_a_retired_example_still_decodes():
    for name in examples.files("retired"):
        kind, minor = name[: -len(".json")].rsplit("-", 1)
        assert int(minor) < messages.MINOR
        codec.decode(kind, examples.read("retired/" + name))


def test_the_sealed_vector():
    vector = json.loads(examples.read("vectors/sealed.json").decode())
    key = seal.Key(unhexlify(vector["key"]))
    sealed, body = vector["sealed"].encode(), vector["body"].encode()
    assert seal.seal(key, vector["purpose"], vector["node"], body) == sealed
    assert seal.unseal(key, vector["purpose"], vector["node"], sealed) == body
    assert codec.decode(vector["purpose"], body).stage == "stored"


def test_the_frame_vector():
    vector = json.loads(examples.read("vectors/frame.json").decode())
    secret = seal.link_key(unhexlify(vector["master"]), vector["epoch"], vector["gateway"], vector["node"])
    assert secret == unhexlify(vector["link_key"])
    payload, line = unhexlify(vector["payload"]), unhexlify(vector["frame"])
    frame = frames.Frame(vector["node"], vector["kind"], vector["counter"], payload)
    assert frames.encode(seal.Key(secret), frame) == line
    found = frames.decode({vector["node"]: seal.Key(secret)}, line[:-1])
    assert (found.node, found.kind, found.counter, found.payload) == (frame.node, frame.kind, frame.counter, payload)


def test_the_node_key_vector():
    vector = json.loads(examples.read("vectors/node_key.json").decode())
    assert seal.node_key(unhexlify(vector["master"]), vector["epoch"], vector["node"]) == unhexlify(vector["key"])
