"""What may follow what, as tables of (state, event, state after): constants, which stay in a frozen image's flash. An event that a table does not hold raises and changes nothing.

SIREN is the noise: `local` is our own press, `peer` a neighbour's, `commanded` the server's word. COMMAND is one command on this node, in the
words that `State.commands` carries. The diagrams in the documents are printed from these tables.
"""

SIREN = (
    ("silent", "pressed", "local"),
    ("silent", "commanded", "commanded"),
    ("silent", "heard", "peer"),
    ("peer", "pressed", "local"),
    ("peer", "heard", "peer"),
    ("peer", "commanded", "commanded"),
    ("peer", "ended", "silent"),
    ("peer", "hushed", "silent"),
    ("local", "pressed", "local"),
    ("local", "commanded", "commanded"),
    ("local", "ended", "silent"),
    ("local", "hushed", "silent"),
    ("commanded", "pressed", "local"),
    ("commanded", "heard", "peer"),
    ("commanded", "commanded", "commanded"),
    ("commanded", "ended", "silent"),
    ("commanded", "hushed", "silent"),
)

COMMAND = (
    ("unseen", "taken", "device_acked"),
    ("unseen", "stale", "expired"),
    ("expired", "stale", "expired"),
    ("expired", "taken", "device_acked"),
    ("device_acked", "started", "sounding"),
    ("device_acked", "ended", "completed"),
    ("device_acked", "hushed", "silenced"),
    ("device_acked", "refused", "failed"),
    ("sounding", "ended", "completed"),
    ("sounding", "hushed", "silenced"),
    ("sounding", "unheard", "failed"),
)


class IllegalEvent(ValueError):
    """The table has no such step; the message names state and event."""


def following(table: tuple, state: str, event: str) -> str:
    """The state after `event`, or IllegalEvent."""
    for before, happens, after in table:
        if before == state and happens == event:
            return after
    raise IllegalEvent(event + " cannot happen in " + state)
