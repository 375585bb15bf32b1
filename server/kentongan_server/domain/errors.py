"""What the core refuses, one line each; every text is a sentence that says what to do. The edge chooses the status."""


class KentonganError(Exception):
    """The root of all refusals."""


class UnknownError(KentonganError):
    """The thing named does not exist, or not for this caller."""


class RefusedError(KentonganError):
    """This caller may not do this."""


class InvalidError(KentonganError):
    """What was given cannot be right, whoever gives it."""


class ConflictError(KentonganError):
    """The same id was used for something else."""


class ExpiredError(KentonganError):
    """It was there for a time, and the time is over."""


class IllegalTransitionError(KentonganError):
    """The event does not fit the state; nothing was changed."""


class FirewallError(KentonganError):
    """A document was about to reach somebody who may never hear of its class."""


class TooManyTriesError(KentonganError):
    """So many tries were wrong that the next one must wait."""
