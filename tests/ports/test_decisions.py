"""What every store keeps of the alarm's decisions: rules, shelvings, RTs woken, doubts, plans, codebooks, and what became of
incidents."""

from dataclasses import replace
from datetime import time, timedelta

from tests.ports.samples import RT1, RT2, a_command, a_node, an_alarm, an_incident, at

from kentongan_server.domain.alarm import Action
from kentongan_server.domain.city_alarm import CityAlarm
from kentongan_server.domain.codebook import SHIPPED, Codebook
from kentongan_server.domain.drill import Drill
from kentongan_server.domain.drill_schedule import DrillSchedule
from kentongan_server.domain.incident import Disposition
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind, Purpose
from kentongan_server.domain.lifecycle import AlarmState, CityAlarmState, DrillState, IncidentStatus
from kentongan_server.domain.place import Presence
from kentongan_server.domain.spread import Period, Rule, Woken
from kentongan_server.domain.trust import Cooldown
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork

PERSON = "resident-1"
CRIME, NIGHT = IncidentClass.CRIME, Period.NIGHT


async def test_the_deepest_rule_counts_until_it_is_dropped(store: Transactions) -> None:
    wide, near = Rule({2: 60}, 2), Rule({2: 30, 4: 90}, 3)

    def fill(uow: UnitOfWork) -> None:
        uow.spreading.put_rule(RT2, CRIME, NIGHT, wide, PERSON, at(0))
        uow.spreading.put_rule(RT1, CRIME, NIGHT, wide, PERSON, at(0))
        uow.spreading.put_rule(RT1, CRIME, NIGHT, near, PERSON, at(1))

    await store.run(fill)
    assert await store.read(lambda uow: uow.spreading.rule([RT1], CRIME, NIGHT)) == near
    assert await store.read(lambda uow: uow.spreading.rule([RT1], CRIME, Period.DAY)) is None
    assert await store.read(lambda uow: uow.spreading.rule([RT1[:-5], RT2], CRIME, NIGHT)) == wide
    assert await store.read(lambda uow: uow.spreading.rules(RT1)) == {(CRIME, NIGHT): near}
    await store.run(lambda uow: uow.spreading.drop_rule(RT1, CRIME, NIGHT))
    assert await store.read(lambda uow: uow.spreading.rules(RT1)) == {}


async def test_a_shelving_ends_by_itself(store: Transactions) -> None:
    await store.run(lambda uow: uow.spreading.shelve(RT1, at(60), "berkabung", PERSON))
    await store.run(lambda uow: uow.spreading.shelve(RT1, at(90), "masih berkabung", PERSON))

    async def shelved(seconds: float) -> dict:
        return await store.read(lambda uow: uow.spreading.shelved([RT1, RT2], at(seconds)))

    assert await shelved(89.999) == {RT1: (at(90), "masih berkabung")}
    assert await shelved(90) == {}


async def test_rts_woken_are_kept_with_their_reason(store: Transactions) -> None:
    woken = Woken(RT2, 2, "same RW 01")
    await store.run(lambda uow: uow.alarms.wake(an_alarm(), {RT2: "semarang-1"}, [woken], at(5)))
    await store.run(lambda uow: uow.alarms.wake(an_alarm(), {}, [], at(6)))
    assert await store.read(lambda uow: uow.alarms.woken("incident-1")) == [woken]
    assert await store.read(lambda uow: uow.alarms.woken_by("alarm-1")) == {RT2}
    assert await store.read(lambda uow: uow.alarms.last_woken_by("alarm-1")) == RT2
    assert await store.read(lambda uow: uow.alarms.last_woken_by("alarm-2")) is None
    assert await store.read(lambda uow: uow.alarms.woken_incidents([RT2[:-5]], 5)) == ["incident-1"]
    assert await store.read(lambda uow: uow.alarms.woken_incidents([RT1], 5)) == []
    for scopes, expected in (([RT2], True), ([RT1], False), ([], False)):
        found = await store.read(lambda uow, scopes=scopes: uow.alarms.has_woken("incident-1", scopes))
        assert found is expected


