"""From a subscription to a checked signature: the real server, a real receiver, and the snippet that the docs print."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.integration.notify.strangers import Stranger
from tests.integration.served import Rt, Served

from kentongan_broker import Enrolment, start

pytestmark = pytest.mark.real

PATH = "/api/v1/subscriptions"
DOCS = Path(__file__).resolve().parents[3] / "docs/webhooks.md"


@pytest.fixture(scope="module")
def open_city(tmp_path_factory: pytest.TempPathFactory, mosquitto_path: Path) -> Iterator[Served]:
    """A server that may call receivers on this machine."""
    folders = [tmp_path_factory.mktemp(name) for name in ("hooks-broker", "hooks-server")]
    with (
        start(folders[0], Enrolment({}), kind="mosquitto") as broker,
        Served(folders[1], broker, foreign_private_addresses=True) as served,
    ):
        yield served


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    with Stranger() as found:
        yield found


def subscribes(served: Served, rt: Rt, url: str, who: str = "admin", **different: Any) -> Any:
    body = {"name": "K", "region": rt.code, "owner": "government", "hears": ["crime"], "url": url, **different}
    return served.post(PATH, rt.token(who), json=body)


def documented() -> Any:
    """`is_ours` as the docs have it."""
    (code,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)
    found: dict[str, Any] = {}
    exec(code, found)  # noqa: S102  # it is our own page
    return found["is_ours"]


def test_a_theft_reaches_a_third_party_whose_check_is_the_documented_one(open_city: Served, stranger: Stranger) -> None:
    rt = Rt(open_city, 701)
    made = subscribes(open_city, rt, f"{stranger.url}/hook")
    assert made.status_code == 201, made.text
    subscription = made.json()
    incident = open_city.post("/api/v1/reports", rt.token("resident"), json=rt.a_report()).json()["incident"]
    open_city.until(lambda: stranger.heard, "the receiver is told")
    path, headers, body = stranger.heard[0]
    told = json.loads(body)
    assert (path, told["event"], told["incident"]["id"]) == ("/hook", "incident.opened", incident)
    named = {name: headers[name.lower()] for name in ("X-Kentongan-Timestamp", "X-Kentongan-Signature")}
    is_ours = documented()
    assert is_ours(subscription["secret"], named, body)
    assert not is_ours(subscription["secret"], named, body + b" ")
    assert not is_ours("whs_another", named, body)
    old = {**named, "X-Kentongan-Timestamp": str(int(named["X-Kentongan-Timestamp"]) - 301)}
    assert not is_ours(subscription["secret"], old, body)
    assert headers["x-kentongan-delivery"] == told["delivery"]

    (listed,) = [one for one in open_city.get(PATH, rt.token("admin")).json() if one["id"] == subscription["id"]]
    assert listed["secret"] is None, "it is shown once"
    deliveries = f"{PATH}/{subscription['id']}/deliveries"
    open_city.until(
        lambda: [one["state"] for one in open_city.get(deliveries, rt.token("admin")).json()] == ["sent"],
        "the delivery's end is shown",
    )


def test_a_test_delivery_and_410(open_city: Served, stranger: Stranger) -> None:
    rt = Rt(open_city, 702)
    id = subscribes(open_city, rt, f"{stranger.url}/hook").json()["id"]
    stranger.says(410)
    assert open_city.post(f"{PATH}/{id}/test", rt.token("admin")).status_code == 202

    def stopped() -> str | None:
        return next(one["stopped"] for one in open_city.get(PATH, rt.token("admin")).json() if one["id"] == id)

    open_city.until(stopped, "it is stopped")
    assert json.loads(stranger.heard[0][2])["event"] == "test"
    stranger.says(204)
    resume = f"{PATH}/{id}/resume"
    assert open_city.post(resume, rt.token("resident")).status_code == 404
    for _ in range(2):
        assert open_city.post(resume, rt.token("admin")).json()["stopped"] is None
    assert open_city.post(f"{PATH}/{id}/test", rt.token("admin")).status_code == 202

    def last() -> dict[str, Any]:
        return next(one["last"] for one in open_city.get(PATH, rt.token("admin")).json() if one["id"] == id)

    open_city.until(lambda: last()["state"] == "sent", "it listens again")
    assert open_city.calls("DELETE", f"{PATH}/{id}", rt.token("admin")).status_code == 204
    assert open_city.get(f"{PATH}/{id}/deliveries", rt.token("admin")).status_code == 404


def test_a_receiver_inside_our_own_network_is_never_called(served: Served, stranger: Stranger) -> None:
    """`served` has no leave to call private addresses, as in production."""
    rt = Rt(served, 703)
    id = subscribes(served, rt, stranger.url.replace("http:", "https:")).json()["id"]
    served.post(f"{PATH}/{id}/test", rt.token("admin"))
    deliveries = f"{PATH}/{id}/deliveries"
    served.until(lambda: served.get(deliveries, rt.token("admin")).json()[0]["error"], "the refusal is shown")
    assert "not a public one" in served.get(deliveries, rt.token("admin")).json()[0]["error"]
    assert stranger.heard == []


def test_what_may_not_be_is_refused_in_a_sentence(open_city: Served) -> None:
    rt = Rt(open_city, 704)
    for different, status, word in (
        ({"owner": "police", "hears": ["community"]}, 403, "may hear of crime only"),
        ({"url": "ftp://kelurahan.example"}, 422, "https://host/path"),
        ({"region": "33.99"}, 404, "no such region"),
        ({"hears": []}, 422, "hears"),
    ):
        answer = subscribes(open_city, rt, **{"url": "https://kelurahan.example", **different})
        assert (answer.status_code, word in answer.text) == (status, True), answer.text
    assert subscribes(open_city, rt, "https://kelurahan.example", who="resident").status_code == 403
