"""Sign in with phone or e-mail and password.

The try is counted before the password is looked at. Known and unknown names cost the same work and get the same answer,
so nothing tells who has an account. A lock-out rests the name for fifteen minutes; open sessions, and with them every panic
report, are untouched by it.
"""

from kentongan_server.domain.access import SHORTEST_PASSWORD, Login, Tries
from kentongan_server.domain.errors import ConflictError, InvalidError, TooManyTriesError
from kentongan_server.domain.events import Noted
from kentongan_server.ports.secret_hasher import SecretHasher
from kentongan_server.ports.secret_maker import SecretMaker
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork
from kentongan_server.use_cases.governing.open_session import Opened, open_session

RESTING = "Too many tries; wait fifteen minutes. In danger press the panic button, or call 110 or 112."


def login_name(written: str) -> str:
    """A phone number or e-mail address as it is kept: digits with the country's code, or lower case."""
    name = written.strip().lower()
    if "@" in name:
        return name
    digits = "".join(character for character in name if character.isascii() and character.isdigit())
    return f"+62{digits[1:]}" if digits.startswith("0") else f"+{digits}"


def take_try(uow: UnitOfWork, key: str) -> None:
    """Count one try at the key; TooManyTriesError while it rests."""
    now, tries = uow.now(), uow.access.tries(key)
    if tries is not None and tries.is_resting(now):
        raise TooManyTriesError(RESTING)
    uow.access.put_tries(Tries(key, 1, now) if tries is None else tries.next(now))


async def sign_in(
    transactions: Transactions, hasher: SecretHasher, maker: SecretMaker, name: str, password: str, device: str
) -> Opened | None:
    """A session for whoever has this login, None when name and password do not fit each other."""
    wanted = login_name(name)
    key = f"login/{maker.fingerprint(wanted)}"

    def look(uow: UnitOfWork) -> Login | None:
        take_try(uow, key)
        return uow.access.login_by_name(wanted)

    login = await transactions.run(look)
    fits = await hasher.fits(password, None if login is None else login.password_hash)
    if login is None or not fits:
        return None

    def enter(uow: UnitOfWork) -> Opened | None:
        person = uow.people.person(login.person, uow.now())
        if person is None or uow.access.login(login.person) != login:
            return None
        uow.access.forget_tries(key)
        return open_session(uow, maker, person, device)

    return await transactions.run(enter)


async def set_login(
    transactions: Transactions,
    hasher: SecretHasher,
    person_id: str,
    phone: str | None,
    email: str | None,
    password: str,
    *,
    one_time: bool = False,
) -> None:
    """Keep how a person signs in; `one_time` when somebody else has seen the password. ConflictError when the phone or e-mail is somebody else's."""
    assert_good_password(password)
    names = [login_name(name) for name in (phone, email) if name]
    if not names or any(len(name) < 6 for name in names):
        raise InvalidError("Give a phone number or an e-mail address to sign in with.")
    hashed = await hasher.hash(password)
    login = Login(
        person_id, login_name(phone) if phone else None, login_name(email) if email else None, hashed, one_time
    )

    def keep(uow: UnitOfWork) -> None:
        for name in names:
            holder = uow.access.login_by_name(name)
            if holder is not None and holder.person != person_id:
                raise ConflictError("This phone number or e-mail address cannot be used; choose another.")
        uow.access.put_login(login)
        uow.happened(Noted(actor=person_id, what="login_set"))

    await transactions.run(keep)


def assert_good_password(password: str) -> None:
    """InvalidError for one that is guessed soon. Length is what counts; a sentence is welcome."""
    if len(password) < SHORTEST_PASSWORD or len(set(password)) < 4:
        raise InvalidError(
            f"A password has {SHORTEST_PASSWORD} characters or more, not all alike; a short sentence is good."
        )
    if len(password) > 200:
        raise InvalidError("A password has 200 characters at most.")
