"""The ronda first, then the residents; one answer never silences another; news waits for the morning."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from tests.unit.server.town import ADMIN, DEAF_RT, FAR_HEAD, HEAD, JOKO, RINI, RT1, RT2, SARI, WULAN, Town

from kentongan_server.domain.answer import Answer
from kentongan_server.domain.errors import ConflictError, UnknownError
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind, Purpose
from kentongan_server.domain.lifecycle import IncidentStatus, NotificationState
from kentongan_server.domain.notification import Destination, Notification, NotifyChannel, Urgency, Wave
from kentongan_server.domain.people import Membership, Person, Role
from kentongan_server.domain.preferences import Preferences
from kentongan_server.domain.quiet_hours import QuietHours
from kentongan_server.domain.throttle import LIMITS, allowed_at
from kentongan_server.use_cases.informing.choose_channels import try_destination
from kentongan_server.use_cases.informing.deliver_notifications import Outcome, Parcel, arrived, begin, conclude
from kentongan_server.use_cases.informing.tell_people import tell_due_waves
from kentongan_server.use_cases.responding.acknowledge import acknowledge

BUDI = Person("budi", "Pak Budi", (Membership(Role.RONDA, RT1, True), Membership(Role.RESIDENT, RT1, True)))
TONO = Person("tono", "Pak Tono", (Membership(Role.RONDA, RT1, True),))
PUSH, SMS = NotifyChannel.WEB_PUSH, NotifyChannel.SMS


class Reached(Town):
    """A town whose people have a browser each; the ronda are Budi and Tono."""

    def __init__(self) -> None:
        super().__init__()
        for person in (BUDI, TONO):
            self.do(lambda uow, person=person: uow.people.put_person(person, None))
        for person in (SARI, JOKO, RINI, HEAD, FAR_HEAD, WULAN, ADMIN, BUDI, TONO):
            self.can_be_told(person)

    def can_be_told(self, person: Person, channel: NotifyChannel = PUSH, **different: object) -> Destination:
        plain = Destination(f"{channel}-{person.id}", person.id, channel, f"{channel} of {person.id}")
        self.do(lambda uow: uow.destinations.put(replace(plain, **different)))
        return plain

    def ticks(self, seconds: float = 0) -> None:
        self.wait(seconds)
        self.open_due_gates()
        self.do(tell_due_waves)

    def told(self, wave: Wave | None = None) -> set[str]:
        return {n.person for n in self.store.notifications.all.values() if wave in (None, n.wave)}

    def of(self, person: Person, channel: NotifyChannel = PUSH) -> Notification:
        found = [n for n in self.store.notifications.all.values() if (n.person, n.channel) == (person.id, channel)]
        return found[-1]

    def sends(self, channel: NotifyChannel = PUSH, limit: int = 100) -> list[Parcel]:
        return self.do(lambda uow: begin(uow, channel, limit))

    def concludes(self, *outcomes: Outcome) -> None:
        self.do(lambda uow: conclude(uow, outcomes))


@pytest.fixture
def town() -> Reached:
    return Reached()


def test_the_ronda_first_then_the_residents(town: Reached) -> None:
    incident = town.press().incident
    town.ticks()
    assert town.told() == {"budi", "tono"}
    town.ticks(9.9)
    assert town.told() == {"budi", "tono"}
    town.ticks(0.1)
    assert town.told() == {"budi", "tono", "sari", "joko", "rini", "head"}
    assert len(town.store.notifications.all) == 6, "the ronda are not told again as residents"
    first, second = town.record(incident, "people_told")
    assert (first.facts["wave"], first.facts["people"]) == ("ronda", 2)
    assert (second.facts["wave"], second.facts["people"]) == ("residents", 4)


def test_without_a_ronda_that_can_be_reached_nobody_waits(town: Reached) -> None:
    for person in (BUDI, TONO):
        town.do(lambda uow, person=person: uow.destinations.remove(f"web_push-{person.id}"))
    town.press()
    town.ticks()
    assert town.told() == {"sari", "joko", "rini", "head"}


def test_a_stranger_s_report_reaches_the_residents_when_its_gate_opens(town: Reached) -> None:
    town.report(JOKO)
    town.ticks(10)
    town.ticks(4.9)
    assert town.told() == {"budi", "tono"}
    town.ticks(0.2)
    town.ticks(1)
    assert town.told(Wave.RESIDENTS) == {"sari", "rini", "head"}, "the reporter knows"


def test_an_incident_that_is_over_wakes_nobody_else(town: Reached) -> None:
    incident = town.press().incident
    town.do(lambda uow: uow.incidents.set_status(incident, IncidentStatus.RESOLVED))
    town.ticks(60)
    assert town.told() == {"budi", "tono"}
    assert town.store.notifications.waves == {}


def test_one_answer_never_silences_the_others(town: Reached) -> None:
    incident = town.press().incident
    town.do(lambda uow: acknowledge(uow, incident, BUDI))
    assert [p.destination.person for p in town.sends()] == ["tono"], "who answered already is spared"
    town.ticks(10)
    assert {p.destination.person for p in town.sends()} == {"sari", "joko", "rini", "head"}
    town.do(lambda uow: acknowledge(uow, incident, SARI))
    assert {(e.actor) for e in town.record(incident, "acknowledged")} == {"budi", "sari"}
    assert town.of(BUDI).state is NotificationState.NOT_NEEDED


def test_a_silent_ronda_is_told_once_more(town: Reached) -> None:
    town.press()
    town.ticks(10)
    town.ticks(50)
    assert town.told(Wave.AGAIN) == {"budi", "tono"}
    town.ticks(600)
    assert len([n for n in town.store.notifications.all.values() if n.wave is Wave.AGAIN]) == 2


@pytest.mark.parametrize("answer", Answer)
def test_a_ronda_that_answered_is_not_told_again(town: Reached, answer: Answer) -> None:
    incident = town.press().incident
    town.do(lambda uow: acknowledge(uow, incident, TONO, answer))
    town.ticks(60)
    assert town.told(Wave.AGAIN) == set()


def test_a_witness_tells_nobody_twice(town: Reached) -> None:
    town.press("ktg-1")
    town.ticks(10)
    before = len(town.store.notifications.all)
    town.press("ktg-2")
    town.ticks(10)
    assert len(town.store.notifications.all) == before


@pytest.mark.parametrize("kind", [IncidentKind.COMMUNITY_WORK, IncidentKind.DEATH_NOTICE])
def test_community_news_stays_in_the_rt(town: Reached, kind: IncidentKind) -> None:
    town.report(HEAD, kind)
    town.ticks()
    assert town.told() == {"budi", "tono", "sari", "joko", "rini"}
    assert {n.urgency for n in town.store.notifications.all.values()} == {Urgency.NEWS}


def test_news_waits_for_the_morning_and_a_crime_does_not(town: Reached) -> None:
    always = QuietHours(time(0, 0), time(23, 59))
    town.do(lambda uow: uow.destinations.put_preferences("sari", Preferences("en", always)))
    town.report(HEAD, IncidentKind.GATHERING)
    town.ticks()
    assert town.of(SARI).due_at == always.earliest(town.clock.now()) > town.clock.now()
    town.press()
    town.ticks(10)
    assert town.of(SARI).due_at == town.clock.now()


def test_a_destination_hears_what_it_wants_and_when(town: Reached) -> None:
    town.can_be_told(SARI, SMS, hears=frozenset({IncidentClass.CRIME}), after_s=60)
    town.can_be_told(RINI, SMS, confirmed=False)
    town.press(kind=IncidentKind.FIRE)
    town.ticks(10)
    assert [n for n in town.store.notifications.all.values() if n.channel is SMS] == []
    incident = town.press().incident
    town.ticks(10)
    assert town.sends(SMS) == []
    town.do(lambda uow: acknowledge(uow, incident, SARI))
    town.wait(60)
    assert town.sends(SMS) == [], "she answered meanwhile: the dear channel is spared"
    assert town.of(SARI, SMS).state is NotificationState.NOT_NEEDED


def test_what_is_sent_is_looked_at_again(town: Reached) -> None:
    town.press()
    moved = replace(TONO, memberships=(Membership(Role.RONDA, RT2, True),))
    town.do(lambda uow: uow.people.put_person(moved, None))
    town.do(lambda uow: uow.destinations.remove("web_push-budi"))
    assert town.sends() == []
    assert town.of(TONO).state is NotificationState.NOT_NEEDED
    assert (town.of(BUDI).state, town.of(BUDI).error) == (NotificationState.FAILED, "The destination was taken back.")


def test_the_message_says_nothing_that_a_stranger_may_not_know(town: Reached) -> None:
    incident = town.report(SARI, text="Pencuri di rumah Bu Sari, Jalan Mawar 5").incident
    for parcel in town.sends():
        assert parcel.message.incident == incident
        assert not {"Sari", "Mawar", RT1} & set(str(parcel.message).split())


def test_an_attempt_is_sent_then_delivered_and_both_are_on_the_timeline(town: Reached) -> None:
    incident = town.press().incident
    one, other = town.sends()
    assert town.of(BUDI).state is NotificationState.SENDING
    town.concludes(Outcome(one.notification), Outcome(other.notification))
    assert town.record(incident, "notifications_sent")[0].facts == {"channel": "web_push", "count": 2}
    assert town.do(lambda uow: arrived(uow, one.notification))
    assert town.do(lambda uow: arrived(uow, one.notification))
    (entry,) = town.record(incident, "notification_delivered")
    assert entry.actor == one.destination.person
    assert not town.do(lambda uow: arrived(uow, "nothing"))
    assert town.sends() == []


def test_a_failure_is_tried_again_ever_later_and_then_given_up_with_its_sentence(town: Reached) -> None:
    incident = town.press().incident
    waits = []
    while parcels := [p for p in town.sends() if p.destination.person == "budi"]:
        before = town.clock.now()
        town.concludes(Outcome(parcels[0].notification, "The channel answered 503."))
        if (due_at := town.of(BUDI).due_at) is None:
            break
        waits.append((due_at - before).total_seconds())
        town.wait(waits[-1])
    assert town.of(BUDI).state is NotificationState.FAILED
    assert all(2**n <= wait <= 2 ** (n + 1) for n, wait in enumerate(waits[:6], 1))
    assert max(waits) <= 300
    assert timedelta(seconds=sum(waits)) >= timedelta(minutes=59)
    (entry,) = town.record(incident, "notification_failed")
    assert entry.facts["error"] == "The channel answered 503."
    assert entry.facts["attempts"] == len(waits) + 1


def test_the_jitter_spreads_people(town: Reached) -> None:
    town.press()
    parcels = town.sends()
    town.concludes(*(Outcome(p.notification, "away") for p in parcels))
    assert town.of(BUDI).due_at != town.of(TONO).due_at


def test_what_the_channel_asks_for_is_waited(town: Reached) -> None:
    town.press()
    parcel = town.sends(limit=1)[0]
    town.concludes(Outcome(parcel.notification, "429", retry_after=timedelta(seconds=77)))
    assert town.store.notifications.all[parcel.notification].due_at == town.clock.now() + timedelta(seconds=77)


def test_a_destination_that_is_gone_is_forgotten(town: Reached) -> None:
    town.press()
    parcel = town.sends(limit=1)[0]
    town.concludes(Outcome(parcel.notification, "The channel answered 410.", gone=True, refused=True))
    assert town.store.notifications.all[parcel.notification].state is NotificationState.FAILED
    assert town.store.destinations.destination(parcel.destination.id) is None


def test_an_attempt_of_which_nothing_was_heard_is_made_again(town: Reached) -> None:
    town.press()
    town.sends()
    assert town.sends() == []
    town.wait(30)
    assert {p.destination.person for p in town.sends()} == {"budi", "tono"}
    assert town.of(BUDI).attempts == 2


def test_the_first_word_of_an_alarm_jumps_the_queue(town: Reached) -> None:
    town.report(HEAD, IncidentKind.GATHERING)
    town.ticks()
    town.wait(12 * 3600)
    crime = town.press().incident
    assert [p.message.incident for p in town.sends(limit=2)] == [crime, crime]


def test_a_destination_that_was_told_too_often_waits_but_never_for_the_first_word(town: Reached) -> None:
    assert town.clock.now() == town.clock.now()
    for _ in range(2):
        town.press(purpose=Purpose.ACTUAL)
        town.sends()
        town.wait(601)
    news = town.report(HEAD, IncidentKind.GATHERING).incident
    town.press()
    assert {p.message.incident for p in town.sends()}
    town.ticks()
    held = [n for n in town.store.notifications.of_incident(news) if n.person == "budi"]
    town.wait(13 * 3600)
    assert held
    assert town.sends()


def test_an_rt_without_people_is_told_nothing_and_nothing_breaks(town: Reached) -> None:
    town.report(SARI, region=DEAF_RT)
    town.ticks(60)
    assert town.told() == set()


NOON = datetime(2026, 3, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize("channel", NotifyChannel)
def test_the_throttle_lets_no_window_hold_more_than_its_limit(channel: NotifyChannel) -> None:
    told: list[datetime] = []
    now = NOON
    for _ in range(120):
        now = max(now, allowed_at(channel, Urgency.AGAIN, told, now))
        told.append(now)
    for most, window in LIMITS[channel]:
        for begin_ in told:
            assert sum(begin_ <= at < begin_ + window for at in told) <= most
    assert allowed_at(channel, Urgency.FIRST, told, now) == now


@pytest.mark.parametrize(
    ("local", "held"), [("20:59", False), ("21:00", True), ("00:00", True), ("05:29", True), ("05:30", False)]
)
def test_quiet_hours_run_over_midnight(local: str, held: bool) -> None:
    at = datetime.fromisoformat(f"2026-03-01T{local}:00+07:00").astimezone(UTC)
    hours = QuietHours()
    assert hours.holds(at) is held
    morning = hours.earliest(at)
    assert morning.tzinfo is UTC
    assert not hours.holds(morning)
    assert timedelta(0) <= morning - at < timedelta(hours=9)


def test_equal_ends_are_no_quiet_hours() -> None:
    assert not any(QuietHours(time(8), time(8)).holds(NOON + timedelta(hours=h)) for h in range(24))


def test_a_channel_is_tried_by_its_owner_and_only_once_it_was_confirmed(town: Reached) -> None:
    town.can_be_told(RINI, SMS, confirmed=False)
    with pytest.raises(ConflictError, match="confirm it first"):
        town.do(lambda uow: try_destination(uow, RINI, "sms-rini"))
    with pytest.raises(UnknownError):
        town.do(lambda uow: try_destination(uow, SARI, "web_push-rini"))
    town.do(lambda uow: try_destination(uow, RINI, "web_push-rini"))
    with pytest.raises(ConflictError, match="still on its way"):
        town.do(lambda uow: try_destination(uow, RINI, "web_push-rini"))
    (parcel,) = town.sends()
    assert (parcel.message.wave, parcel.message.incident, parcel.message.is_urgent) == (Wave.TRIAL, None, False)
    town.concludes(Outcome(parcel.notification))
    latest = town.do(lambda uow: uow.notifications.latest({"web_push-rini", "sms-rini"}))
    assert {key: one.state for key, one in latest.items()} == {"web_push-rini": NotificationState.SENT}
