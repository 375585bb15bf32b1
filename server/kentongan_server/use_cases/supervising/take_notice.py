"""Keep what a node tells of itself: its box was opened, or a PIN was tapped at it. Told once, whatever is repeated.

Only the operators read it: no neighbour may learn from a page that somebody tapped the rhythm of duress. An opened box is
Trouble, and nothing here can make a crime of it.
"""

from kentongan_server.domain.events import NoticeTaken
from kentongan_server.domain.place import Notice
from kentongan_server.ports.unit_of_work import UnitOfWork

WHAT = {"tamper": "box_opened", "cancel": "cancel_tapped", "duress": "duress_tapped"}


def take_notice(uow: UnitOfWork, notice: Notice) -> bool:
    """True when the node is known; it gets its receipt then, for the first telling and for each repeat."""
    node = uow.places.node(notice.node)
    if node is None:
        return False
    if uow.places.take_notice(notice, uow.now()):
        uow.happened(NoticeTaken(None, node.region, node.id, notice=notice, what=WHAT[notice.kind]))
    return True
