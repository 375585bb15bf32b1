"""The word between neighbours: opened by the RT's key alone, whole or refused, never longer than a radio's datagram."""

import json
from binascii import unhexlify

import examples
from refusal import refused

from kentongan_contract import seal
from kentongan_contract.errors import ContractError, SealError
from kentongan_contract.messages import BIGGEST
from kentongan_contract.peers import LONGEST, TAG, PeerWord, pack, unpack

RT = "33.74.01.1001/RW01/RT01"
KEY = seal.Key(bytes(range(32)))
OTHER = seal.Key(bytes(32))
ALARM = PeerWord("ktg-0101-1", 17, 86_400_123, 4, "panic", "crime", 230)
GREETING = PeerWord("ktg-0101-1", 17, 86_400_123)


def _sealed(fields):
    body = json.dumps(fields).encode()
    return KEY.tag("peer", RT, body) + body


def test_the_vector():
    vector = json.loads(examples.read("vectors/peer.json").decode())
    secret = seal.group_key(unhexlify(vector["master"]), vector["epoch"], vector["rt"])
    assert secret == unhexlify(vector["group_key"])
    data, body = unhexlify(vector["datagram"]), vector["body"].encode()
    assert data == seal.Key(secret).tag("peer", vector["rt"], body) + body
    assert unpack([seal.Key(secret)], vector["rt"], data) == ALARM


def test_what_was_packed_is_unpacked_with_either_of_two_keys():
    for word in (ALARM, GREETING):
        data = pack(KEY, RT, word)
        assert unpack([KEY], RT, data) == word
        assert unpack([OTHER, KEY], RT, data) == word
        refused(SealError, unpack, [OTHER], RT, data)
        refused(SealError, unpack, [], RT, data)
    assert ALARM.report() == "ktg-0101-1.17.4"


def test_another_rt_hears_nothing():
    data = pack(KEY, RT, ALARM)
    for rt in ("33.74.01.1001/RW01/RT02", "", RT + "0"):
        refused(SealError, unpack, [KEY], rt, data)


def test_a_seal_for_another_purpose_serves_not_here():
    body = pack(KEY, RT, ALARM)[TAG:]
    for purpose in seal.PURPOSES:
        if purpose != "peer":
            refused(SealError, unpack, [KEY], RT, KEY.tag(purpose, RT, body) + body)


def test_the_longest_word_fits_the_radio():
    longest = PeerWord("k" * 32, BIGGEST, BIGGEST, BIGGEST, "k" * 32, "emergency", 60_000)
    assert len(pack(KEY, RT, longest)) <= LONGEST == 250
    padded = pack(KEY, RT, ALARM)[TAG:] + b" " * 200
    refused(SealError, unpack, [KEY], RT, KEY.tag("peer", RT, padded) + padded)


def test_every_flipped_bit_and_every_cut_is_noticed():
    data = pack(KEY, RT, ALARM)
    for at in range(len(data)):
        flipped = data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :]
        refused(SealError, unpack, [KEY], RT, flipped)
        refused(SealError, unpack, [KEY], RT, data[:at])


def test_half_an_alarm_and_community_news_are_refused_though_sealed():
    whole = ALARM.fields()
    assert unpack([KEY], RT, _sealed(whole)) == ALARM
    for changes in ({"kind": None}, {"class": None}, {"age_ms": None}, {"seq": None}, {"class": "community"},
                    {"age_ms": 60_001}, {"boot": True}, {"uptime_ms": -1}, {"node": "a/b"}, {"node": ""}):  # fmt: skip
        fields = dict(whole)
        fields.update(changes)
        refused(ContractError, unpack, [KEY], RT, _sealed(fields))
    for name in whole:
        refused(ContractError, unpack, [KEY], RT, _sealed({k: v for k, v in whole.items() if k != name}))


def test_a_later_contracts_fields_are_ignored():
    fields = GREETING.fields()
    fields["more"] = 1
    assert unpack([KEY], RT, _sealed(fields)) == GREETING
