"""Whatever comes in: a 4xx with a sentence, nothing repeated, nothing broken, and a genuine report is taken right after."""

import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.served import Rt, Served

pytestmark = pytest.mark.real

ECHO = "ECHO-9b1d"
ULID = "01JDBV5Y0M0000000000000000"


def good(rt: Rt, **different: Any) -> bytes:
    return json.dumps(rt.a_report(**different)).encode()


def raw(rt: Rt, field: str, value: bytes) -> bytes:
    """A report in which one field's value is these bytes."""
    fields = {name: json.dumps(found).encode() for name, found in rt.a_report(text=ECHO).items()}
    fields[field] = value
    return b"{" + b",".join(json.dumps(name).encode() + b":" + found for name, found in fields.items()) + b"}"


BODIES = {
    "empty": lambda _: b"",
    "blank": lambda _: b"  \n ",
    "no JSON": lambda _: ECHO.encode(),
    "cut off": lambda rt: good(rt)[:-1],
    "two values": lambda rt: good(rt) + good(rt),
    "a list": lambda rt: b"[" + good(rt) + b"]",
    "a number": lambda _: b"1",
    "null": lambda _: b"null",
    "not UTF-8": lambda rt: raw(rt, "text", b'"\xff\xfe"'),
    "UTF-16": lambda rt: good(rt).decode().encode("utf-16"),
    "a byte order mark": lambda rt: b"\xef\xbb\xbf" + good(rt),
    "NaN": lambda rt: raw(rt, "position", b'{"latitude": NaN, "longitude": 1}'),
    "Infinity": lambda rt: raw(rt, "position", b'{"latitude": Infinity, "longitude": 1}'),
    "-Infinity": lambda rt: raw(rt, "position", b'{"latitude": -Infinity, "longitude": 1}'),
    "1e400": lambda rt: raw(rt, "position", b'{"latitude": 1e400, "longitude": 1}'),
    "-1e400": lambda rt: raw(rt, "position", b'{"latitude": -1e400, "longitude": 1}'),
    "5,000 digits": lambda rt: raw(rt, "position", b'{"latitude": ' + b"9" * 5000 + b', "longitude": 1}'),
    "5,000 decimals": lambda rt: raw(rt, "position", b'{"latitude": 99.' + b"9" * 5000 + b', "longitude": 1}'),
    "a number as kind": lambda rt: raw(rt, "kind", b"1" * 5000),
    "off the map": lambda rt: raw(rt, "position", b'{"latitude": 90.1, "longitude": 180.1}'),
    "half a position": lambda rt: raw(rt, "position", b'{"latitude": 1}'),
    "a position of texts": lambda rt: raw(rt, "position", f'{{"latitude": "{ECHO}", "longitude": true}}'.encode()),
    "a lone surrogate": lambda rt: raw(rt, "text", rb'"\ud800"'),
    "a lone low surrogate": lambda rt: raw(rt, "text", rb'"a\udfffb"'),
    "a surrogate in a key": lambda rt: raw(rt, "\ud800", b"1"),
    "a surrogate in a list": lambda rt: raw(rt, "text", rb'["\ud800"]'),
    "NUL": lambda rt: raw(rt, "text", rb'"a\u0000b"'),
    "NUL in the region": lambda rt: raw(rt, "region", rb'"33\u0000"'),
    "NUL in a key": lambda rt: raw(rt, "te\0xt", b"1"),
    "a raw control character": lambda rt: raw(rt, "text", b'"a\x01b"'),
    "a doubled key": lambda rt: good(rt)[:-1] + b', "kind": "fire"}',
    "a doubled key within": lambda rt: raw(rt, "position", b'{"latitude": 1, "latitude": 2, "longitude": 1}'),
    "an unknown field": lambda rt: raw(rt, ECHO, b"1"),
    "an unknown field within": lambda rt: raw(rt, "position", f'{{"latitude":1,"longitude":1,"{ECHO}":1}}'.encode()),
    "proto": lambda rt: raw(rt, "__proto__", b"{}"),
    "an unknown kind": lambda rt: raw(rt, "kind", f'"{ECHO}"'.encode()),
    "a kind in capitals": lambda rt: raw(rt, "kind", b'"THEFT"'),
    "no id": lambda rt: good(rt, id=...),
    "no ULID": lambda rt: raw(rt, "id", f'"{ECHO}"'.encode()),
    "a ULID and a newline": lambda rt: raw(rt, "id", f'"{ULID}\\n"'.encode()),
    "a ULID in other digits": lambda rt: raw(rt, "id", rb'"\u0660\u0661JDBV5Y0M0000000000000000"'),
    "a ULID too far": lambda rt: raw(rt, "id", b'"8ZZZZZZZZZZZZZZZZZZZZZZZZZ"'),
    "a list as id": lambda rt: raw(rt, "id", f'["{ECHO}"]'.encode()),
    "true as text": lambda rt: raw(rt, "text", b"true"),
    "a long text": lambda rt: raw(rt, "text", b'"' + b"x" * 1001 + b'"'),
    "a long region": lambda rt: raw(rt, "region", b'"' + b"3" * 65 + b'"'),
    "an empty region": lambda rt: raw(rt, "region", b'""'),
    "deep lists": lambda _: b"[" * 60_000,
    "deep lists, closed": lambda _: b"[" * 30_000 + b"]" * 30_000,
    "deep objects": lambda _: b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "deep inside a field": lambda rt: raw(rt, "text", b"[" * 20_000 + b"]" * 20_000),
    "depth 100,000": lambda _: b"[" * 100_000,
    "64 KiB and one": lambda rt: raw(rt, "text", b'"' + b"x" * 65_536 + b'"'),
    "10 MB": lambda rt: raw(rt, "text", b'"' + b"x" * 10_000_000 + b'"'),
}
STATUS = {"64 KiB and one": 413, "10 MB": 413, "depth 100,000": 413}


