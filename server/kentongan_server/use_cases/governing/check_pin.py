"""Check a PIN: the try is counted and durable before a hash is looked at, and forgotten once one fits."""

from kentongan_server.domain.pin import Pin, PinVerdict
from kentongan_server.ports.secret_hasher import SecretHasher
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork


class CountedPinCheck:
    """The PinCheck on the people's book."""

    def __init__(self, transactions: Transactions, hasher: SecretHasher) -> None:
        self._transactions = transactions
        self._hasher = hasher

    async def check(self, person_id: str, entered: str) -> PinVerdict:
        """See the port."""
        taken = await self._transactions.run(lambda uow: _take_try(uow, person_id))
        if isinstance(taken, PinVerdict):
            return taken
        # Both are always computed: the time taken must not tell one who watches which PIN it was.
        is_own = await self._hasher.fits(entered, taken.own_hash)
        is_duress = await self._hasher.fits(entered, taken.duress_hash)
        if not (is_own or is_duress):
            return PinVerdict.WRONG
        await self._transactions.run(lambda uow: _forget_tries(uow, taken))
        return PinVerdict.OK if is_own else PinVerdict.DURESS


def _take_try(uow: UnitOfWork, person_id: str) -> Pin | PinVerdict:
    pin = uow.people.pin(person_id)
    if pin is None:
        return PinVerdict.UNSET
    if pin.is_resting(uow.now()):
        return PinVerdict.RESTING
    tried = pin.tried(uow.now())
    uow.people.put_pin(tried)
    return tried


def _forget_tries(uow: UnitOfWork, tried: Pin) -> None:
    pin = uow.people.pin(tried.person)
    if pin is not None and pin.own_hash == tried.own_hash:
        uow.people.put_pin(pin.fitted())
