"""Tell the call point how far help has come; the reporter's page reads the same from the incident's timeline."""

from datetime import timedelta

from kentongan_server.domain.events import StageReached
from kentongan_server.ports.outbox import Channel, ItemState, OutboxItem
from kentongan_server.ports.unit_of_work import UnitOfWork

GIVE_UP_AFTER = timedelta(minutes=10)
RETRY_AFTER_S = (1, 2, 4, 8, 16, 30)


def on_stage(uow: UnitOfWork, event: StageReached) -> None:
    """Queue the stage for every call point that reported this incident, or one that was merged into it; an older stage on
    its way is dropped."""
    if event.incident is None:
        return
    now = uow.now()
    merged = [each.id for each in uow.incidents.merged_into(event.incident)]
    for report in [each for one in (event.incident, *merged) for each in uow.incidents.reports_of(one)]:
        if report.node is None:
            continue
        for older in uow.outbox.open_receipts(report.node):
            if older.subject == report.id:
                uow.outbox.finished(older.id, ItemState.ABANDONED)
        uow.outbox.add(
            OutboxItem(
                id=uow.new_id(),
                channel=Channel.RECEIPT,
                incident=event.incident,
                incident_class=report.kind.incident_class,
                subject=report.id,
                body={"node": report.node, "stage": event.stage},
                state=ItemState.PENDING,
                attempts=0,
                queued_at=now,
                due_at=now,
            )
        )


def begin_showing(uow: UnitOfWork, item: OutboxItem) -> bool:
    """Write that an attempt begins; False when the item is done, given up or another server's."""
    current = uow.outbox.item(item.id)
    if current is None or current.state in (ItemState.ACCEPTED, ItemState.ABANDONED):
        return False
    now = uow.now()
    if now - current.queued_at > GIVE_UP_AFTER:
        uow.outbox.finished(item.id, ItemState.ABANDONED)
        return False
    if current.due_at > now:
        return False
    delay = RETRY_AFTER_S[min(current.attempts, len(RETRY_AFTER_S) - 1)]
    uow.outbox.attempted(item.id, current.attempts + 1, now + timedelta(seconds=delay))
    return True


def shown(uow: UnitOfWork, node: str, report: str | None, stage: str | None) -> None:
    """The call point says what it shows; the receipt that said so has arrived."""
    if report is None or stage is None:
        return
    for item in uow.outbox.open_receipts(node):
        if item.subject == report and item.body["stage"] == stage:
            uow.outbox.finished(item.id, ItemState.ACCEPTED)
