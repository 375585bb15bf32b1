"""Topics: built and parsed alike, and nothing else is taken for one."""

# ruff: noqa: RUF005 - MicroPython has no [*some, more]

from refusal import refused

from kentongan_contract import topics
from kentongan_contract.errors import ContractError, TopicError

NAMES = ("a", "0", "-", "ktg-0101-1", "a" * 32)
NO_NAMES = (
    "",
    "a" * 33,
    "A",
    "a/b",
    "+",
    "#",
    "a+",
    "$SYS",
    "a b",
    "a\n",
    "a\0",
    "é",
    "a_b",
    "a.b",
    None,
    1,
    b"a",
    ["a"],
)


def test_what_is_built_is_parsed():
    for name in NAMES:
        for kind in topics.UP_KINDS:
            assert topics.parse(topics.up(name, kind)) == (name, "up", kind)
        for kind in topics.DOWN_KINDS:
            assert topics.parse(topics.down(name, kind)) == (name, "down", kind)


def test_a_topic_reads_as_the_design_says():
    assert topics.up("ktg-0101-1", "report") == "kentongan/v1/ktg-0101-1/up/report"
    assert topics.down("ktg-0101-1", "command") == "kentongan/v1/ktg-0101-1/down/command"
    assert topics.every_down("ktg-0101-1") == "kentongan/v1/ktg-0101-1/down/#"
    assert topics.EVERY_UP == "kentongan/v1/+/up/+"
    assert topics.EVERY_STATE == "kentongan/v1/+/up/state"


def test_a_name_is_plain():
    assert all(topics.is_node_name(name) for name in NAMES)
    assert not any(topics.is_node_name(name) for name in NO_NAMES)


def test_no_topic_is_built_for_a_bad_name():
    for name in NO_NAMES:
        refused(TopicError, topics.up, name, "report")
        refused(TopicError, topics.down, name, "command")
        refused(TopicError, topics.every_down, name)


def test_a_kind_has_one_direction():
    for kind in topics.UP_KINDS + ("", "ota", "Report"):
        refused(TopicError, topics.down, "a", kind)
    for kind in topics.DOWN_KINDS + ("", "ota", "Command"):
        refused(TopicError, topics.up, "a", kind)


def test_what_is_not_ours_is_refused():
    strays = (
        "",
        "/",
        "kentongan/v1/a/up",
        "kentongan/v1/a/up/report/x",
        "kentongan/v1/a/up/report/",
        "/kentongan/v1/a/up/report",
        "kentongan/v2/a/up/report",
        "kentongan/v1//up/report",
        "kentongan/v1/a/down/report",
        "kentongan/v1/a/up/command",
        "kentongan/v1/a/sideways/report",
        "kentongan/v1/A/up/report",
        "kentongan/v1/+/up/report",
        "kentongan/v1/a/up/+",
        "kentongan/v1/a/#",
        "$share/kentongan/v1/a/up/report",
        "kentongan/v1/a/up/report\0",
    )
    for stray in strays:
        refused(TopicError, topics.parse, stray)
    assert issubclass(TopicError, ContractError)
