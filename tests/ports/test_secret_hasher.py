"""What every SecretHasher keeps."""

import asyncio

import pytest
from tests.fakes.secret_hasher import FakeHasher

from kentongan_server.outbound.passwords.argon2_hasher import Argon2Hasher
from kentongan_server.ports.secret_hasher import SecretHasher

CHEAP_KIB = 64


@pytest.fixture(params=["fake", "argon2"])
def hasher(request: pytest.FixtureRequest) -> SecretHasher:
    return FakeHasher() if request.param == "fake" else Argon2Hasher(b"a pepper", memory_kib=CHEAP_KIB)


@pytest.mark.parametrize("secret", ["418203", "kata sandi yang panjang sekali" * 20, "", "ñ☃\ud800"])
async def test_a_secret_fits_its_own_hash_and_no_other(hasher: SecretHasher, secret: str) -> None:
    hashed = await hasher.hash(secret)
    assert await hasher.fits(secret, hashed)
    assert not await hasher.fits(secret + "x", hashed)
    assert len(secret) < 6 or secret not in hashed


async def test_nobody_s_hash_fits_nothing(hasher: SecretHasher) -> None:
    assert not await hasher.fits("418203", None)
    assert not await hasher.fits("418203", "no hash at all")


async def test_many_at_once_all_get_their_own_answer(hasher: SecretHasher) -> None:
    hashed = [await hasher.hash(str(number)) for number in range(4)]
    answers = await asyncio.gather(*(hasher.fits(str(number % 3), hashed[number]) for number in range(4)))
    assert answers == [True, True, True, False]


async def test_a_stolen_database_alone_tells_no_pin() -> None:
    """The same PIN under another pepper is another secret, and two hashes of one PIN share nothing."""
    ours = Argon2Hasher(b"ours", memory_kib=CHEAP_KIB)
    hashed = await ours.hash("418203")
    assert not await Argon2Hasher(b"theirs", memory_kib=CHEAP_KIB).fits("418203", hashed)
    assert await ours.hash("418203") != hashed


async def test_the_production_hash_is_costly_enough() -> None:
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in await Argon2Hasher(b"x").hash("418203")
