"""Commands and states over a real broker: sealed for one node, fresh, never retained, and only its own word believed."""

import pytest
from tests.integration.mqtt.conftest import Post
from tests.integration.mqtt.node_talker import a_state

from kentongan_server.use_cases.forwarding.record_police_reply import Reply, record_police_reply

pytestmark = pytest.mark.real


def awake(post: Post) -> None:
    """Both nodes have said their first word."""
    for node in (post.node, post.other):
        node.says(a_state(1))
    post.served.until(lambda: set(post.presences().values()) == {"online"}, "both are online")


def test_a_press_commands_every_node_of_the_rt(post: Post) -> None:
    awake(post)
    report = post.node.presses()
    for node in (post.node, post.other):
        node.until(lambda node=node: node.commands, "its command")
        command = node.commands[0]
        assert (command.action, command.class_, command.purpose) == ("sound", "crime", "actual")
        assert (command.pattern, command.nonce, command.ttl_ms) == ("titir", a_state(1).nonce, 30_000)
        assert command.beats
        assert command.incident == post.incident_of(report)
        assert node.retained_commands == 0
    assert post.node.commands[0].id != post.other.commands[0].id


def test_it_is_repeated_with_the_newest_nonce_until_it_is_answered(post: Post) -> None:
    awake(post)
    post.node.presses()
    post.node.until(lambda: post.node.commands, "its command")
    post.node.says(a_state(2))
    post.node.until(lambda: any(c.nonce == a_state(2).nonce for c in post.node.commands), "one with the new nonce")
    assert len({command.id for command in post.node.commands}) == 1
    counters = [command.counter for command in post.node.commands]
    assert counters == sorted(set(counters))


def test_what_the_nodes_say_is_what_is_shown(post: Post) -> None:
    awake(post)
    incident = post.incident_of(post.node.is_receipted(post.node.presses()).report)
    commands = {}
    for node in (post.node, post.other):
        node.until(lambda node=node: node.commands, "its command")
        commands[node.name] = node.commands[0].id
    post.node.says(a_state(2, siren="sounding", commands=[[commands[post.node.name], "sounding"]]))

    def states() -> dict[str, str]:
        return {command["node"]: command["state"] for command in post.shown(incident)["alarm"]}

    post.served.until(lambda: states()[post.node.name] == "sounding", "it sounds")
    post.node.is_receipted(post.node.receipts[0].report, "neighbours_called")
    for node in (post.node, post.other):
        node.says(a_state(3, commands=[[commands[node.name], "completed"]]))
    post.served.until(lambda: set(states().values()) == {"completed"}, "both have played to the end")
    assert post.shown(incident)["alarm_state"] == "active", "nobody has answered: it lives on and may rise"


def test_nobody_speaks_for_the_other(post: Post) -> None:
    awake(post)
    incident = post.incident_of(post.node.is_receipted(post.node.presses()).report)
    post.other.until(lambda: post.other.commands, "its command")
    forged = [[post.other.commands[0].id, "completed"]]
    post.node.says(a_state(2, commands=forged))
    post.node.says(a_state(3))
    post.served.until(lambda: post.served.read(lambda uow: uow.places.node(post.node.name)).seq == 3, "it was heard")
    states = {command["node"]: command["state"] for command in post.shown(incident)["alarm"]}
    assert states[post.other.name] in ("queued", "sent")


def test_the_stage_is_shown_until_the_node_says_so(post: Post) -> None:
    awake(post)
    report = post.node.presses()
    incident = post.node.is_receipted(report).incident
    post.served.run(lambda uow: record_police_reply(uow, incident, Reply.ACKNOWLEDGED, "Wulan", None))
    post.node.is_receipted(report, "police_saw")
    post.node.until(lambda: sum(r.stage == "police_saw" for r in post.node.receipts) >= 2, "it is said again")
    post.node.says(a_state(2, report=report, stage="police_saw"))
    post.served.until(
        lambda: not post.served.read(lambda uow: uow.outbox.open_receipts(post.node.name)), "it is confirmed"
    )


def test_silence_is_sealed_too(post: Post) -> None:
    awake(post)
    incident = post.node.is_receipted(post.node.presses()).incident
    post.node.until(lambda: post.node.commands, "its command")
    post.node.says(a_state(2, siren="sounding", commands=[[post.node.commands[0].id, "sounding"]]))
    answer = post.served.post(f"/api/v1/incidents/{incident}/silence", post.rt.token("head"))
    assert answer.status_code == 200
    post.node.until(lambda: any(command.action == "silence" for command in post.node.commands), "the silence")
    silence = next(command for command in post.node.commands if command.action == "silence")
    assert (silence.beats, silence.duration_ms) == ([], 0)
    assert silence.counter > post.node.commands[0].counter


def test_presence_follows_birth_and_last_will(post: Post) -> None:
    post.node.connect(will=a_state(0, presence="offline"))
    post.node.says(a_state(1))
    post.served.until(lambda: post.presences()[post.node.name] == "online", "it is online")
    post.node.vanish()
    post.served.until(lambda: post.presences()[post.node.name] == "offline", "its last will is believed")
    post.node.connect(will=a_state(0, presence="offline", session=2))
    post.node.says(a_state(2, session=2))
    post.served.until(lambda: post.presences()[post.node.name] == "online", "it is back")


def test_an_older_state_changes_nothing(post: Post) -> None:
    post.node.says(a_state(5, siren="sounding"))
    post.node.says(a_state(4, siren="silent"))
    post.node.is_receipted(post.node.presses())
    assert post.served.read(lambda uow: uow.places.node(post.node.name)).siren == "sounding"
