"""Tell somebody that another person reset how they get in: on all their channels, whatever those hear, that there is something
to read; what it is they read after signing in, for a channel is run by strangers and a screen lies open on the table.
"""

from kentongan_server.domain.events import AccessReset
from kentongan_server.domain.notification import Wave, own_word
from kentongan_server.ports.unit_of_work import UnitOfWork


def on_reset(uow: UnitOfWork, event: AccessReset) -> None:
    """One word to each channel that is proven to be theirs."""
    theirs = [one for one in uow.destinations.of_people([event.of.person]) if one.confirmed]
    uow.notifications.add([own_word(uow.new_id(), one, Wave.SECURITY, uow.now()) for one in theirs])
