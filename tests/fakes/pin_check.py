"""A PinCheck that counts nothing."""

from kentongan_server.domain.pin import PinVerdict


class FakePinCheck:
    """`pins` and `duress` by person."""

    def __init__(self) -> None:
        self.pins: dict[str, str] = {}
        self.duress: dict[str, str] = {}

    async def check(self, person_id: str, entered: str) -> PinVerdict:
        """See the port."""
        if person_id not in self.pins:
            return PinVerdict.UNSET
        if entered == self.pins[person_id]:
            return PinVerdict.OK
        return PinVerdict.DURESS if entered == self.duress.get(person_id) else PinVerdict.WRONG
