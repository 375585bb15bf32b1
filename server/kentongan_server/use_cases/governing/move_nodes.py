"""A kentongan that comes to another RT sounds by that one's codebook from then on.

A node keeps the codebook of the highest revision that it was ever taught, and where it came from may have changed its own
later. So the new RT's counts as changed now, which is after every change there was.
"""

from collections.abc import Iterable
from datetime import timedelta

from kentongan_server.domain.place import Node
from kentongan_server.ports.unit_of_work import UnitOfWork


def put_nodes(uow: UnitOfWork, nodes: Iterable[tuple[Node | None, Node]]) -> None:
    """Keep nodes, each beside what it was before: None for a new one."""
    pairs = list(nodes)
    uow.places.put_nodes([after for _, after in pairs])
    last = uow.codebooks.last_change()
    if last is None:
        return  # everybody has the one that we ship
    for region in sorted({after.region for before, after in pairs if before and before.region != after.region}):
        uow.codebooks.renew(region, max(uow.now(), last + timedelta(milliseconds=1)))
