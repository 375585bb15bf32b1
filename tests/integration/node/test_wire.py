"""One node on the real broker: born, pressed, confirmed, commanded, and deaf to everything that is not for it."""

import pytest

from kentongan_contract import messages

pytestmark = pytest.mark.real


def _outcome(state: messages.State, id: str) -> str | None:
    return dict(state.commands).get(id)


def test_a_node_is_born_online_with_a_nonce_and_its_will_says_offline(city, run_node):
    node = run_node(city.fleet())
    birth = city.server.wait_state("ktg-a", lambda state: state.presence == "online")
    assert birth.nonce is not None
    assert (birth.session, birth.siren, birth.report) == (1, "silent", None)
    node.cut_power()
    will = city.server.wait_state("ktg-a", lambda state: state.presence == "offline")
    assert (will.boot, will.nonce) == (birth.boot, None)
    assert will.seq < birth.seq


def test_a_press_sounds_here_and_is_said_until_the_receipt(city, run_node):
    node = run_node(city.fleet())
    node.wait("connected")
    report = node.press()
    assert node.status()["siren"] == "sounding"
    copies = city.server.wait_report("ktg-a", report, times=3)
    assert copies[0].kind == "panic"
    assert copies[0].age_ms < 1_000 < copies[2].age_ms
    assert city.server.retained_reports == 0
    city.server.confirm("ktg-a", report)
    node.wait("confirmed", report=report)
    said = len(city.server.reports["ktg-a"])
    city.server.wait_state("ktg-a", lambda state: (state.report, state.stage) == (report, "stored"))
    city.server.confirm("ktg-a", report, "on_the_way")
    node.wait("indicator", stage="on_the_way")
    assert len(city.server.reports["ktg-a"]) == said
    assert node.status()["pending"] == []


def test_a_sealed_command_sounds_and_every_outcome_is_published(city, run_node):
    node = run_node(city.fleet())
    city.server.wait_state("ktg-a", lambda state: state.nonce is not None)
    command = city.server.send("ktg-a", city.server.command("ktg-a", duration_ms=600))
    state = city.server.wait_state("ktg-a", lambda state: _outcome(state, command.id) == "sounding")
    assert state.siren == "sounding"
    state = city.server.wait_state("ktg-a", lambda state: _outcome(state, command.id) == "completed")
    assert state.siren == "silent"
    node.wait("siren", on=False, command=command.id)
    assert [fields["on"] for fields in node.heard("siren", command=command.id)] == [True, False]


def test_the_command_for_its_own_press_takes_the_alarm_over_and_sounds_once(city, run_node):
    node = run_node(city.fleet(local_ms=2_000))
    city.server.wait_state("ktg-a", lambda state: state.nonce is not None)
    report = node.press()
    city.server.confirm("ktg-a", report)
    command = city.server.send("ktg-a", city.server.command("ktg-a", duration_ms=3_000))
    node.wait("siren", on=True, command=command.id)
    node.wait("siren", on=False)
    assert [(fields["on"], fields["command"]) for fields in node.heard("siren")] == [
        (True, None),
        (True, command.id),
        (False, command.id),
    ]
    status = node.status()
    assert (status["soundings"], status["local_soundings"]) == (1, 1)


def test_silence_and_all_clear_obey_the_same_door(city, run_node):
    node = run_node(city.fleet())
    city.server.wait_state("ktg-a", lambda state: state.nonce is not None)
    command = city.server.send("ktg-a", city.server.command("ktg-a"))
    city.server.wait_state("ktg-a", lambda state: _outcome(state, command.id) == "sounding")
    quiet = city.server.send("ktg-a", city.server.command("ktg-a", "silence", beats=[], rounds=0, duration_ms=0))
    state = city.server.wait_state("ktg-a", lambda state: _outcome(state, quiet.id) == "completed")
    assert _outcome(state, command.id) == "silenced"
    assert node.status()["siren"] == "silent"


def test_a_replay_a_stranger_and_a_stale_command_move_nothing(city, run_node):
    node = run_node(city.fleet())
    city.server.wait_state("ktg-a", lambda state: state.nonce is not None)
    genuine = city.server.command("ktg-a", duration_ms=300)
    sealed = city.server.sealed("ktg-a", genuine)
    city.server.post("ktg-a", "command", sealed)
    city.server.wait_state("ktg-a", lambda state: _outcome(state, genuine.id) == "completed")

    seen = len(city.server.states["ktg-a"])
    city.server.post("ktg-a", "command", sealed)  # the same bytes, then the same id sent afresh
    city.server.wait_state("ktg-a", lambda state: _outcome(state, genuine.id) == "completed", since=seen)
    city.server.send("ktg-a", city.server.command("ktg-a", id=genuine.id))
    city.server.post("ktg-a", "command", city.server.sealed("ktg-b", city.server.command("ktg-a")))
    city.server.post("ktg-a", "command", b"not sealed at all")
    node.wait("refused", reason="seal")
    old = city.server.command("ktg-a", nonce="0123456789abcdef")
    city.server.send("ktg-a", old)
    node.wait("expired", command=old.id)
    city.server.wait_state("ktg-a", lambda state: _outcome(state, old.id) == "expired")

    status = node.status()
    assert (status["soundings"], status["siren"]) == (1, "silent")
    assert status["repeats"] == 2
    assert status["refusals"] == {"seal": 2, "nonce": 1}


def test_a_retained_command_is_refused_by_the_node_that_finds_it(city, run_node):
    fleet = city.fleet()
    first = run_node(fleet)
    city.server.wait_state("ktg-a", lambda state: state.nonce is not None)
    sealed = city.server.sealed("ktg-a", city.server.command("ktg-a"))
    first.do("unplug")
    city.server.wait_state("ktg-a", lambda state: state.presence == "offline")
    city.server.post("ktg-a", "command", sealed, retain=True)
    first.do("plug")
    first.wait("refused", reason="retained")
    assert first.status()["soundings"] == 0


def test_nothing_that_travels_makes_a_node_fall(city, run_node):
    node = run_node(city.fleet())
    city.server.wait_state("ktg-a", lambda state: state.nonce is not None)
    genuine = city.server.sealed("ktg-a", city.server.command("ktg-a"))
    for payload in (b"", b"\x00", b"\xff" * 4000, genuine[:-1], genuine[:64], b"{" * 4000, b"[" * 4096):
        for kind in ("command", "receipt"):
            city.server.post("ktg-a", kind, payload)
    status = node.wait_status(refused=14)
    assert (status["soundings"], status["connected"]) == (0, True)
    assert len(node.heard("connected")) == 1
