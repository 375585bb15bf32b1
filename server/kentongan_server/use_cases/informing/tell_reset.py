"""Tell somebody that another person reset how they get in: on all their channels, whatever those hear, that there is something
to read; what it is they read after signing in, for a channel is run by strangers and a screen lies open on the table.
"""

from kentongan_server.domain.events import AccessReset
from kentongan_server.domain.lifecycle import NotificationState
from kentongan_server.domain.notification import Notification, Urgency, Wave
from kentongan_server.ports.unit_of_work import UnitOfWork


def on_reset(uow: UnitOfWork, event: AccessReset) -> None:
    """One word to each channel that is proven to be theirs."""
    now = uow.now()
    uow.notifications.add(
        [
            Notification(
                id=uow.new_id(),
                incident=None,
                person=one.person,
                destination=one.id,
                channel=one.channel,
                wave=Wave.SECURITY,
                urgency=Urgency.CODE,
                state=NotificationState.PENDING,
                attempts=0,
                error=None,
                queued_at=now,
                due_at=now,
                changed_at=now,
            )
            for one in uow.destinations.of_people([event.of.person])
            if one.confirmed
        ]
    )
