"""After a copy was brought back, command counters begin above all that kentongan can have seen, so that they obey at once.

A counter rises by one with each attempt, which is far less than a thousand times a second: the present time in milliseconds
is above every counter that anyone ever took, before the copy or after it, and above every earlier raise.
"""

from kentongan_server.domain.events import Noted
from kentongan_server.ports.unit_of_work import UnitOfWork

STEP = 1_000_000  # what is left of the rule should this machine's clock be behind


def raise_counters(uow: UnitOfWork) -> int:
    """Raise the counter of every node; how many there are. Doing it once more does no harm."""
    raised = uow.places.raise_counters(STEP, int(uow.now().timestamp() * 1000))
    uow.happened(Noted(None, None, what="counters_raised", data={"nodes": raised}))
    return raised
