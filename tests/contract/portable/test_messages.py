"""The law of every field: what it takes at its bounds, and what it refuses one step beyond.

`LAW` is written out by hand, apart from the package's own table, so that neither can change alone.
"""

# ruff: noqa: RUF005 - MicroPython has no [*some, more]

import json

import examples
from refusal import refused

from kentongan_contract import codec, messages, updates
from kentongan_contract.errors import ContractError, MessageError

BIGGEST = 9007199254740991
EVERY = dict(messages.MESSAGES)
EVERY.update(updates.UPDATES)
BY_TYPE = {"null": None, "truth": True, "number": 1, "float": 1.0, "text": "panic", "list": [[]], "object": {"a": 1}}


def law(kind, good, bad):
    return kind, good, bad


def text(longest):
    no_text = ["", "x" * (longest + 1), "a b", " a", "a\n", "a\t", "\x7f", "\x00", "é", "\u2028"]
    return law("text", ["!", "~", "x" * longest], no_text)


def whole(lowest, highest):
    return law("number", [lowest, highest], [lowest - 1, highest + 1])


def word(words):
    return law("text", list(words), ["", words[0].upper(), words[0] + " ", words[0] + words[-1]])


def or_null(other):
    kind, good, bad = other
    return kind, good + [None], bad


def nonce():
    return law("text", ["0123456789abcdef", "f" * 16], ["", "0" * 15, "0" * 17, "A" * 16, "g" * 16, " " * 16])


def beats():
    good = [[], [50, 0], [0, 50], [1, 49], [25, 25] * 32, [10000, 10000]]
    bad = [[50], [50, 50, 50], [25, 25] * 33, [49, 0], [0, 0], [10001, 0], [-1, 60], [50.0, 50], [True, 50], [None, 50]]
    return law("list", good, bad + [["50", 50], [[50], 50], [{}, {}]])


def outcomes():
    words = ("device_acked", "sounding", "silenced", "completed", "failed", "expired")
    good = [[], [["x" * 64, "failed"]], [["a", one] for one in words[:4]], [["a", one] for one in words[4:]]]
    bad = [[["a", "sounding"]] * 5, [["a"]], [["a", "failed", "b"]], [["a", "sent"]], [["", "failed"]], [[1, "failed"]]]
    bad += [[["a", None]], ["a"], [None], [{"a": "failed"}], [["a", []]], [["x" * 65, "failed"]]]
    return law("list", good, bad)


def words():
    sixteen = ["w" + str(number) for number in range(16)]
    bad = [sixteen + ["w16"], ["a", "a"], [""], ["a b"], ["x" * 33], [1], [None], [["a"]]]
    return law("list", [[], ["!"], sixteen, ["x" * 32]], bad)


def counts():
    sixteen = {"w" + str(number): number for number in range(16)}
    bad = [dict(sixteen, w16=1), {"": 1}, {"a b": 1}, {"x" * 33: 1}, {"a": -1}, {"a": BIGGEST + 1}, {"a": True}]
    bad += [{"a": None}, {"a": 1.0}, {"a": "1"}, {"a": [1]}]
    return law("object", [{}, {"a": 0, "b": BIGGEST}, sixteen], bad)


def codes():
    good_row = ["fire", "3-3", [90, 160], 10, 1000, "amber"]
    many = [["k" + str(number)] + good_row[1:] for number in range(33)]
    bad = [[], many, [good_row, good_row], [good_row[:5]], [good_row + [1]], [None], [1], ["fire"], [[]]]
    for at, value in ((0, ""), (0, 1), (1, "a b"), (2, [90]), (2, None), (3, -1), (3, 10001), (4, 900001), (5, "pink")):
        bad.append([good_row[:at] + [value] + good_row[at + 1 :]])
    return law("list", [[good_row], many[:32], [["a", "silent", [], 0, 0, "green"]]], bad)


def path():
    return law("text", ["", "a", "kentongan_node/node.py", "x" * 64], ["x" * 65, "A", "a b", "a-b", "\\", "é", "a\n"])


def base64():
    return law(
        "text", ["", "AAAA", "+/09", "YQ==", "A" * 1024], ["A", "AAA", "A" * 1028, "AA A", "AAA-", "AAA_", "éAAA"]
    )


