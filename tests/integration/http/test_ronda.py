"""The ronda over HTTP, and its calendar as a calendar reads it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from icalendar import Calendar
from tests.integration.served import Rt, Served

pytestmark = pytest.mark.real
WIB = timezone(timedelta(hours=7))


def test_a_night_of_ronda(served: Served, new_rt: Callable[[], Rt]) -> None:
    here, there = new_rt(), new_rt()
    began = datetime.now(WIB) - timedelta(hours=1)
    rota = {
        "region": here.code,
        "weekday": began.weekday(),
        "begins": began.strftime("%H:%M"),
        "minutes": 360,
        "people": [here.people["resident"]],
    }
    if began.date() < datetime.now(WIB).date():  # just after midnight the watch of yesterday cannot be set any more
        rota |= {"weekday": datetime.now(WIB).weekday(), "begins": "00:00"}
    assert served.post("/api/v1/ronda/rotas", there.token("head"), json=rota).status_code == 403
    assert served.post("/api/v1/ronda/rotas", here.token("head"), json=rota).status_code == 201
    on = served.get("/api/v1/ronda/on-duty", here.token("resident"), params={"region": here.code}).json()
    assert [(turn["person"], turn["name"], turn["came_at"]) for turn in on] == [
        (here.people["resident"], "Resident", None)
    ]
    came = served.post("/api/v1/ronda/check-ins", here.token("resident"), json={"region": here.code}).json()
    assert (came["on_duty"], came["came_at"] is not None) == (True, True)
    for path in ("turns", "on-duty", "rotas", "swaps"):
        answer = served.get(f"/api/v1/ronda/{path}", there.token("resident"), params={"region": here.code})
        assert answer.status_code == 403
    next_week = served.get("/api/v1/ronda/turns", here.token("resident"), params={"region": here.code}).json()[-1]
    ask = {"rota": next_week["rota"], "night": next_week["night"]}
    swap = served.post("/api/v1/ronda/swaps", here.token("resident"), json=ask).json()
    assert served.post(f"/api/v1/ronda/swaps/{swap['id']}/accept", there.token("head")).status_code == 404
    taken = served.post(f"/api/v1/ronda/swaps/{swap['id']}/accept", here.token("head")).json()
    assert taken["accepted_by"] == here.people["head"]
    address = served.post("/api/v1/ronda/calendar", here.token("head")).json()["address"]
    feed = served.get(address.removeprefix(served.base_url))
    assert feed.headers["content-type"] == "text/calendar; charset=utf-8"
    starts = [event.start.isoformat() for event in Calendar.from_ical(feed.content).walk("VEVENT")]
    assert starts == [datetime.fromisoformat(next_week["begins_at"]).astimezone(UTC).isoformat()]
    assert served.calls("DELETE", "/api/v1/ronda/calendar", here.token("head")).status_code == 204
    assert served.get(address.removeprefix(served.base_url)).status_code == 404
