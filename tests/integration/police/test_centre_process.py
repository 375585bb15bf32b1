"""The command centre as a process: how it starts, refuses to start, fails on request and ends."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from tests.integration.police.centre_process import RunningCentre, running_centre
from tests.integration.police.sending import Keys, fresh, post_cap, post_forward, signed_cap
from tests.unit.police.forwards import SECRET

pytestmark = pytest.mark.real


def _start(**settings: str) -> "subprocess.CompletedProcess[str]":
    """Run it with these settings, expecting it to give up by itself."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KENTONGAN_")}
    return subprocess.run(
        [sys.executable, "-m", "kentongan_command_centre", "run"],
        env={**environment, **{f"KENTONGAN_CENTRE_{name.upper()}": value for name, value in settings.items()}},
        capture_output=True,
        text=True,
        timeout=20,
    )


def _settings(folder: Path, certificate: Path, **different: str) -> dict[str, str]:
    plain = {
        "http_port": "0",
        "webhook_secret": SECRET.decode(),
        "cap_cert_file": str(certificate),
        "server_url": "http://127.0.0.1:9",
        "database": str(folder / "centre.sqlite"),
    }
    return {**plain, **different}


def test_settings_that_are_missing_are_named(tmp_path: Path) -> None:
    ended = _start(webhook_secret="short")

    assert ended.returncode == 2
    for name in ("WEBHOOK_SECRET", "CAP_CERT_FILE", "SERVER_URL", "DATABASE"):
        assert f"KENTONGAN_CENTRE_{name}:" in ended.stderr
    assert "short" not in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_busy_port_gets_one_sentence(tmp_path: Path, keys: Keys) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        ended = _start(**_settings(tmp_path, keys.certificate, http_port=str(busy.getsockname()[1])))

    assert ended.returncode == 1
    assert len(ended.stderr.strip().splitlines()) == 1
    assert "KENTONGAN_CENTRE_HTTP_PORT" in ended.stderr


@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_a_certificate_that_is_none_gets_one_sentence(tmp_path: Path, content: bytes | None) -> None:
    certificate = tmp_path / "cap.crt"
    if content is not None:
        certificate.write_bytes(content)

    ended = _start(**_settings(tmp_path, certificate))

    assert ended.returncode == 1
    assert len(ended.stderr.strip().splitlines()) == 1
    assert str(certificate) in ended.stderr


def test_a_database_that_is_none_gets_one_sentence(tmp_path: Path, keys: Keys) -> None:
    (tmp_path / "centre.sqlite").write_bytes(b"this is no database, but a letter to the mayor" * 100)

    ended = _start(**_settings(tmp_path, keys.certificate))

    assert ended.returncode == 1
    assert len(ended.stderr.strip().splitlines()) == 1


def test_it_is_well_and_says_so(centre: RunningCentre) -> None:
    assert centre.get("/healthz") == {"status": "ok"}


@pytest.mark.parametrize(("mode", "status"), [("http_500", 500), ("refuse", 403)])
def test_it_fails_as_often_as_it_is_told(centre: RunningCentre, keys: Keys, mode: str, status: int) -> None:
    forward = fresh()
    centre.misbehave(mode, 2)

    assert post_forward(centre, forward).status_code == status
    assert post_cap(centre, signed_cap(keys, forward), forward.delivery).status_code == status
    assert post_forward(centre, forward).status_code == 200


def test_told_to_keep_silent_it_takes_the_document_all_the_same(centre: RunningCentre) -> None:
    forward = fresh()
    centre.misbehave("timeout", 1)

    with pytest.raises(httpx.ReadTimeout):
        post_forward(centre, forward, timeout=0.3)

    assert len(centre.messages(forward.incident)) == 1
    assert post_forward(centre, forward).status_code == 200
    assert len(centre.messages(forward.incident)) == 1


def test_it_cannot_be_told_to_fail_unless_the_settings_allow_it(tmp_path: Path, keys: Keys) -> None:
    with running_centre(
        tmp_path, secret=SECRET.decode(), certificate=keys.certificate, more={"KENTONGAN_CENTRE_FAULTS": "0"}
    ) as centre:
        assert centre.post("/api/failures", json={"mode": "http_500"}).status_code == 403
        assert post_forward(centre, fresh()).status_code == 200


def test_an_open_page_does_not_keep_it_from_ending(tmp_path: Path, keys: Keys) -> None:
    with (
        running_centre(tmp_path, secret=SECRET.decode(), certificate=keys.certificate) as centre,
        httpx.stream("GET", f"{centre.url}/api/changes", timeout=10) as changes,
    ):
        lines = changes.iter_lines()
        first = next(line for line in lines if line.startswith("data:"))
        post_forward(centre, fresh())
        second = next(line for line in lines if line.startswith("data:"))
        assert first != second

        centre.process.terminate()

        assert centre.process.wait(5) == 0
        assert [line for line in lines if line.startswith("data:")] == []


def test_nobody_but_the_demo_may_frame_it_and_nothing_foreign_runs_in_it(centre: RunningCentre) -> None:
    for path in ("/", "/static/inbox.js", "/static/inbox.css", "/static/kentongan.svg", "/api/cases"):
        headers = httpx.get(f"{centre.url}{path}").headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'; script-src 'self';" in policy
        assert "frame-ancestors 'self' http://127.0.0.1:* http://localhost:*" in policy
        assert "X-Frame-Options" not in headers
        assert headers["X-Content-Type-Options"] == "nosniff"
