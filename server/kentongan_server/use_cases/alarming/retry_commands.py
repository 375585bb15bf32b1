"""Send commands and go on until their kentongan answers or their time is over.

The first attempt's counter is part of the transaction that made the command, so the fast path costs one commit; after
a crash the same rows come due and are sent again with a new counter and a fresh nonce, under the same id.

Of a city what the broker took is repeated only when its answer would have been read by now: a server that has fallen behind
a crowd's answers must not ask for them again.
"""

from collections.abc import Sequence
from datetime import timedelta

from kentongan_server.domain.alarm import Action, AlarmCommand, retry_delay
from kentongan_server.domain.events import Noted
from kentongan_server.domain.lifecycle import COMMAND, UNANSWERED_COMMAND_STATES, CommandState, advance
from kentongan_server.ports.alarms import Order
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.alarming.end_alarm import end_when_over

BATCH = 500


def due_orders(uow: UnitOfWork, behind: timedelta = timedelta()) -> list[Order]:
    """Write the next attempt of every command that is due, end those whose time is over, and give the orders.

    What kentongan have said in the last `behind` is not read yet."""
    now = uow.now()
    due = uow.alarms.commands_due(now, BATCH, now - behind)
    again = [command for command in due if command.expires_at > now]
    for command in due:
        if command.expires_at <= now:
            _end(uow, command)
    for command in again:
        state = command.state
        if state is CommandState.SENT:
            state = advance(COMMAND, advance(COMMAND, state, "time_out"), "requeue")
        counter = uow.places.take_counters([command.node])[command.node]
        attempts = command.attempts + 1
        uow.alarms.try_again(command.id, state, counter, attempts, now + retry_delay(attempts))
    return uow.alarms.orders([command.id for command in again])


def sent(uow: UnitOfWork, taken: Sequence[str], left: Sequence[str]) -> None:
    """The broker took these; a first attempt that it did not take is due again as if it had been alone."""
    uow.alarms.mark_sent(taken)
    due_at = uow.now() + retry_delay(1)
    for command in uow.alarms.commands(left).values():
        if command.state is CommandState.QUEUED and command.attempts == 1:
            uow.alarms.set_command(command.id, command.state, due_at)


def _end(uow: UnitOfWork, command: AlarmCommand) -> None:
    """No answer, or no end, in the command's time: an unanswered one expires, an answered one has failed."""
    event = "expire" if command.state in UNANSWERED_COMMAND_STATES else "fail"
    state = advance(COMMAND, command.state, event)
    uow.alarms.set_command(command.id, state, None)
    if command.action is Action.SOUND:
        facts = {"command": command.id, "node": command.node, "state": state}
        uow.happened(Noted(command.incident, _region(uow, command.incident), what="command_state_changed", data=facts))
        end_when_over(uow, command.incident)


def _region(uow: UnitOfWork, incident_id: str) -> str | None:
    incident = uow.incidents.incident(incident_id)
    return incident.region if incident else None
