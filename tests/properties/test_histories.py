"""Whatever happens, in whatever order: generated histories of a small town, and the promises that hold in all of them."""

from collections.abc import Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule
from tests.fakes.responder import FakeResponder
from tests.unit.server.town import DEAF_RT, EVERYBODY, NODES, RT1, RT2, Town

from kentongan_server.domain.alarm import Action
from kentongan_server.domain.errors import KentonganError
from kentongan_server.domain.forward import Recipient
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind, Purpose
from kentongan_server.domain.lifecycle import ALARM, COMMAND, FINAL_COMMAND_STATES, INCIDENT, AlarmState, CommandState
from kentongan_server.domain.notification import Destination, NotifyChannel
from kentongan_server.domain.place import Presence
from kentongan_server.ports.outbox import Channel, ItemState, OutboxItem
from kentongan_server.ports.responder import DeliveryError
from kentongan_server.use_cases.alarming.quieten_alarm import silence_alarm
from kentongan_server.use_cases.forwarding import deliver_forward, deliver_page
from kentongan_server.use_cases.forwarding.present_again import present_unanswered_again
from kentongan_server.use_cases.forwarding.record_police_reply import Reply, record_police_reply
from kentongan_server.use_cases.forwarding.watch_forwards import page_for_unaccepted
from kentongan_server.use_cases.informing.deliver_notifications import Outcome, begin, conclude
from kentongan_server.use_cases.informing.tell_people import tell_due_waves
from kentongan_server.use_cases.informing.tell_reporter import begin_showing
from kentongan_server.use_cases.responding.acknowledge import acknowledge
from kentongan_server.use_cases.supervising.note_state import find_silent_nodes

people = st.sampled_from(EVERYBODY)
nodes = st.sampled_from(NODES)
kinds = st.sampled_from(IncidentKind)
regions = st.sampled_from((RT1, RT2, DEAF_RT, "nowhere"))
purposes = st.sampled_from(Purpose)
outcomes = st.sampled_from(CommandState)
pauses = st.sampled_from((0.001, 0.25, 1, 2, 8, 15, 30, 60, 299, 300, 301, 600, 601, 86_400))

POLICE = (Channel.POLICE_WEBHOOK, Channel.POLICE_CAP)
EMERGENCY = (Channel.EMERGENCY_WEBHOOK, Channel.EMERGENCY_CAP)


def reachable(table: dict[Any, dict[str, Any]]) -> dict[Any, set[Any]]:
    """Every state that may follow each state, by however many moves."""
    found = {}
    for start in table:
        seen, frontier = {start}, [start]
        while frontier:
            new = set(table[frontier.pop()].values()) - seen
            seen |= new
            frontier += new
        found[start] = seen
    return found


FOLLOWS = {"incident": reachable(INCIDENT), "alarm": reachable(ALARM), "command": reachable(COMMAND)}


