"""What every SecretMaker and every OneTimeCodes keep."""

import hashlib
from datetime import UTC, datetime

import pyotp
import pytest
from tests.fakes.secret_maker import STEP_S, FakeCodes, FakeSecretMaker, code_of

from kentongan_server.outbound.passwords.secret_maker import OsSecretMaker, PyotpCodes
from kentongan_server.ports.secret_maker import OneTimeCodes, SecretMaker

NOW = datetime(2026, 3, 1, 18, 0, 0, tzinfo=UTC)
STEP = int(NOW.timestamp()) // STEP_S


@pytest.fixture(params=[FakeSecretMaker, OsSecretMaker])
def maker(request: pytest.FixtureRequest) -> SecretMaker:
    return request.param()


@pytest.fixture(params=["fake", "pyotp"])
def codes(request: pytest.FixtureRequest) -> OneTimeCodes:
    return FakeCodes() if request.param == "fake" else PyotpCodes(b"k" * 32)


def test_secrets_never_repeat_and_fit_their_places(maker: SecretMaker) -> None:
    tokens, short = {maker.token() for _ in range(100)}, {maker.code() for _ in range(100)}
    assert len(tokens) == len(short) == 100
    assert all(len(token) >= 40 and token.replace("-", "").replace("_", "").isalnum() for token in tokens)
    assert all(code == code.upper() and len(code) <= 20 for code in short)
    token = tokens.pop()
    assert maker.fingerprint(token) == hashlib.sha256(token.encode()).hexdigest()
    assert maker.fingerprint("\ud800")


def code(codes: OneTimeCodes, secret: str, step: int) -> str:
    return code_of(step) if isinstance(codes, FakeCodes) else pyotp.TOTP(secret).generate_otp(step)


@pytest.mark.parametrize(("away", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_fits_its_half_minute_and_the_ones_beside_it(codes: OneTimeCodes, away: int, fits: bool) -> None:
    sealed, secret = codes.begin()
    assert codes.step(sealed, code(codes, secret, STEP + away), NOW) == (STEP + away if fits else None)


@pytest.mark.parametrize("wrong", ["", "abcdef", "\u0661" * 6, "x" * 1000])
def test_what_is_no_code_fits_nothing(codes: OneTimeCodes, wrong: str) -> None:
    sealed, _ = codes.begin()
    assert codes.step(sealed, wrong, NOW) is None


def test_an_app_is_told_whose_secret_it_is(codes: OneTimeCodes) -> None:
    sealed, _ = codes.begin()
    assert codes.address(sealed, "Wulan").startswith("otpauth://totp/")
    assert "Wulan" in codes.address(sealed, "Wulan")


def test_a_stolen_database_alone_tells_no_second_factor() -> None:
    sealed, secret = PyotpCodes(b"k" * 32).begin()
    assert secret not in sealed
    assert PyotpCodes(b"x" * 32).step(sealed, pyotp.TOTP(secret).generate_otp(STEP), NOW) is None
    assert PyotpCodes(b"k" * 32).step("no seal", "123456", NOW) is None
