"""Every operation, by every role, for the own region, another, and the one above: who is let in, and that nothing leaks."""

import contextlib
import hashlib
from datetime import timedelta

import httpx
import pytest
from tests.integration.http.device import Device
from tests.integration.http.matrix import MATRIX, OPEN, OWN, Asked, Row
from tests.integration.http.things import THINGS, release_of
from tests.integration.served import Served
from ulid import ULID

from kentongan_server.domain.granting import Grant
from kentongan_server.domain.people import Membership, Person, Role
from kentongan_server.domain.place import Region
from kentongan_server.domain.region_code import ancestors
from kentongan_server.inbound.http.openapi import operations
from kentongan_server.ports.unit_of_work import UnitOfWork

pytestmark = pytest.mark.real

HOME, FAR = "33.74.07.1001/RW01/RT01", "33.74.08.1001/RW01/RT01"
SILENCE_S = 0.5
DENIED = (401, 403, 404)
REGION_OF = {
    "resident": HOME,
    "rt_head": HOME,
    "ronda": HOME,
    "technician": HOME,
    "polisi_rw": "33.74.07.1001/RW01",
    "operator": "33.74.07",
    "city_admin": "33.74.07",
    "mayor": None,
    "dispatcher": None,
}
ROLE_OF = {name: Role(name) for name in REGION_OF if name not in ("mayor", "dispatcher")}
ROLE_OF |= {"mayor": Role.CITY_ADMIN, "dispatcher": Role.OPERATOR}
SCOPED = [name for name, region in REGION_OF.items() if region is not None]
REGIONAL = sorted(name for name, row in MATRIX.items() if isinstance(row, Row))
ASKED_ABOVE = ("list_", "show_statistics", "show_days", "export_")
LISTS = [name for name in REGIONAL if name.startswith(ASKED_ABOVE) and not MATRIX[name].shows]


class World:
    """Two RTs far apart, each with a neighbour beside it, and one person of each role at home in the first."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.made = ""
        served.run(self._found)

    def _found(self, uow: UnitOfWork) -> None:
        for rt in (HOME, FAR):
            for code in (*ancestors(rt), rt, self.beside(rt)):
                uow.places.put_region(Region(code, code, -6.98, 110.41))
        for name, region in REGION_OF.items():
            membership = Membership(ROLE_OF[name], region, True)
            uow.people.put_person(Person(f"m-{name}", name, (membership,)), self._hash(name))
        uow.people.put_person(Person("m-pending", "Pending", ()), self._hash("pending"))
        for name, rt in (("reporter", HOME), ("far_reporter", FAR)):
            heads = Membership(Role.RT_HEAD, rt, True)
            uow.people.put_person(Person(f"m-{name}", name, (heads,)), self._hash(name))
        uow.people.put_person(Person("m-far-head", "Head", (Membership(Role.RT_HEAD, FAR, True),)), None)

    @staticmethod
    def _hash(name: str) -> str:
        return hashlib.sha256(World.token(name).encode()).hexdigest()

    @staticmethod
    def token(name: str) -> str:
        return f"matrix-token-of-{name}-0123456789"

    @staticmethod
    def beside(region: str) -> str:
        return region.replace("RT01", "RT02")

    def edge(self, region: str) -> str:
        """The region, once it has a confirmed neighbour."""
        token = self.token("mayor")
        self.served.post("/api/v1/adjacencies", token, json={"a": region, "b": self.beside(region)})
        return region

    def make(self, thing: str, region: str) -> str:
        """A fresh thing in the region; its id."""
        id = self.made = str(ULID())
        head = "m-rt_head" if region == HOME else "m-far-head"

        def keep(uow: UnitOfWork) -> None:
            now = uow.now()
            uow.people.add_person(f"p-{id}", "Somebody")
            uow.people.add_grant(
                Grant(id, f"p-{id}", Membership(Role.RESIDENT, region, False, now - timedelta(days=1)), head, now)
            )
            if thing in THINGS:
                THINGS[thing](uow, id, region, head)

        if thing in ("theft", "community_work"):
            token = self.token("reporter" if region == HOME else "far_reporter")
            made = self.served.post("/api/v1/reports", token, json={"id": id, "kind": thing, "region": region})
            assert made.status_code == 201, made.text
            self.made = made.json()["incident"]
            return self.made
        self.served.run(keep)
        return {"person": f"p-{id}", "node": f"ktg-{id.lower()}", "release": str(release_of(id))}.get(thing, id)

    def asks(self, name: str | None, operation: str, region: str):
        row = MATRIX[operation]
        assert isinstance(row, Row)
        method, path, more = row.ask(self, region)
        return self.served.calls(method, path, None if name is None else self.token(name), **more)

    def lets_in(self, name: str | None, operation: str, region: str) -> bool:
        """True when this person is not turned away, and from a list what was made in the region is not missing."""
        row = MATRIX[operation]
        if operation == "events" and name is not None:
            return self._hears(self.token(name), region)
        answer = self.asks(name, operation, region)
        if isinstance(row, Row) and row.shows:
            return answer.status_code == 200 and self.made in answer.text
        return answer.status_code not in DENIED

    def looks_for(self, region: str, path: str) -> Asked:
        """The region itself is what a list should show."""
        self.made = region
        return "GET", f"/api/v1/{path}", {}

    def listens(self, region: str) -> Asked:
        """What to ask for to hear what has just happened in the region."""
        before = self.served.read(lambda uow: uow.timeline.last_seq())
        self.make("theft", region)
        return "GET", "/api/v1/events", {"headers": {"Last-Event-ID": str(before)}}

    def _hears(self, token: str, region: str) -> bool:
        """Whether the stream tells of it. A city alarm's word to the city, whoever made it, ends the listening in vain."""
        row = MATRIX["events"]
        assert isinstance(row, Row)
        _, path, more = row.ask(self, region)
        headers = {**more["headers"], "Authorization": f"Bearer {token}"}
        with (
            httpx.Client(base_url=self.served.base_url, timeout=SILENCE_S, trust_env=False) as client,
            client.stream("GET", path, headers=headers) as stream,
            contextlib.suppress(httpx.ReadTimeout),
        ):
            for line in stream.iter_lines():
                if self.made in line:
                    return True
        return False


