"""Tell the neighbours: every member of the RT sees the incident on the live page."""

from kentongan_server.domain.events import Noted, ReportTaken
from kentongan_server.ports.unit_of_work import UnitOfWork


def on_report(uow: UnitOfWork, event: ReportTaken) -> None:
    """Tell the RT of a new incident, in the reporter's own words where there are any."""
    if not event.opened:
        return
    facts = {
        "kind": event.of.kind,
        "text": event.of.text,
        "people": uow.people.members(event.of.region, uow.now()),
    }
    uow.happened(Noted(event.of.id, event.of.region, what="residents_told", data=facts))