def assert_refused(answer: httpx.Response, *secrets: str) -> None:
    """A problem in its own media type, with a sentence, and not a word of what was sent."""
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["detail"].endswith(".")
    assert len(answer.content) < 4096
    for secret in secrets:
        assert secret not in answer.text


def assert_still_well(served: Served, rt: Rt) -> None:
    assert served.post("/api/v1/reports", rt.token("resident"), content=good(rt), headers=JSON).status_code == 201


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("name", BODIES)
def test_a_bad_body(served: Served, rt: Rt, name: str) -> None:
    answer = served.post("/api/v1/reports", rt.token("resident"), content=BODIES[name](rt), headers=JSON)
    assert_refused(answer, ECHO)
    if name in STATUS:
        assert answer.status_code == STATUS[name]
    assert_still_well(served, rt)
    assert served.read(lambda uow: len(uow.incidents.newest([rt.code], 10))) == 1


@pytest.mark.parametrize("name", ["depth 100,000", "10 MB", "NaN", "deep lists"])
def test_a_bad_body_in_pieces_of_which_nobody_said_how_many(served: Served, rt: Rt, name: str) -> None:
    def pieces() -> Iterator[bytes]:
        body = BODIES[name](rt)
        yield from (body[start : start + 10_000] for start in range(0, len(body), 10_000))

    answer = served.post("/api/v1/reports", rt.token("resident"), content=pieces(), headers=JSON)
    assert_refused(answer, ECHO)
    assert_still_well(served, rt)