async def test_a_doubt_counts_until_it_is_over_or_lifted(store: Transactions) -> None:
    doubt = Cooldown("c1", PERSON, "incident-1", RT1, at(0), at(60), "head")
    await store.run(lambda uow: uow.trust.add(doubt))

    async def cooling(seconds: float) -> bool:
        return await store.read(lambda uow: uow.trust.is_cooling(PERSON, at(seconds)))

    assert (await cooling(59), await cooling(60)) == (True, False)
    lifted = replace(doubt, appeal="bukan iseng", appealed_at=at(5), lifted_at=at(9), lifted_by="head")
    await store.run(lambda uow: uow.trust.put(lifted))
    assert await cooling(10) is False
    assert await store.read(lambda uow: uow.trust.of_person(PERSON)) == [lifted]
    assert await store.read(lambda uow: uow.trust.of_person("nobody")) == []


async def test_plans_are_due_at_their_time_and_once_changed_no_more(store: Transactions) -> None:
    city = CityAlarm(
        "city-1", RT1, IncidentKind.FIRE, Purpose.DRILL, "uji", CityAlarmState.PROPOSED, 3, PERSON, at(0), at(600)
    )
    drill = Drill("drill-1", RT1, IncidentKind.FIRE, None, DrillState.SCHEDULED, PERSON, at(60), at(60))
    await store.run(lambda uow: (uow.plans.put_city_alarm(city), uow.plans.put_drill(drill)))
    assert await store.read(lambda uow: uow.plans.city_alarms_due(at(599.999))) == []
    assert await store.read(lambda uow: uow.plans.city_alarms_due(at(600))) == [city]
    assert await store.read(lambda uow: uow.plans.drills_due(at(60))) == [drill]
    sounded = replace(city, state=CityAlarmState.SOUNDED, confirmed_by=PERSON, due_at=None)
    over = replace(drill, state=DrillState.SCORED, due_at=None)
    await store.run(lambda uow: (uow.plans.put_city_alarm(sounded), uow.plans.put_drill(over)))
    assert await store.read(lambda uow: uow.plans.city_alarms_due(at(9999))) == []
    assert await store.read(lambda uow: uow.plans.drills_due(at(9999))) == []
    assert await store.read(lambda uow: uow.plans.city_alarm("city-1")) == sounded
    assert await store.read(lambda uow: uow.plans.drill("drill-1")) == over
    assert await store.read(lambda uow: uow.plans.city_alarms(None, 5)) == [sounded]
    assert await store.read(lambda uow: uow.plans.drills([RT2], 5)) == []
    assert await store.read(lambda uow: uow.plans.drills(None, 5)) == [over]
    assert await store.read(lambda uow: (uow.plans.city_alarm("x"), uow.plans.drill("x"))) == (None, None)


async def test_regular_drills_are_due_until_they_end(store: Transactions) -> None:
    at_nine = time(9, 30)
    first = DrillSchedule("s-1", RT1, IncidentKind.FIRE, "uji", 1, 6, at_nine, PERSON, at(0), at(86_460), at(60))
    second = replace(first, id="s-2", region=RT2, text=None, next_at=at(90_000), due_at=at(3600))
    await store.run(lambda uow: (uow.plans.put_schedule(first), uow.plans.put_schedule(second)))
    assert await store.read(lambda uow: uow.plans.schedule("s-1")) == first
    assert await store.read(lambda uow: uow.plans.schedules_due(at(59.999))) == []
    assert await store.read(lambda uow: uow.plans.schedules_due(at(60))) == [first]
    assert await store.read(lambda uow: uow.plans.schedules(None)) == [first, second]
    assert await store.read(lambda uow: uow.plans.schedules([RT2])) == [second]
    assert await store.read(lambda uow: uow.plans.schedules([RT1.rpartition("/")[0]])) == [first, second]
    ended = replace(first, due_at=None, ended_by=PERSON)
    await store.run(lambda uow: uow.plans.put_schedule(ended))
    assert await store.read(lambda uow: uow.plans.schedules(None)) == [second]
    assert await store.read(lambda uow: (uow.plans.schedule("s-1"), uow.plans.schedule("x"))) == (ended, None)