class History(RuleBasedStateMachine):
    """Everything that people, kentongan, police, networks and time can do to the core."""

    reports = Bundle("reports")

    def __init__(self) -> None:
        super().__init__()
        self.town = Town(wide=True)
        for person in EVERYBODY:
            for channel in (NotifyChannel.WEB_PUSH, NotifyChannel.SMS):
                where = Destination(f"{channel}-{person.id}", person.id, channel, "there")
                self.town.do(lambda uow, where=where: uow.destinations.put(where))
        self.police = FakeResponder(Recipient.POLICE)
        self.emergency = FakeResponder(Recipient.EMERGENCY)
        self.answers: dict[str, str] = {}
        self.seen: dict[tuple[str, str], Any] = {}

    # people

    @rule(target=reports, person=people, kind=kinds, region=regions)
    def a_person_reports(self, person, kind, region):
        return self._heard(lambda report: self.town.report(person, kind, region, id=report))

    @rule(target=reports, node=nodes, kind=kinds, purpose=purposes)
    def a_button_is_pressed(self, node, kind, purpose):
        return self._heard(lambda report: self.town.press(node, kind, id=report, purpose=purpose))

    @rule(again=reports)
    def a_report_is_repeated(self, again):
        say, report = again
        before = len(self.town.store.timeline.entries)
        taken = say(report)
        assert (taken.incident, taken.repeated) == (self.answers[report], True)
        assert len(self.town.store.timeline.entries) == before

    @rule(stolen=reports, person=people, kind=kinds, region=regions)
    def an_id_is_used_again(self, stolen, person, kind, region):
        _, report = stolen
        try:
            taken = self.town.report(person, kind, region, id=report)
        except KentonganError:
            return
        assert (taken.incident, taken.repeated) == (self.answers[report], True)

    @rule(person=people, data=st.data())
    def somebody_acknowledges(self, person, data):
        self._try(lambda uow: acknowledge(uow, self._any_incident(data), person))

    @rule(person=people, data=st.data())
    def somebody_wants_silence(self, person, data):
        incident = self._any_incident(data)
        if self._try(lambda uow: silence_alarm(uow, incident, person)) is None:
            return
        assert all(
            command.state in (CommandState.DEVICE_ACKED, CommandState.SOUNDING) or command.state in FINAL_COMMAND_STATES
            for command in self.town.soundings(incident)
        ), "what has not begun must not begin after a silence"

    # kentongan

    @rule(node=nodes, outcome=outcomes, data=st.data())
    def a_kentongan_speaks(self, node, outcome, data):
        """Of its own command, of another's, or of one that was never given."""
        commands = sorted(self.town.store.alarms.kept)
        if commands:
            command = self.town.store.alarms.kept[data.draw(st.sampled_from(commands))]
            self.town.says(command, outcome, node=node)
            self.town.says(replace(command, id="forged"), outcome)

    @rule(outcome=outcomes, data=st.data())
    def a_kentongan_speaks_the_truth(self, outcome, data):
        commands = sorted(self.town.store.alarms.kept)
        if commands:
            self.town.says(self.town.store.alarms.kept[data.draw(st.sampled_from(commands))], outcome)

    @rule(node=nodes)
    def a_kentongan_wakes(self, node):
        self.town.wakes(node)

    @rule(node=nodes)
    def a_kentongan_is_lost(self, node):
        self.town.says_state(replace(self.town.store.places.nodes[node], presence=Presence.OFFLINE))

    # the clockwork

    @rule(seconds=pauses)
    def time_passes(self, seconds):
        self.town.wait(seconds)

    @rule(broker_takes=st.booleans())
    def commands_come_due(self, broker_takes):
        orders = self.town.due_orders()
        if broker_takes:
            self.town.do(lambda uow: uow.alarms.mark_sent([order.command for order in orders]))

    @rule(limit=st.integers(1, 10))
    def the_broker_takes_first_attempts(self, limit):
        queued = sorted(self.town.store.alarms.kept)[:limit]
        self.town.do(lambda uow: uow.alarms.mark_sent(queued))

    @rule()
    def the_ticker_ticks(self):
        self.town.open_due_gates()
        self.town.do(page_for_unaccepted)
        self.town.do(present_unanswered_again)
        self.town.do(tell_due_waves)
        self.town.do(lambda uow: find_silent_nodes(uow, timedelta(seconds=19)))

    @rule(away=st.booleans())
    def the_outbox_is_emptied(self, away):
        self.police.away = self.emergency.away = away
        for item in self.town.do(lambda uow: uow.outbox.due(self.town.clock.now(), 100)):
            self._deliver(item)

    @rule(away=st.booleans())
    def people_are_told(self, away):
        for channel in NotifyChannel:
            for parcel in self.town.do(lambda uow, channel=channel: begin(uow, channel, 100)):
                person = self.town.do(lambda uow, who=parcel.destination.person: uow.people.person(who, uow.now()))
                incident = self.town.incident(parcel.message.incident)
                assert person.sees(incident.region, incident.incident_class), "nobody is told what is not theirs"
                error = "away" if away else None
                self.town.do(lambda uow, one=parcel.notification, e=error: conclude(uow, [Outcome(one, e)]))

    @rule(answer=st.sampled_from(Reply), data=st.data())
    def the_police_answer(self, answer, data):
        incident = self._any_incident(data)
        status = self._try(lambda uow: record_police_reply(uow, incident, answer, "Wulan", None))
        known = self.town.store.incidents.incidents.get(incident)
        assert (status is None) == (known is None or known.incident_class is IncidentClass.COMMUNITY)

    # the promises

    @invariant()
    def community_never_leaves_and_others_go_to_their_own(self):
        for item in self.town.store.outbox.items.values():
            incident_class = self.town.incident(item.incident).incident_class
            if item.channel in POLICE:
                assert incident_class is IncidentClass.CRIME
            elif item.channel in EMERGENCY:
                assert incident_class is IncidentClass.EMERGENCY
        assert {forward.incident_class for forward in self.police.taken.values()} <= {IncidentClass.CRIME}
        assert {forward.incident_class for forward in self.emergency.taken.values()} <= {IncidentClass.EMERGENCY}

    @invariant()
    def every_incident_is_forwarded_once_or_held(self):
        for incident in self.town.store.incidents.incidents.values():
            expected = 0 if incident.incident_class is IncidentClass.COMMUNITY else 2
            told = [item.body["event"] for item in self.town.forwards(incident.id)]
            assert told.count("incident.reported") == expected
            assert expected or told == []
            assert len(self.town.record(incident.id, "forward_held")) == (expected == 0)
            assert len(self.town.record(incident.id, "human_paged")) <= 1

    @invariant()
    def states_move_along_the_tables(self):
        store = self.town.store
        present = {("incident", i.id): i.status for i in store.incidents.incidents.values()}
        present |= {("alarm", a.id): a.state for a in store.alarms.alarms.values()}
        present |= {("command", c.id): c.state for c in store.alarms.kept.values()}
        for (sort, name), before in self.seen.items():
            assert present[sort, name] in FOLLOWS[sort][before], f"{sort} went from {before} to {present[sort, name]}"
        self.seen = present

    @invariant()
    def one_command_per_kentongan_and_alarm(self):
        commands = list(self.town.store.alarms.kept.values())
        going_on = [c for c in commands if c.action is Action.SOUND and c.state not in FINAL_COMMAND_STATES]
        soundings = [(c.alarm, c.node) for c in going_on]
        assert len(soundings) == len(set(soundings)), "nobody is told twice while the first order stands"
        counters = [(c.node, c.counter) for c in commands]
        assert len(counters) == len(set(counters)), "a counter serves one command"
        regions = {node.id: node.region for node in self.town.store.places.nodes.values()}
        awake = {(c.alarm, self.town.store.alarms.alarms[c.alarm].region) for c in commands}
        awake |= set(self.town.store.alarms.awake)
        assert all((c.alarm, regions[c.node]) in awake for c in commands), "no RT sounds without a reason that is kept"

    @invariant()
    def what_is_over_is_over(self):
        alarms = self.town.store.alarms
        for command in alarms.kept.values():
            assert (command.id in alarms.due_at) == (command.state not in FINAL_COMMAND_STATES)
            if command.action is Action.SOUND and alarms.alarms[command.alarm].state is AlarmState.ENDED:
                assert command.state in FINAL_COMMAND_STATES
        for alarm in alarms.alarms.values():
            assert alarm.due_at is None or alarm.state in (AlarmState.GATED, AlarmState.ACTIVE)
            assert alarm.due_at is not None or alarm.state is not AlarmState.GATED
            assert (alarm.level == 0) <= (alarm.state in (AlarmState.GATED, AlarmState.ENDED))

    @invariant()
    def the_record_only_grows(self):
        seqs = [entry.seq for entry in self.town.store.timeline.entries]
        assert seqs == list(range(1, len(seqs) + 1))

    @invariant()
    def only_call_points_that_reported_are_told(self):
        for item in self.town.items(Channel.RECEIPT):
            report = self.town.store.incidents.reports[item.subject]
            told_of = {report.incident, self.town.incident(report.incident).merged_into}
            assert report.node == item.body["node"]
            assert item.incident in told_of or report.incident == item.incident

    def teardown(self):
        """Left alone, every alarm ends: a gate opens after 15 s, it rises twice within 5 min, a command lives 5 min."""
        for seconds in (15, 300, 300, 300, 300):
            self.town.wait(seconds)
            while self.town.open_due_gates():
                pass  # a few at a time, as the ticker does
            self.town.due_orders()
        assert {alarm.state for alarm in self.town.store.alarms.alarms.values()} <= {AlarmState.ENDED}
        assert self.town.store.alarms.due_at == {}
        self._the_outbox_drains()
        self.states_move_along_the_tables()

    def _the_outbox_drains(self) -> None:
        """With recipients that answer, nothing stays: every crime is at the police once per channel."""
        self.police.away = self.emergency.away = False
        self.town.wait(3600)
        for item in self.town.do(lambda uow: uow.outbox.due(self.town.clock.now(), 10_000)):
            self._deliver(item)
        assert self.town.store.outbox.due_at == {}
        taken = len(self.police.taken) + len(self.emergency.taken)
        assert taken == sum(len(self.town.forwards(i)) for i in self.town.store.incidents.incidents)

    def _heard(self, say):
        report = f"report-of-step-{len(self.answers)}"
        try:
            taken = say(report)
        except KentonganError:
            assert self.town.store.incidents.report(report) is None
            return multiple()
        assert not taken.repeated
        self.answers[report] = taken.incident
        return say, report

    def _try(self, job) -> Any:
        try:
            return self.town.do(job)
        except KentonganError:
            return None

    def _any_incident(self, data) -> str:
        return data.draw(st.sampled_from([*sorted(self.town.store.incidents.incidents), "nothing"]))

    def _deliver(self, item: OutboxItem) -> None:
        if item.channel is Channel.RECEIPT:
            if self.town.do(lambda uow: begin_showing(uow, item)):
                self.town.do(lambda uow: uow.outbox.finished(item.id, ItemState.ACCEPTED))
        elif item.channel is Channel.PAGER:
            if self.town.do(lambda uow: deliver_page.begin_attempt(uow, item)):
                self.town.do(lambda uow: deliver_page.paged(uow, item))
        elif (forward := self.town.do(lambda uow: deliver_forward.begin_attempt(uow, item))) is not None:
            responder = self.police if item.channel in POLICE else self.emergency
            try:
                _finish(responder.deliver(forward))
            except DeliveryError as error:
                problem = str(error)
                self.town.do(lambda uow: deliver_forward.failed(uow, item, problem))
            else:
                self.town.do(lambda uow: deliver_forward.accepted(uow, item))


def _finish(attempt: Coroutine[Any, Any, None]) -> None:
    """Run what a twin awaits: nothing."""
    with pytest.raises(StopIteration):
        attempt.send(None)


class TestHistories(History.TestCase):
    """A short look, every day."""

    settings = settings(max_examples=50, stateful_step_count=25, deadline=None)


@pytest.mark.slow
@pytest.mark.timeout(600)
class TestManyLongHistories(History.TestCase):
    """A long look."""

    settings = settings(max_examples=400, stateful_step_count=60, deadline=None)