COUNT = whole(0, BIGGEST)
ID = text(64)
WORD = text(32)
PURPOSE = word(("actual", "drill", "test"))
STAGE = word(("stored", "neighbours_called", "police_saw", "on_the_way", "resolved", "not_delivered"))
LAW = {
    "report": {
        "id": ID,
        "kind": WORD,
        "purpose": PURPOSE,
        "boot": COUNT,
        "seq": COUNT,
        "age_ms": or_null(COUNT),
        "of": or_null(ID),
    },
    "state": {
        "presence": word(("online", "offline")),
        "boot": COUNT,
        "session": COUNT,
        "seq": COUNT,
        "nonce": or_null(nonce()),
        "siren": word(("silent", "sounding")),
        "commands": outcomes(),
        "refused": COUNT,
        "report": or_null(ID),
        "stage": or_null(STAGE),
        "uptime_ms": COUNT,
        "firmware": WORD,
        "minor": whole(0, 999),
        "rssi_dbm": or_null(whole(-200, 0)),
        "battery_mv": or_null(whole(0, 100000)),
        "mains": or_null(law("truth", [True, False], [])),
        "temperature_c": or_null(whole(-100, 200)),
        "reset_cause": or_null(WORD),
        "troubles": words(),
        "heard_itself": or_null(word(("sounded", "silent", "cut"))),
        "refusals": counts(),
        "codebook": COUNT,
        "minute": or_null(whole(0, 1439)),
        "peers": or_null(whole(0, 999)),
        "release": COUNT,
        "offered": COUNT,
        "updating": or_null(word(("fetching", "trial", "kept", "rolled_back", "refused"))),
    },
    "command": {
        "id": ID,
        "action": word(("sound", "silence", "test", "all_clear")),
        "incident": or_null(ID),
        "class": word(("crime", "emergency", "community")),
        "purpose": PURPOSE,
        "pattern": WORD,
        "beats": beats(),
        "rounds": whole(0, 10000),
        "duration_ms": whole(0, 900000),
        "colour": word(("red", "amber", "blue", "white", "green")),
        "nonce": nonce(),
        "counter": COUNT,
        "ttl_ms": whole(0, 600000),
        "report": or_null(text(64)),
        "leisure_ms": whole(0, 600000),
    },
    "receipt": {"report": ID, "stage": STAGE, "incident": or_null(ID)},
    "codebook": {"revision": whole(1, BIGGEST), "version": WORD, "codes": codes()},
    "time": {"unix_s": COUNT, "utc_offset_minutes": whole(-720, 840), "nonce": nonce()},
    "offer": {"sequence": whole(1, BIGGEST), "size": whole(1, 16384)},
    "fetch": {"sequence": whole(1, BIGGEST), "path": path(), "offset": COUNT, "size": whole(1, 512)},
    "piece": {"sequence": whole(1, BIGGEST), "path": path(), "offset": COUNT, "data": base64()},
}
# what a message means that was sent before the field was there
BEFORE = {
    "command": {"report": None, "leisure_ms": 0},
    "report": {"of": None},
    "state": {
        "temperature_c": None,
        "reset_cause": None,
        "troubles": [],
        "heard_itself": None,
        "refusals": {},
        "codebook": 0,
        "minute": None,
        "peers": None,
        "release": 0,
        "offered": 0,
        "updating": None,
    },
}


def cases():
    """(kind of message, its golden fields, name of the field, its law) for every field there is."""
    for kind in sorted(LAW):
        golden = examples.fields(kind)
        for name in sorted(LAW[kind]):
            yield kind, golden, name, LAW[kind][name]


def decoded(kind, fields):
    return codec.decode(kind, json.dumps(fields).encode())


def test_every_field_has_a_law_here():
    assert set(LAW) == set(EVERY)
    for kind, message in EVERY.items():
        assert [name for name, _, _ in message.FIELDS] == [name for name in examples_order(kind) if name in LAW[kind]]
        assert len(message.FIELDS) == len(LAW[kind])


def examples_order(kind):
    """The field names in the order of the example's own lines."""
    lines = examples.read(kind + ".json").decode().split("\n")
    return [line.split('"')[1] for line in lines if line.startswith('  "')]


def test_every_field_takes_its_bounds():
    for kind, golden, name, (_, good, _) in cases():
        for value in good:
            message = decoded(kind, dict(golden, **{name: value}))
            assert getattr(message, messages.attribute(name)) == value, (kind, name, value)


def test_every_field_refuses_what_lies_beyond():
    for kind, golden, name, (_, _, bad) in cases():
        for value in bad:
            problem = refused(MessageError, decoded, kind, dict(golden, **{name: value}))
            assert kind + "." + name in str(problem), (name, value, problem)


def test_every_field_refuses_every_other_type():
    for kind, golden, name, (of_type, good, _) in cases():
        for other, value in BY_TYPE.items():
            if other != of_type and not (other == "null" and None in good):
                refused(MessageError, decoded, kind, dict(golden, **{name: value}))


def test_every_field_is_needed_that_was_there_from_the_beginning():
    for kind, golden, name, _ in cases():
        fields = {key: value for key, value in golden.items() if key != name}
        if name in BEFORE.get(kind, {}):
            assert getattr(decoded(kind, fields), name) == BEFORE[kind][name]
            continue
        problem = refused(MessageError, decoded, kind, fields)
        assert kind + "." + name in str(problem)


def test_an_unknown_field_is_ignored():
    for kind in LAW:
        golden = examples.fields(kind)
        extended = dict(golden, volume=11, KIND="x", class_="crime", _check=None, self=1, nested={"a": [1, None]})
        assert decoded(kind, extended) == decoded(kind, golden)


def test_the_constructor_knows_the_same_law():
    for kind, golden, name, (_, _, bad) in cases():
        arguments = {messages.attribute(key): value for key, value in golden.items()}
        message = EVERY[kind](**arguments)
        assert message.fields() == golden
        for value in bad:
            arguments[messages.attribute(name)] = value
            refused(MessageError, lambda made=arguments, of=kind: EVERY[of](**made))


def test_messages_are_equal_by_their_fields():
    one = decoded("receipt", examples.fields("receipt"))
    other = decoded("receipt", examples.fields("receipt"))
    assert one == other
    assert hash(one) == hash(other)
    assert "stage='stored'" in repr(one)
    assert one != decoded("receipt", dict(examples.fields("receipt"), stage="resolved"))
    assert one != decoded("report", examples.fields("report"))
    assert one != "receipt"


def test_a_report_belongs_to_the_node_its_id_names():
    report = decoded("report", examples.fields("report"))
    assert messages.report_id("ktg-0101-1", 17, 4) == report.id
    assert messages.belongs_to(report, "ktg-0101-1")
    for name in ("ktg-0101-2", "ktg-0101-1.17", "", "KTG-0101-1", None):
        assert not messages.belongs_to(report, name)
    for field in ("boot", "seq"):
        other = decoded("report", dict(examples.fields("report"), **{field: 5}))
        assert not messages.belongs_to(other, "ktg-0101-1")


def test_every_fault_is_a_contract_error():
    assert issubclass(MessageError, ContractError)
    assert issubclass(ContractError, ValueError)