async def test_an_alarm_is_real_where_it_sounds_and_above_until_it_ends(store: Transactions) -> None:
    async def is_real(*regions: str) -> list[bool]:
        return [await store.read(lambda uow, code=code: uow.alarms.is_real_in(code)) for code in regions]

    rw = RT1.rpartition("/")[0]
    alarm = an_alarm("real", incident="real", state=AlarmState.ACTIVE)
    drill = an_alarm("rehearsal", incident="rehearsal", region=RT2, state=AlarmState.ACTIVE)

    def fill(uow: UnitOfWork) -> None:
        uow.alarms.set_alarm("alarm-1", AlarmState.ENDED, 1, None)
        uow.incidents.add_incident(an_incident("real"))
        uow.incidents.add_incident(an_incident("rehearsal", region=RT2, purpose=Purpose.DRILL))
        uow.alarms.add_alarm(alarm)
        uow.alarms.add_alarm(drill)

    await store.run(fill)
    assert await is_real(RT1, rw, RT2) == [True, True, False]
    await store.run(lambda uow: uow.alarms.wake(alarm, {RT2: "semarang-1"}, [Woken(RT2, 2, "same RW")], at(1)))
    assert await is_real(RT2) == [True]
    await store.run(lambda uow: uow.alarms.set_alarm("real", AlarmState.ENDED, 2, None))
    assert await is_real(RT1, rw, RT2) == [False, False, False]


def a_book(version: str, region: str | None, seconds: float) -> Codebook:
    codes = dict(SHIPPED.codes)
    codes[IncidentKind.THEFT] = replace(codes[IncidentKind.THEFT], pattern=version, beats=(90, 200, 90, 900))
    return Codebook(version, region, codes, SHIPPED.all_clear, at(seconds), PERSON)


async def test_a_region_sounds_by_its_own_codebook_else_by_the_city_s_newest(store: Transactions) -> None:
    own, city = a_book("own-1", RT1, 1), a_book("semarang-2", None, 2)

    async def current(region: str) -> str:
        return (await store.read(lambda uow: uow.codebooks.current(region))).version

    assert await current(RT1) == "semarang-1"
    assert await store.read(lambda uow: uow.codebooks.last_change()) is None
    await store.run(lambda uow: uow.codebooks.add(own))
    await store.run(lambda uow: uow.codebooks.add(city))
    assert (await current(RT1), await current(RT2), await current("")) == ("own-1", "semarang-2", "semarang-2")
    await store.run(lambda uow: uow.codebooks.forget_own(RT1, at(9)))
    assert await current(RT1) == "semarang-2"
    given_up = await store.read(lambda uow: uow.codebooks.current(RT1))
    assert (given_up.since, given_up.revision > own.revision) == (at(9), True), "its kentongan keep the newer word"
    assert (await store.read(lambda uow: uow.codebooks.current(RT2))).since is None
    await store.run(lambda uow: uow.codebooks.forget_own(RT1, at(99)))  # it has none any more
    assert await store.read(lambda uow: uow.codebooks.last_change()) == at(9)
    assert await store.read(lambda uow: uow.codebooks.version("own-1")) == own, "old versions stay readable"
    assert await store.read(lambda uow: uow.codebooks.version("semarang-1")) is SHIPPED
    assert await store.read(lambda uow: uow.codebooks.version("none")) is None
    assert await store.read(lambda uow: uow.codebooks.versions(None)) == [city, SHIPPED]
    assert await store.read(lambda uow: uow.codebooks.versions(RT1)) == [own]


