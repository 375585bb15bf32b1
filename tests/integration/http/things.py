"""What the matrix asks about: one thing of each sort that lies in a region, kept as if somebody had made it."""

import json
from collections.abc import Callable
from datetime import datetime, time, timedelta, timezone
from zlib import crc32

from tests.ports.samples import a_node, a_report, an_incident

from kentongan_server.domain.access import AccessToken, Session
from kentongan_server.domain.admission import Admission, Invitation
from kentongan_server.domain.city_alarm import CityAlarm
from kentongan_server.domain.drill import Drill
from kentongan_server.domain.drill_schedule import DrillSchedule
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind, Purpose
from kentongan_server.domain.lifecycle import CityAlarmState, DrillState
from kentongan_server.domain.notification import Destination, NotifyChannel
from kentongan_server.domain.release import Release, Ring
from kentongan_server.domain.roster import Rota, Swap
from kentongan_server.domain.subscription import Owner, Subscription
from kentongan_server.domain.trust import Cooldown
from kentongan_server.ports.unit_of_work import UnitOfWork

DAY = timedelta(days=1)


def an_invitation(uow: UnitOfWork, id: str, region: str, head: str) -> None:
    uow.admissions.put_invitation(Invitation(id, region, f"hash {id}", head, uow.now(), uow.now() + DAY, 5))


def an_admission(uow: UnitOfWork, id: str, region: str, head: str) -> None:
    an_invitation(uow, id, region, head)
    uow.people.add_person(f"q-{id}", "Newcomer")
    uow.admissions.put_admission(Admission(id, f"q-{id}", "Newcomer", None, region, id, uow.now()))


def a_kentongan(uow: UnitOfWork, id: str, region: str, _head: str) -> None:
    uow.places.put_node(a_node(f"ktg-{id.lower()}", region=region))


def a_report_of_theirs(uow: UnitOfWork, id: str, region: str, _head: str) -> None:
    uow.incidents.add_incident(an_incident(id, region=region, opened_at=uow.now()))
    uow.incidents.add_report(a_report(id, region=region, incident=id, node=None, reporter=f"p-{id}"))


def a_cooldown(uow: UnitOfWork, id: str, region: str, head: str) -> None:
    a_report_of_theirs(uow, id, region, head)
    uow.trust.add(Cooldown(id, f"p-{id}", id, region, uow.now(), uow.now() + DAY, head))


def a_city_alarm(uow: UnitOfWork, id: str, region: str, _head: str) -> None:
    """Of the kecamatan, proposed by somebody whom nobody asks."""
    uow.plans.put_city_alarm(
        CityAlarm(
            id=id,
            region=region[:8],
            kind=IncidentKind.DISASTER,
            purpose=Purpose.DRILL,
            text=None,
            state=CityAlarmState.PROPOSED,
            kentongan=0,
            proposed_by=f"p-{id}",
            proposed_at=uow.now(),
            due_at=uow.now() + timedelta(minutes=10),
        )
    )


def a_drill(uow: UnitOfWork, id: str, region: str, head: str) -> None:
    later = uow.now() + DAY
    uow.plans.put_drill(Drill(id, region, IncidentKind.FIRE, None, DrillState.SCHEDULED, head, later, later))


def a_schedule(uow: UnitOfWork, id: str, region: str, head: str) -> None:
    later = uow.now() + 9 * DAY
    schedule = DrillSchedule(id, region, IncidentKind.FIRE, None, 1, 6, time(9), head, uow.now(), later, later)
    uow.plans.put_schedule(schedule)


def a_channel(uow: UnitOfWork, id: str, _region: str, _head: str) -> None:
    uow.destinations.put(Destination(id, f"p-{id}", NotifyChannel.EMAIL, f"{id}@warga.example"))


def a_session(uow: UnitOfWork, id: str, _region: str, _head: str) -> None:
    uow.access.put_session(Session(id, f"p-{id}", f"hash {id}", uow.now(), uow.now() + DAY, True, "a phone"))


def a_token(uow: UnitOfWork, id: str, _region: str, _head: str) -> None:
    scopes = frozenset({"incidents:read"})
    until = uow.now() + DAY
    uow.access.put_token(AccessToken(id, f"p-{id}", "a program", f"hash {id}", scopes, uow.now(), until, True))


def a_swap(uow: UnitOfWork, id: str, region: str, _head: str) -> None:
    night = (datetime.now(timezone(timedelta(hours=7))) + timedelta(days=3)).date()
    uow.roster.put_rota(Rota(id, region, night.weekday(), time(22), timedelta(hours=6), (f"p-{id}",), night))
    uow.roster.put_swap(Swap(id, id, night, f"p-{id}", None, uow.now()))


def a_subscription(uow: UnitOfWork, id: str, region: str, head: str) -> None:
    hears, url = frozenset({IncidentClass.CRIME}), "https://k.example/"
    uow.subscriptions.put(Subscription(id, "K", region, Owner.NEIGHBOURHOOD, hears, url, head, uow.now()))


def release_of(id: str) -> int:
    """The sequence of the release that was made under this id."""
    return crc32(id.encode())


def a_release(uow: UnitOfWork, id: str, region: str, head: str) -> None:
    sequence, now = release_of(id), uow.now()
    uow.releases.put(Release(sequence, "0.9", region, 1, Ring.RECEIVING, now, head, now))
    listed = {"sequence": sequence, "version": "0.9", "boards": [], "files": []}
    uow.releases.put_file(sequence, "", b"0" * 128 + b" " + json.dumps(listed).encode())


THINGS: dict[str, Callable[[UnitOfWork, str, str, str], None]] = {
    "invitation": an_invitation,
    "admission": an_admission,
    "node": a_kentongan,
    "report": a_report_of_theirs,
    "cooldown": a_cooldown,
    "city_alarm": a_city_alarm,
    "drill": a_drill,
    "schedule": a_schedule,
    "channel": a_channel,
    "session": a_session,
    "token": a_token,
    "swap": a_swap,
    "subscription": a_subscription,
    "release": a_release,
}
