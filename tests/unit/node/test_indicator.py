from kentongan_contract.messages import STAGES
from kentongan_node.indicator import LIGHTS, ORDER, SHOWN_MS, Indicator


def test_every_stage_of_the_contract_has_a_light_of_its_own():
    assert set(ORDER) == set(STAGES) | {"calling"}
    assert len(set(LIGHTS.values())) == len(ORDER) == len(LIGHTS)


def test_news_only_gets_better():
    lamp = Indicator()
    lamp.press("n.1.0", 0)
    assert lamp.receipt("n.1.0", "police_saw", 1)
    for stale in ("stored", "neighbours_called", "not_delivered", "police_saw"):
        assert not lamp.receipt("n.1.0", stale, 2)
    assert lamp.stage == "police_saw"
    assert lamp.receipt("n.1.0", "resolved", 3)


def test_not_delivered_is_told_after_stored_and_taken_back_by_the_police():
    lamp = Indicator()
    lamp.press("n.1.0", 0)
    assert lamp.receipt("n.1.0", "neighbours_called", 1)
    assert lamp.receipt("n.1.0", "not_delivered", 2)
    assert lamp.receipt("n.1.0", "police_saw", 3)


def test_a_receipt_for_another_report_says_nothing():
    lamp = Indicator()
    assert not lamp.receipt("n.1.0", "stored", 0)
    lamp.press("n.1.1", 0)
    assert not lamp.receipt("n.1.0", "on_the_way", 1)
    assert lamp.stage is None


def test_a_new_press_begins_anew():
    lamp = Indicator()
    lamp.press("n.1.0", 0)
    lamp.receipt("n.1.0", "resolved", 1)
    lamp.press("n.1.1", 2)
    assert lamp.stage is None
    assert lamp.light(2) == "red"


def test_the_lamp_blinks_shows_the_alarm_and_goes_dark():
    lamp = Indicator()
    assert lamp.light(0) is None
    assert lamp.light(0, "amber") == "amber"
    lamp.press("n.1.0", 1000)
    assert (lamp.light(1000), lamp.light(1250), lamp.light(1500)) == ("red", None, "red")
    lamp.receipt("n.1.0", "on_the_way", 2000)
    assert {lamp.light(ms) for ms in range(2000, 9000, 100)} == {"blue"}
    lamp.receipt("n.1.0", "resolved", 10_000)
    assert lamp.light(10_000 + SHOWN_MS - 1) == "green"
    assert lamp.light(10_000 + SHOWN_MS) is None