async def test_an_order_is_played_by_the_codebook_of_its_command(store: Transactions) -> None:
    def fill(uow: UnitOfWork) -> None:
        uow.codebooks.add(a_book("own-1", RT1, 1))
        uow.places.heard(a_node("ktg-1", presence=Presence.ONLINE, nonce="0123456789abcdef"), at(0))
        uow.incidents.add_incident(an_incident("theft", kind=IncidentKind.THEFT))
        uow.alarms.add_alarm(an_alarm("theft", incident="theft"))
        commands = [
            a_command("c1", alarm="theft", incident="theft", codebook="own-1"),
            a_command("c2", alarm="theft", incident="theft", codebook=None),
            a_command("c3", alarm="theft", incident="theft", codebook="own-1", action=Action.ALL_CLEAR),
        ]
        uow.alarms.add_commands(commands, at(1))

    await store.run(fill)
    orders = await store.read(lambda uow: uow.alarms.orders(["c1", "c2", "c3"]))
    assert {order.command: order.rhythm.pattern for order in orders} == {"c1": "own-1", "c2": "5-5", "c3": "1-7-1"}


async def test_what_became_of_an_incident_is_kept(store: Transactions) -> None:
    changed = an_incident(
        status=IncidentStatus.RESOLVED,
        kind=IncidentKind.THEFT,
        disposition=Disposition.MINOR,
        settled_at=at(60),
        cancelled_at=at(5),
        duress_at=at(6),
        merged_into="another",
        merged_status=IncidentStatus.DISPATCHED,
    )
    await store.run(lambda uow: uow.incidents.change(changed))
    assert await store.read(lambda uow: uow.incidents.incident("incident-1")) == changed
    assert await store.read(lambda uow: uow.incidents.merged_into("another")) == [changed]
    assert await store.read(lambda uow: uow.incidents.resolved_before(at(60))) == []
    assert await store.read(lambda uow: uow.incidents.resolved_before(at(60.001))) == [changed]


async def test_what_was_taken_back_is_no_known_event(store: Transactions) -> None:
    asked = (RT1, CRIME, Purpose.ACTUAL, at(-600))
    assert await store.read(lambda uow: uow.incidents.open_incident(*asked)) is not None
    await store.run(lambda uow: uow.incidents.change(an_incident(cancelled_at=at(1), duress_at=at(1))))
    assert await store.read(lambda uow: uow.incidents.open_incident(*asked)) is None


async def test_a_kentongan_is_out_of_service_until_it_is_back(store: Transactions) -> None:
    await store.run(lambda uow: uow.places.set_out_of_service("ktg-1", "kabel putus"))
    await store.run(lambda uow: uow.places.put_node(a_node("ktg-1")))
    assert (await store.read(lambda uow: uow.places.node("ktg-1"))).out_of_service == "kabel putus"
    await store.run(
        lambda uow: uow.places.heard(a_node("ktg-1", presence=Presence.ONLINE), at(0) + timedelta(seconds=1))
    )
    assert (await store.read(lambda uow: uow.places.node("ktg-1"))).out_of_service == "kabel putus"
    await store.run(lambda uow: uow.places.set_out_of_service("ktg-1", None))
    assert (await store.read(lambda uow: uow.places.node("ktg-1"))).out_of_service is None


async def test_a_renewed_codebook_is_the_same_and_counts_as_changed(store: Transactions) -> None:
    """Its own or the city's: a kentongan that came from elsewhere keeps the highest revision."""
    own, city = a_book("own-1", RT1, 1), a_book("semarang-2", None, 2)
    for book in (own, city):
        await store.run(lambda uow, book=book: uow.codebooks.add(book))
    for moment in (at(5), at(7)):
        for region in (RT1, RT2):
            await store.run(lambda uow, region=region, moment=moment: uow.codebooks.renew(region, moment))
    mine = await store.read(lambda uow: uow.codebooks.current(RT1))
    assert mine == replace(own, since=at(7))
    assert mine.revision > city.revision > own.revision
    assert await store.read(lambda uow: uow.codebooks.current(RT2)) == replace(city, since=at(7))
    assert (await store.read(lambda uow: uow.codebooks.current(""))).since is None
    assert await store.read(lambda uow: uow.codebooks.last_change()) == at(7)
