"""What the router sends: headers, packing, budgets; no browser needed."""

import gzip

import httpx
import pytest
from tests.fakes.api_server import TOKENS

from kentongan_server.inbound.web.assets import page_assets

BUDGET = 26_000


def page_of(api):
    return httpx.get(api.url + "/")


def test_the_page_runs_only_its_own_code_and_frames_only_the_inbox(api):
    headers = page_of(api).headers
    policy = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-src"] == api.inbox_url.removesuffix("/inbox")
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    html = page_of(api).text
    assert " style=" not in html
    assert "<style" not in html
    assert html.count("<script") == html.count('<script type="module" src=') == 1


def test_the_first_load_without_the_map_stays_within_its_budget(api):
    """Page, style, script, words and sign, as they travel."""
    version, assets = page_assets()
    total = len(gzip.compress(page_of(api).content, 9))
    with httpx.Client(base_url=api.url, headers={"Accept-Encoding": "gzip"}) as client:
        for name in ("app.js", "page.css", "i18n/id.json", "kentongan.svg"):
            with client.stream("GET", f"/static/{version}/{name}") as response:
                assert response.headers["content-encoding"] == "gzip"
                packed = b"".join(response.iter_raw())
            assert gzip.decompress(packed) == assets[name].body
            total += len(packed)
    assert total <= BUDGET, f"{total} bytes"


def test_own_files_are_kept_for_ever_under_their_version_and_asked_for_again_under_another(api):
    version, _ = page_assets()
    assert f"/static/{version}/app.js" in page_of(api).text
    kept = httpx.get(f"{api.url}/static/{version}/app.js")
    assert "immutable" in kept.headers["cache-control"]
    old = httpx.get(f"{api.url}/static/000000000000/app.js")
    assert old.headers["cache-control"] == "no-cache"
    again = httpx.get(f"{api.url}/static/000000000000/app.js", headers={"If-None-Match": old.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_leaflet_comes_from_here(api):
    for name, media_type in [("leaflet.js", "text/javascript"), ("leaflet.css", "text/css")]:
        response = httpx.get(f"{api.url}/static/leaflet/{name}")
        assert response.status_code == 200
        assert response.headers["content-type"].startswith(media_type)


@pytest.mark.parametrize(
    "path",
    ["/static/leaflet/leaflet-src.js.map", "/static/x/..%2f..%2fpages.py", "/static/x/%2e%2e/templates/page.html"],
)
def test_nothing_else_is_served(api, path):
    assert httpx.get(api.url + path).status_code == 404


def test_the_session_is_for_demos_only_and_never_kept(api, start_twin):
    session = httpx.get(f"{api.url}/demo/session")
    assert session.json()["tokens"] == TOKENS
    assert session.headers["cache-control"] == "no-store"
    city = start_twin(demo=False)
    assert httpx.get(f"{city.url}/demo/session").status_code == 404
    assert "frame-src 'none'" in page_of(city).headers["content-security-policy"]
    assert "DEMO" not in page_of(city).text