@pytest.fixture(scope="module")
def world(served: Served) -> World:
    return World(served)


def test_every_operation_has_a_row(served: Served) -> None:
    described = {operation["operationId"] for _, _, operation in operations(served.get("/openapi.json").json())}
    rows = {name.partition(":")[0] for name in MATRIX}
    assert described - rows == set(), "say in matrix.py who may do it"
    assert rows - described == set(), "this is no operation any more"


@pytest.mark.parametrize("operation", REGIONAL)
def test_who_may_in_their_own_region(world: World, operation: str) -> None:
    row = MATRIX[operation]
    assert isinstance(row, Row)
    found = {name for name in REGION_OF if world.lets_in(name, operation, HOME)}
    assert found == (set(row.may.split()) | set(row.city.split())) - {"pending"}


@pytest.mark.parametrize("operation", REGIONAL)
def test_who_may_in_another_region(world: World, operation: str) -> None:
    row = MATRIX[operation]
    assert isinstance(row, Row)
    found = {name for name in (*REGION_OF, "pending", None) if world.lets_in(name, operation, FAR)}
    assert found == set(row.city.split())


@pytest.mark.parametrize("operation", LISTS)
def test_asking_for_the_region_above_tells_nothing_of_others(world: World, operation: str) -> None:
    world.make("theft", FAR)
    world.make("swap", FAR)
    for name in SCOPED:
        answer = world.asks(name, operation, "33.74")
        assert answer.status_code in DENIED or FAR not in answer.text, name


@pytest.mark.parametrize("name", SCOPED)
def test_lists_hold_one_s_own_region_alone(world: World, name: str) -> None:
    world.make("theft", FAR)
    for path in ("regions", "incidents?limit=500"):
        answer = world.served.get(f"/api/v1/{path}", world.token(name))
        assert answer.status_code == 200
        assert FAR not in answer.text


@pytest.mark.parametrize("name", ["polisi_rw", "operator", "dispatcher", "technician"])
def test_community_news_does_not_exist_for_the_police(world: World, name: str) -> None:
    incident = world.make("community_work", HOME)
    assert incident not in world.served.get("/api/v1/incidents?limit=500", world.token(name)).text
    for method, verb in (("GET", ""), ("POST", "/acknowledge"), ("POST", "/silence")):
        assert world.served.calls(method, f"/api/v1/incidents/{incident}{verb}", world.token(name)).status_code == 404


def test_what_asks_who_one_is_lets_nobody_in_unknown(served: Served) -> None:
    for path, method, operation in operations(served.get("/openapi.json").json()):
        kind = MATRIX.get(operation["operationId"])
        if kind == OWN:
            address = path.replace("{", "").replace("}", "")
            assert served.calls(method.upper(), address, json={}).status_code == 401, operation["operationId"]
        elif isinstance(kind, Row):
            assert operation.get("security"), operation["operationId"]
        elif kind == OPEN:
            assert {"access token": []} not in operation.get("security", []), operation["operationId"]


THEIRS = {
    "show_receipt": ("GET", "reports/{}/receipt", "report"),
    "confirm_channel": ("POST", "me/channels/{}/confirm", "channel"),
    "try_channel": ("POST", "me/channels/{}/test", "channel"),
    "change_channel": ("PUT", "me/channels/{}", "channel"),
    "remove_channel": ("DELETE", "me/channels/{}", "channel"),
    "end_other_session": ("DELETE", "sessions/{}", "session"),
    "drop_token": ("DELETE", "tokens/{}", "token"),
}
BODIES = {"confirm_channel": {"code": "ABCDE"}, "change_channel": {"hears": ["crime"], "after_s": 0}}
LAST = {"end_this_session"}  # ends what the others are asked by


@pytest.mark.parametrize("name", [*REGION_OF, "pending"])
def test_what_is_about_oneself_is_for_every_role(world: World, name: str) -> None:
    turned_away = set()
    with Device(world.served).is_let_in(f"m-{name}") as phone:
        for path, method, operation in operations(world.served.get("/openapi.json").json()):
            if MATRIX.get(operation["operationId"]) != OWN or "{" in path or operation["operationId"] in LAST:
                continue
            if phone.request(method, path, json={}).status_code in (401, 403):
                turned_away.add(operation["operationId"])
    assert turned_away == set()


@pytest.mark.parametrize("operation", THEIRS)
def test_what_is_another_s_is_nobody_s_to_touch(world: World, operation: str) -> None:
    method, path, thing = THEIRS[operation]
    address = f"/api/v1/{path.format(world.make(thing, HOME))}"
    for name in REGION_OF:
        with Device(world.served).is_let_in(f"m-{name}") as phone:
            answer = phone.request(method, address, json=BODIES.get(operation, {}))
        assert answer.status_code == 404, (name, answer.text)
