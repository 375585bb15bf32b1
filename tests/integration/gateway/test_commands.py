"""The gateway as a kentongan among the others, over a real broker."""

import time

import pytest
from gateway_twins import GATEWAY, until

from kentongan_contract import topics

pytestmark = pytest.mark.real


def test_a_command_sounds_once_and_each_step_is_said(house):
    began = time.monotonic()
    sealed = house.server.command("c1", rounds=2, duration_ms=5000)
    sounding = house.gateway.event(event="siren", on=True, command="c1")
    print(f"command to siren: {(sounding['came'] - began) * 1000:.2f} ms")
    house.server.state(siren="sounding", commands=[["c1", "sounding"]])
    done = house.server.state(siren="silent", commands=[["c1", "completed"]])
    assert done.nonce is not None
    house.server.publish(topics.down(GATEWAY, "command"), sealed)
    until(lambda: house.server.states()[-1].seq > done.seq, "the outcome again")
    assert house.gateway.status()["soundings"] == 1
    assert house.gateway.status()["refused"] == 0


def test_a_command_takes_the_local_alarm_over_without_a_second_sounding(house):
    name, sealed = house.line.report(1)
    house.line.send("report", sealed)
    house.gateway.event(event="siren", on=True, report=name)
    house.server.command("c1")
    house.server.state(siren="sounding", commands=[["c1", "sounding"]])
    house.server.command("c2", action="silence", beats=[])
    house.server.state(siren="silent", commands=[["c1", "silenced"], ["c2", "completed"]])
    status = house.gateway.status()
    assert (status["soundings"], status["local_soundings"], status["siren"]) == (1, 1, "silent")


def test_a_command_of_an_earlier_life_is_refused(house):
    sealed = house.server.command("c1")
    house.server.state(siren="sounding")
    house.gateway.kill()
    house.gateway.start()
    states = len(house.server.states())
    house.server.state(after=states, presence="online")
    house.server.publish(topics.down(GATEWAY, "command"), sealed)
    until(lambda: house.gateway.status()["refused"] == 1, "the refusal")
    assert house.gateway.status()["siren"] == "silent"


def test_a_forged_command_is_counted_and_silent(house):
    house.server.publish(topics.down(GATEWAY, "command"), b"0" * 64 + b' {"id":"c1"}')
    house.server.publish(topics.down(GATEWAY, "command"), b"\xff" * 4000)
    house.server.publish(topics.down(GATEWAY, "command"), b"")
    until(lambda: house.gateway.status()["refused"] == 3, "three refusals")
    assert house.gateway.status()["siren"] == "silent"


def test_heartbeats_bring_new_nonces_and_commands_may_name_the_last_three(house_with):
    house = house_with(HEARTBEAT_MS="500")

    def nonces() -> list[str]:
        return list(dict.fromkeys(state.nonce for state in house.server.states() if state.nonce))

    until(lambda: len(nonces()) >= 4, "four nonces")
    old = nonces()[0]
    house.server.command("c1", nonce=old)
    until(lambda: house.gateway.status()["refused"] == 1, "the refusal")
    house.server.command("c2")
    house.server.state(siren="sounding")
