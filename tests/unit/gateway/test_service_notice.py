"""systemd hears that we live, over the real kind of socket."""

import asyncio
import socket

import pytest

from kentongan_gateway.service_notice import ServiceNotice


@pytest.fixture
def systemd(tmp_path, monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(str(tmp_path / "notify"))
        channel.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield channel


async def test_ready_and_alive_are_heard(systemd):
    notice = ServiceNotice()
    notice.say("READY=1")
    assert await asyncio.to_thread(systemd.recv, 100) == b"READY=1"
    alive = asyncio.create_task(notice.stay_alive())
    assert await asyncio.to_thread(systemd.recv, 100) == b"WATCHDOG=1"
    alive.cancel()


def test_without_systemd_nothing_happens(monkeypatch, tmp_path):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    ServiceNotice().say("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    ServiceNotice().say("READY=1")
