"""What can be wrong with a message, one class a fault; every one is a ContractError."""


class ContractError(ValueError):
    """The bytes are not a message of this contract."""


class TopicError(ContractError):
    """The topic is not one of ours."""


class MessageError(ContractError):
    """A field is missing, mistyped or out of bounds."""


class SealError(ContractError):
    """The seal is absent or not made with this key for this purpose."""


class StaleError(ContractError):
    """The command is replayed, late or out of order; `reason` is one word for the counters."""

    def __init__(self, reason: str) -> None:
        super().__init__("stale command: " + reason)
        self.reason = reason


class FrameError(ContractError):
    """The serial bytes are not a whole, undamaged frame."""
