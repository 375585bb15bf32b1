from kentongan_node.captive_dns import answer

ASKED = b"\x12\x34\x01\x00\x00\x01" + bytes(6) + b"\x03www\x07example\x03com\x00"


def test_every_name_is_the_box():
    said = answer(ASKED + b"\x00\x01\x00\x01")
    assert said[:12] == b"\x12\x34\x85\x00\x00\x01\x00\x01" + bytes(4)
    assert said[12 : len(ASKED) + 4] == ASKED[12:] + b"\x00\x01\x00\x01"
    assert said[-4:] == bytes([192, 168, 4, 1])


def test_an_ipv6_address_is_asked_for_in_vain_but_answered():
    said = answer(ASKED + b"\x00\x1c\x00\x01")
    assert said == b"\x12\x34\x85\x00\x00\x01\x00\x00" + bytes(4) + ASKED[12:] + b"\x00\x1c\x00\x01"


def test_what_is_no_question_is_dropped():
    whole = ASKED + b"\x00\x01\x00\x01"
    for cut in range(len(whole)):
        assert answer(whole[:cut]) is None
    assert answer(b"\x12\x34\x81" + whole[3:]) is None  # an answer
    assert answer(whole[:4] + b"\x00\x02" + whole[6:]) is None  # two questions
    assert answer(whole[:12] + b"\xc0" + whole[13:]) is None  # a pointer
