"""How far a case has come, as the operator says it. The table is the law; what it does not hold is refused."""

from kentongan_command_centre.document import Refusal

DISPOSITIONS = (
    "founded",
    "unfounded",
    "minor",
    "duplicate",
    "mistaken_good_faith",
    "prank",
    "test",
    "handled_by_residents",
    "referred",
)

# What the operator does -> (the word in the reply, the states in which it may be said)
_ACTIONS = {
    "acknowledge": ("acknowledged", {"new"}),
    "dispatch": ("dispatched", {"acknowledged"}),
    "on_scene": ("on_scene", {"dispatched"}),
    "resolve": ("resolved", {"acknowledged", "dispatched", "on_scene"}),
}


def reply_for(action: str, status: str, disposition: str | None) -> str | None:
    """The reply to send, which is also the new status; None when it was already said. Refusal for what does not fit."""
    if action not in _ACTIONS:
        raise Refusal(404, "Unknown", "An operator can acknowledge, dispatch, on_scene or resolve a case.")
    reply, allowed = _ACTIONS[action]
    if action == "resolve" and disposition not in DISPOSITIONS:
        raise Refusal(422, "Not valid", f"Resolving needs a disposition: {', '.join(DISPOSITIONS)}.")
    if action != "resolve" and disposition is not None:
        raise Refusal(422, "Not valid", "Only resolving takes a disposition.")
    if status == reply:
        return None
    if status not in allowed:
        raise Refusal(409, "Not now", f"A case that is {status} cannot become {reply}.")
    return reply
