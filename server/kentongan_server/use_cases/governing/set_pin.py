"""Choose one's PIN and duress PIN, both at once, so that neither is ever a slip away from the other."""

from kentongan_server.domain.events import Noted
from kentongan_server.domain.pin import Pin, assert_good_pins
from kentongan_server.ports.secret_hasher import SecretHasher
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork


async def set_pin(
    transactions: Transactions, hasher: SecretHasher, person_id: str, pin: str, duress: str | None
) -> None:
    """Keep new PINs; InvalidError for weak ones. Old tries are forgotten."""
    assert_good_pins(pin, duress)
    own_hash = await hasher.hash(pin)
    duress_hash = None if duress is None else await hasher.hash(duress)

    def keep(uow: UnitOfWork) -> None:
        uow.people.put_pin(Pin(person_id, own_hash, duress_hash))
        uow.happened(Noted(actor=person_id, what="pin_set"))

    await transactions.run(keep)
