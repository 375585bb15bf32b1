"""The PIN: which are good, how tries are counted, and what one who watches can tell."""

import pytest
from tests.fakes.secret_hasher import FakeHasher
from tests.unit.server.town import Town

from kentongan_server.domain.errors import InvalidError
from kentongan_server.domain.pin import MOST_TRIES, RESTS_FOR, PinVerdict, assert_good_pins
from kentongan_server.use_cases.governing.check_pin import CountedPinCheck
from kentongan_server.use_cases.governing.set_pin import set_pin

OWN, DURESS = "418203", "705519"
WRONG = "999111"


@pytest.mark.parametrize(
    "pin", ["", "12345", "1234567", "abcdef", "41820x", "٤١٨٢٠٣", "000000", "123456", "987654", "890123"]
)
def test_a_pin_that_is_guessed_at_once_is_refused(pin: str) -> None:
    with pytest.raises(InvalidError):
        assert_good_pins(pin, None)
    with pytest.raises(InvalidError):
        assert_good_pins(OWN, pin)


@pytest.mark.parametrize("duress", [OWN, "418204", "518203"])
def test_no_slip_of_a_finger_sets_the_duress_pin_off(duress: str) -> None:
    with pytest.raises(InvalidError, match="at least two digits"):
        assert_good_pins(OWN, duress)


@pytest.fixture
def hasher() -> FakeHasher:
    return FakeHasher()


@pytest.fixture
async def check(town: Town, hasher: FakeHasher) -> CountedPinCheck:
    await set_pin(town.store, hasher, "sari", OWN, DURESS)
    return CountedPinCheck(town.store, hasher)


async def test_which_pin_it_was(check: CountedPinCheck) -> None:
    found = [await check.check("sari", entered) for entered in (OWN, DURESS, WRONG, "", OWN)]
    assert found == [PinVerdict.OK, PinVerdict.DURESS, PinVerdict.WRONG, PinVerdict.WRONG, PinVerdict.OK]
    assert await check.check("joko", OWN) is PinVerdict.UNSET


async def test_pins_are_kept_as_hashes_only(town: Town, check: CountedPinCheck) -> None:
    kept = repr(town.store.people.pins["sari"])
    assert OWN not in kept
    assert DURESS not in kept
    told = town.store.timeline.entries[-1]
    assert (told.event, told.actor, told.facts) == ("pin_set", "sari", {})


@pytest.mark.parametrize("entered", [OWN, DURESS, WRONG])
async def test_the_work_is_the_same_whichever_pin_it_is(
    check: CountedPinCheck, hasher: FakeHasher, entered: str
) -> None:
    before = hasher.asked
    await check.check("sari", entered)
    assert hasher.asked - before == 2


async def test_after_too_many_wrong_tries_the_pin_rests(town: Town, check: CountedPinCheck) -> None:
    for _ in range(MOST_TRIES):
        assert await check.check("sari", WRONG) is PinVerdict.WRONG
    for entered in (OWN, DURESS, WRONG):
        assert await check.check("sari", entered) is PinVerdict.RESTING
    town.clock.advance(RESTS_FOR)
    assert await check.check("sari", WRONG) is PinVerdict.WRONG
    assert town.store.people.pins["sari"].tries == 1, "a rest begins a new count"
    assert await check.check("sari", OWN) is PinVerdict.OK


@pytest.mark.parametrize("entered", [OWN, DURESS])
async def test_a_pin_that_fits_forgets_the_tries(town: Town, check: CountedPinCheck, entered: str) -> None:
    for _ in range(3):
        for _ in range(MOST_TRIES - 1):
            assert await check.check("sari", WRONG) is PinVerdict.WRONG
        await check.check("sari", entered)
        assert town.store.people.pins["sari"].tries == 0


async def test_a_try_counts_before_it_is_looked_at(town: Town, hasher: FakeHasher, check: CountedPinCheck) -> None:
    """A crash between the count and the answer costs the guesser a try, not us the count."""

    class Broken(FakeHasher):
        async def fits(self, *_: object) -> bool:
            raise RuntimeError("the machine stops")

    broken = CountedPinCheck(town.store, Broken())
    for _ in range(MOST_TRIES):
        with pytest.raises(RuntimeError):
            await broken.check("sari", OWN)
    assert await check.check("sari", OWN) is PinVerdict.RESTING


async def test_a_new_pin_begins_anew(town: Town, hasher: FakeHasher, check: CountedPinCheck) -> None:
    for _ in range(MOST_TRIES):
        await check.check("sari", WRONG)
    await set_pin(town.store, hasher, "sari", WRONG, None)
    found = [await check.check("sari", entered) for entered in (WRONG, OWN, DURESS)]
    assert found == [PinVerdict.OK, PinVerdict.WRONG, PinVerdict.WRONG]
