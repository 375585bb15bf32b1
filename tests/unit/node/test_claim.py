import binascii
import json
import os

from kentongan_contract.claim import LENGTH, code_of, digest
from kentongan_node.claim import MOST_WRONG, Claim

CODE = code_of(bytes(range(LENGTH)))


class Clock:
    now = 0

    def now_ms(self):
        return self.now


def _claim(kept=None):
    path = "/tmp/kentongan-claim-" + binascii.hexlify(os.urandom(6)).decode()
    if kept is None:
        kept = {"hash": digest(CODE).decode(), "ap_password": "a password"}
    with open(path, "w") as file:
        file.write(json.dumps(kept))
    clock = Clock()
    return Claim(path, clock), clock


def test_the_code_opens_once_however_it_was_typed():
    for typed in (CODE, CODE.lower(), CODE.replace("-", ""), " " + CODE.replace("-", " ")):
        claim, _ = _claim()
        assert claim.is_open()
        assert claim.check(typed) is None
        claim.use()
        assert not claim.is_open()
        assert claim.check(typed).startswith("this kentongan is claimed already")


def test_a_wrong_code_costs_a_second_and_five_lock_the_door():
    claim, clock = _claim()
    for wrong in range(MOST_WRONG):
        assert claim.check("WRONG" + str(wrong)).startswith("the code does not fit")
        assert wrong == MOST_WRONG - 1 or claim.check(CODE).startswith("too fast")
        clock.now += 1_000
    for _ in range(10):
        clock.now += 3_600_000
        assert claim.check(CODE).startswith("five wrong tries")


def test_nothing_but_a_code_is_a_code():
    for code in (None, 5, "", [], {}, "x" * 65, CODE[:-1], CODE + "A"):
        claim, _ = _claim()
        assert claim.check(code) is not None


def test_a_spoilt_claim_is_shut_and_not_open_to_all():
    for kept in ([], {"hash": None}, {"hash": "short"}, "x", {"hash": 5}):
        claim, _ = _claim(kept)
        assert not claim.is_open()
        assert claim.check("") is not None
        assert claim.access_point_password() is None


def test_the_key_of_a_settled_node_opens_too_and_shares_the_limit():
    claim, clock = _claim({})
    assert claim.check_key("07" * 32, "07" * 32) is None
    assert claim.check_key(None, None).startswith("this kentongan has no key yet")
    assert claim.check_key("", "").startswith("this kentongan has no key yet")
    for _ in range(MOST_WRONG):
        assert claim.check_key("08" * 32, "07" * 32).startswith("the key does not fit")
        clock.now += 1_000
    assert claim.check_key("07" * 32, "07" * 32).startswith("five wrong tries")