def test_a_good_body_in_pieces_is_taken(served: Served, rt: Rt) -> None:
    body = good(rt)
    answer = served.post("/api/v1/reports", rt.token("resident"), content=iter([body[:9], body[9:]]), headers=JSON)
    assert answer.status_code == 201


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "application/json5",
        "x",
        "",
        "application/xml",
    ],
)
def test_a_body_that_says_it_is_something_else(served: Served, rt: Rt, content_type: str) -> None:
    """A form on a foreign page can send text/plain without asking; it must not become a report."""
    headers = {"Content-Type": content_type}
    answer = served.post("/api/v1/reports", rt.token("resident"), content=good(rt), headers=headers)
    assert_refused(answer)
    assert served.read(lambda uow: uow.incidents.newest([rt.code], 10)) == []


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_by_every_right_name_is_taken(served: Served, rt: Rt, content_type: str) -> None:
    headers = {"Content-Type": content_type}
    assert served.post("/api/v1/reports", rt.token("resident"), content=good(rt), headers=headers).status_code == 201


ODD_PATHS = [
    "/api/v1/incidents/%00",
    "/api/v1/incidents/%ff%fe",
    "/api/v1/incidents/" + "x" * 8000,
    "/api/v1/incidents/..%2f..%2fetc%2fpasswd",
    "/api/v1/incidents/' OR 1=1 --",
    "/api/v1/incidents/99999999999999999999999999999999",
    "/api/v1/nothing",
    "/api/v2/incidents",
    "/static/../../etc/passwd",
    "/static/%2e%2e/%2e%2e/settings.py",
]


@pytest.mark.parametrize("path", ODD_PATHS)
def test_an_odd_address(served: Served, rt: Rt, path: str) -> None:
    for method in ("GET", "POST", "DELETE", "PATCH"):
        assert_refused(served.calls(method, path, rt.token("operator")))


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
def test_a_method_that_is_none_here(served: Served, rt: Rt, method: str) -> None:
    answer = served.calls(method, "/api/v1/reports", rt.token("resident"))
    assert_refused(answer)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def conversation(served: Served, said: bytes) -> bytes:
    """What the server answers to these very bytes, until it hangs up or falls silent."""
    address = urlsplit(served.base_url)
    with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
        connection.sendall(said)
        connection.shutdown(socket.SHUT_WR)
        heard = b""
        while part := connection.recv(65536):
            heard += part
        return heard


@pytest.mark.parametrize(
    "said",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nabc\r\n",
        b"POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 200_000 + b"\r\n\r\n",
    ],
    ids=[
        "TLS", "half a line", "a far version", "a negative length", "two lengths", "a bad chunk", "too little",
        "a long header",
    ],
)  # fmt: skip
def test_bytes_that_are_no_request_hurt_nobody(served: Served, rt: Rt, said: bytes) -> None:
    try:
        heard = conversation(served, said)
    except ConnectionError:
        heard = b""  # it hung up
    assert b" 500 " not in heard.split(b"\r\n")[0]
    assert_still_well(served, rt)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
bodies = st.dictionaries(
    st.sampled_from(["id", "kind", "region", "text", "position", "latitude", "lat", "purpose"]) | st.text(max_size=8),
    st.sampled_from([ULID, "theft", "fire", "33.74", {"lat": 1, "lng": 2}]) | values,
    max_size=7,
)


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(body=bodies | values)
def test_any_json_whatsoever(served: Served, rt: Rt, body: Any) -> None:
    content = json.dumps(body).encode(errors="surrogatepass")
    answer = served.post("/api/v1/reports", rt.token("resident"), content=content, headers=JSON)
    assert_refused(answer)


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode(errors="surrogatepass")))
def test_any_bytes_whatsoever(served: Served, rt: Rt, content: bytes) -> None:
    assert_refused(served.post("/api/v1/reports", rt.token("resident"), content=content, headers=JSON))


@pytest.mark.parametrize("number", [2**53, 2**70, 0, -1])
def test_a_release_s_number_that_is_none_is_refused(served: Served, rt: Rt, number: int) -> None:
    answer = served.post(f"/api/v1/releases/{number}/halt", rt.token("admin"), json={"reason": "it does badly"})
    assert (answer.status_code, "sequence" in answer.json()["detail"]) == (422, True)
