"""A walk through a small town: whatever people, kentongan, police and time may do, drawn by a seeded die.

Plain and quick, so that a hundred thousand events fit into a minute; hypothesis looks at fewer histories and shrinks them.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

from tests.fakes.responder import FakeResponder
from tests.unit.server.town import (
    DEAF_RT,
    EVERYBODY,
    FAR_RT,
    KECAMATAN,
    KELURAHAN,
    KOTA,
    NEXT_RT,
    NODES,
    RT1,
    RT2,
    Town,
)

from kentongan_server.domain.codebook import Rhythm
from kentongan_server.domain.errors import KentonganError
from kentongan_server.domain.forward import Recipient
from kentongan_server.domain.incident import SAME_EVENT_WINDOW, Disposition
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind, Purpose
from kentongan_server.domain.lifecycle import OPEN_INCIDENT_STATES, CommandState
from kentongan_server.domain.place import Notice, Presence
from kentongan_server.domain.spread import Period, Rule
from kentongan_server.ports.outbox import Channel, ItemState
from kentongan_server.ports.responder import DeliveryError
from kentongan_server.use_cases.alarming import drill, quiet_places, quieten_alarm, raise_by_hand, set_rule, sound_city
from kentongan_server.use_cases.alarming.adopt_codebook import adopt_codebook
from kentongan_server.use_cases.alarming.raise_alarm import alarms_due
from kentongan_server.use_cases.forwarding import deliver_forward, deliver_page
from kentongan_server.use_cases.forwarding.record_police_reply import Reply, record_police_reply
from kentongan_server.use_cases.forwarding.watch_forwards import page_for_unaccepted
from kentongan_server.use_cases.informing.tell_reporter import begin_showing
from kentongan_server.use_cases.reporting.cancel_report import cancel_report
from kentongan_server.use_cases.reporting.doubt_reporter import appeal, lift
from kentongan_server.use_cases.reporting.reclassify import reclassify
from kentongan_server.use_cases.responding.acknowledge import acknowledge, withdraw
from kentongan_server.use_cases.responding.arrive import arrive
from kentongan_server.use_cases.responding.dispatch import dispatch
from kentongan_server.use_cases.responding.merge import merge, unmerge
from kentongan_server.use_cases.responding.reopen import reopen
from kentongan_server.use_cases.responding.resolve import close_resolved, resolve
from kentongan_server.use_cases.supervising.note_state import find_silent_nodes
from kentongan_server.use_cases.supervising.take_notice import take_notice

COMMUNITY_WORDS = "kata-warga"  # stands in every community report, and must never stand in what leaves the RT
RTS = (RT1, RT1, RT1, RT2, DEAF_RT, NEXT_RT, FAR_RT, "nowhere")
SCOPES = (RT1, RT2, NEXT_RT, KELURAHAN, KECAMATAN, KOTA)
PAUSES = (0.25, 1, 2, 8, 15, 30, 60, 90, 180, 300, 601, 3600, 86_400)
RHYTHM = Rhythm("2-3", (90, 160, 90, 900), 10, 20_000, "red")


class Walk:
    """One history; `step` takes one event. What is refused is refused in a sentence and changes nothing."""

    def __init__(self, seed: int) -> None:
        self.die = Random(seed)  # noqa: S311  # a die, not a secret
        self.town = Town(wide=True)
        self.police = FakeResponder(Recipient.POLICE)
        self.emergency = FakeResponder(Recipient.EMERGENCY)
        self.done = 0
        self.refused = 0
        self._reports = 0
        self._actions: list[tuple[Callable[[], None], int]] = [
            (self.person_reports, 14),
            (self.button_pressed, 10),
            (self.somebody_answers, 14),
            (self.somebody_quietens, 6),
            (self.somebody_takes_back, 8),
            (self.somebody_merges, 6),
            (self.somebody_reclassifies, 6),
            (self.kentongan_speaks, 10),
            (self.kentongan_comes_and_goes, 3),
            (self.time_passes, 10),
            (self.clock_ticks, 14),
            (self.outbox_emptied, 6),
            (self.police_answer, 6),
            (self.city_alarm, 3),
            (self.rehearsal, 2),
            (self.somebody_decides, 4),
        ]

    def step(self) -> str:
        """One event; its name."""
        (action,) = self.die.choices([a for a, _ in self._actions], [w for _, w in self._actions])
        action()
        return action.__name__

    def run(self, job: Callable[[Any], Any]) -> Any:
        """One unit of work that may be refused; None then."""
        try:
            found = self.town.do(job)
        except KentonganError as refusal:
            if not str(refusal).rstrip().endswith("."):
                raise AssertionError(f"a refusal is a sentence: {refusal}") from refusal
            self.refused += 1
            return None
        self.done += 1
        return found

    # people

    def person_reports(self) -> None:
        person, kind, region = self.die.choice(EVERYBODY), self.die.choice(list(IncidentKind)), self.die.choice(RTS)
        self._say(kind, region, Purpose.ACTUAL, lambda text: self.town._said(kind, region, person=person, text=text))

    def button_pressed(self) -> None:
        node, kind, purpose = (
            self.die.choice(NODES),
            self.die.choice(list(IncidentKind)),
            self.die.choice(list(Purpose)),
        )
        region = self.town.store.places.nodes[node].region
        self._say(
            kind, region, purpose, lambda text: self.town._said(kind, region, node=node, purpose=purpose, text=text)
        )

    def _say(self, kind: IncidentKind, region: str, purpose: Purpose, said: Callable[[str], Any]) -> None:
        text = f"{COMMUNITY_WORDS} {self._reports}" if kind.incident_class is IncidentClass.COMMUNITY else "tolong"
        now = self.town.clock.now()
        same = {
            incident.id
            for incident in self.town.store.incidents.incidents.values()
            if (incident.region, incident.incident_class, incident.purpose) == (region, kind.incident_class, purpose)
            and incident.status in OPEN_INCIDENT_STATES
            and incident.cancelled_at is None
            and now - incident.opened_at <= SAME_EVENT_WINDOW
        }
        before = set(self.town.store.incidents.incidents)
        self._reports += 1
        try:
            taken = self.town.hears(said(text))
        except KentonganError:
            self.refused += 1
            return
        self.done += 1
        if same and kind.incident_class is not IncidentClass.COMMUNITY:
            assert taken.incident in same, "one event makes one incident"
        else:
            assert taken.incident not in before, "what is no known event is a new one"

    def somebody_answers(self) -> None:
        person, incident = self.die.choice(EVERYBODY), self._any_incident()
        verb = self.die.choice((acknowledge, acknowledge, withdraw, arrive, reopen, dispatch, resolve, resolve))
        if verb is dispatch:
            self.run(lambda uow: dispatch(uow, incident, person, "ronda"))
        elif verb is resolve:
            disposition = self.die.choice(list(Disposition))
            self.run(lambda uow: resolve(uow, incident, person, disposition, None))
        else:
            self.run(lambda uow: verb(uow, incident, person))

    def somebody_quietens(self) -> None:
        person, incident = self.die.choice(EVERYBODY), self._any_incident()
        verb = self.die.choice((quieten_alarm.silence_alarm, quieten_alarm.sound_all_clear, quieten_alarm.refute_alarm))
        if self.die.random() < 0.3:
            level = self.die.randrange(6)
            self.run(lambda uow: raise_by_hand.raise_by_hand(uow, incident, person, level))
        else:
            self.run(lambda uow: verb(uow, incident, person))

    def somebody_takes_back(self) -> None:
        incident, duress = self._any_incident(), self.die.random() < 0.4
        if self.die.random() < 0.6:
            reporters = {r.reporter for r in self.town.store.incidents.reports.values() if r.incident == incident}
            person = next((p for p in EVERYBODY if p.id in reporters), self.die.choice(EVERYBODY))
            self.run(lambda uow: cancel_report(uow, incident, person, duress=duress))
            return
        report = self.die.choice([*sorted(self.town.store.incidents.reports), "nothing"])
        kept = self.town.store.incidents.reports.get(report)
        node = kept.node if kept is not None and kept.node else self.die.choice(NODES)
        kind = self.die.choice(("cancel", "duress", "tamper"))
        notice = Notice(id=f"{node}.9.{self.done}.{self.refused}", node=node, kind=kind, of=report)
        self.run(lambda uow: take_notice(uow, notice))

    def somebody_merges(self) -> None:
        person, one, other = self.die.choice(EVERYBODY), self._any_incident(), self._any_incident()
        if self.die.random() < 0.6:
            self.run(lambda uow: merge(uow, one, other, person))
        else:
            self.run(lambda uow: unmerge(uow, one, person))

    def somebody_reclassifies(self) -> None:
        person, incident, kind = self.die.choice(EVERYBODY), self._any_incident(), self.die.choice(list(IncidentKind))
        self._reports += 1
        name, understood = f"reclassified-{self._reports}", self.die.random() < 0.7
        text = COMMUNITY_WORDS if kind.incident_class is IncidentClass.COMMUNITY else None
        self.run(lambda uow: reclassify(uow, incident, person, kind, report_id=name, text=text, understood=understood))

    def somebody_decides(self) -> None:
        person, region = self.die.choice(EVERYBODY), self.die.choice(SCOPES)
        of, period = self.die.choice(list(IncidentClass)), self.die.choice(list(Period))
        rule = self.die.choice((Rule({}, 1), Rule({2: 30}, 4), Rule({2: 30, 3: 60, 4: 90}, 2), Rule({4: 15}, 3)))
        node, other = self.die.choice(NODES), self.die.choice(EVERYBODY)
        choices: tuple[Callable[[Any], Any], ...] = (
            lambda uow: set_rule.set_rule(uow, person, region, of, period, rule, home=RT1, rts_seen=4),
            lambda uow: set_rule.drop_rule(uow, person, region, of, period),
            lambda uow: quiet_places.shelve(uow, person, region, 2, "berkabung"),
            lambda uow: quiet_places.take_out_of_service(uow, person, node, "rusak"),
            lambda uow: quiet_places.take_out_of_service(uow, person, node, None),
            lambda uow: adopt_codebook(uow, person, region, {IncidentKind.THEFT: RHYTHM}, None),
            lambda uow: adopt_codebook(uow, person, None, {IncidentKind.THEFT: RHYTHM}, None),
            lambda uow: appeal(uow, person, "saya tidak bercanda"),
            lambda uow: lift(uow, other.id, person),
        )
        self.run(self.die.choice(choices))

    def city_alarm(self) -> None:
        person = self.die.choice(EVERYBODY)
        planned = sorted(self.town.store.plans.planned_city_alarms)
        if not planned or self.die.random() < 0.3:
            kind, region = self.die.choice(list(IncidentKind)), self.die.choice(SCOPES)
            purpose = self.die.choice(list(Purpose))
            self.run(lambda uow: sound_city.propose(uow, person, region, kind, purpose, None))
            return
        chosen = self.town.store.plans.planned_city_alarms[self.die.choice(planned)]
        if self.die.random() < 0.7:
            typed = chosen.kentongan if self.die.random() < 0.8 else 1
            self.run(lambda uow: sound_city.confirm(uow, person, chosen.id, typed))
        else:
            self.run(lambda uow: sound_city.abort(uow, person, chosen.id))

    def rehearsal(self) -> None:
        person, region = self.die.choice(EVERYBODY), self.die.choice(SCOPES)
        kind = self.die.choice(list(IncidentKind))
        at = None if self.die.random() < 0.5 else self.town.clock.now() + timedelta(seconds=self.die.choice(PAUSES))
        self.run(lambda uow: drill.plan_drill(uow, person, region, kind, None, at))
        name = self.die.choice([*sorted(self.town.store.plans.planned_drills), "nothing"])
        self.run(lambda uow: drill.score(uow, person, name))
        if self.die.random() < 0.3:
            self.run(lambda uow: drill.call_off(uow, person, name))

    # kentongan, time, police

    def kentongan_speaks(self) -> None:
        commands = self.town.store.alarms.kept
        if not commands:
            return
        names = list(commands)
        for _ in range(self.die.randrange(1, 5)):
            command = commands[self.die.choice(names[-40:])]
            node = command.node if self.die.random() < 0.9 else self.die.choice(NODES)
            self.town.says(command, self.die.choice(list(CommandState)), node=node)
        self.done += 1

    def kentongan_comes_and_goes(self) -> None:
        node = self.die.choice(NODES)
        if self.die.random() < 0.5:
            self.town.wakes(node)
        else:
            self.town.says_state(replace(self.town.store.places.nodes[node], presence=Presence.OFFLINE))
        self.done += 1

    def time_passes(self) -> None:
        self.town.wait(self.die.choice(PAUSES))
        self.done += 1

    def clock_ticks(self) -> None:
        """As the ticker does: each decision a few at a time, until nothing is left of it."""
        silent = partial(find_silent_nodes, patience=timedelta(seconds=19))
        for decision in (
            alarms_due,
            sound_city.city_alarms_due,
            drill.drills_due,
            close_resolved,
            page_for_unaccepted,
            silent,
        ):
            while self.town.do(decision):
                pass
        orders = self.town.due_orders()
        if self.die.random() < 0.7:
            self.town.do(lambda uow: uow.alarms.mark_sent([order.command for order in orders]))
        self.done += 1

    def outbox_emptied(self) -> None:
        self.police.away = self.emergency.away = self.die.random() < 0.3
        self.deliver_due()
        self.done += 1

    def deliver_due(self) -> None:
        """One attempt at everything that is due."""
        for item in self.town.do(lambda uow: uow.outbox.due(self.town.clock.now(), 200)):
            if item.channel is Channel.RECEIPT:
                if self.town.do(lambda uow, item=item: begin_showing(uow, item)):
                    self.town.do(lambda uow, item=item: uow.outbox.finished(item.id, ItemState.ACCEPTED))
            elif item.channel is Channel.PAGER:
                if self.town.do(lambda uow, item=item: deliver_page.begin_attempt(uow, item)):
                    self.town.do(lambda uow, item=item: deliver_page.paged(uow, item))
            else:
                self._forward(item)

    def _forward(self, item: Any) -> None:
        forward = self.town.do(lambda uow: deliver_forward.begin_attempt(uow, item))
        if forward is None:
            return
        to_police = item.channel in (Channel.POLICE_WEBHOOK, Channel.POLICE_CAP)
        try:
            (self.police if to_police else self.emergency).deliver(forward).send(None)
        except StopIteration:
            self.town.do(lambda uow: deliver_forward.accepted(uow, item))
        except DeliveryError as error:
            problem = str(error)
            self.town.do(lambda uow: deliver_forward.failed(uow, item, problem))

    def police_answer(self) -> None:
        incident, answer = self._any_incident(), self.die.choice(list(Reply))
        self.run(lambda uow: record_police_reply(uow, incident, answer, "Wulan", None))

    def _any_incident(self) -> str:
        names = list(self.town.store.incidents.incidents)
        return self.die.choice([*names[-6:], "nothing"])
