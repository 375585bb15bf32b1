"""A report is repeated with the same id until the server has stored it, and only then called stored."""

import pytest

pytestmark = pytest.mark.real


def test_two_times_503_then_stored_under_the_same_id(visit):
    visit.tolerate.append("503")
    visit.api.answers.extend([503, 503])
    visit.hold()
    # In one look: the next try may begin while we ask for the next thing. Nothing is claimed before it is stored.
    visit.eventually(
        """() => document.querySelector('#own').dataset.state === 'waiting'
          && document.querySelector('.step[data-step="stored"]').innerText.includes('belum tersimpan')
          && !document.querySelector('.step[data-state="reached"]')"""
    )
    visit.page.wait_for_selector('#own[data-state="stored"]')
    assert [status for *_, status in visit.api.posts] == [503, 503, 201]
    assert len({body["id"] for _, body, _ in visit.api.posts}) == 1


def test_an_answer_that_was_lost_is_asked_for_again(visit):
    """The server stored it and the answer never came: the repeat gets 200 and the same incident."""
    visit.tolerate.append("Failed to load resource")
    lost = []

    def lose_the_first_answer(route):
        route.fetch()
        lost.append(route.request.post_data_json["id"])
        route.abort()

    visit.page.route("**/api/v1/reports", lose_the_first_answer, times=1)
    visit.panic()
    assert [status for *_, status in visit.api.posts] == [201, 200]
    assert {body["id"] for _, body, _ in visit.api.posts} == set(lost)


def test_a_reload_does_not_forget_a_report_on_its_way(visit):
    visit.tolerate.append("503")
    visit.api.answers.extend([503] * 50)
    visit.hold()
    visit.page.wait_for_selector('#own[data-state="waiting"]')
    visit.page.reload()
    visit.page.wait_for_selector("#own .step")
    visit.api.answers.clear()
    visit.page.wait_for_selector('#own[data-state="stored"]')
    assert len({body["id"] for _, body, _ in visit.api.posts}) == 1
    visit.page.reload()
    visit.ready()
    assert visit.page.locator("#own").is_hidden(), "what is stored is not sent again"
    assert [status for *_, status in visit.api.posts][-1] == 201


def test_being_seen_again_does_not_wait_for_the_timer(visit):
    visit.tolerate.append("503")
    visit.page.clock.install()
    visit.api.answers.extend([503] * 100)
    visit.page.clock.resume()
    visit.hold()
    visit.page.wait_for_selector('#own[data-state="waiting"]')
    visit.page.clock.pause_at(visit.page.evaluate("() => Date.now() / 1000 + 5"))  # ahead of a slow machine
    visit.eventually("() => JSON.parse(sessionStorage.getItem('kentongan.outbox'))[0].state === 'waiting'")
    visit.api.answers.clear()
    visit.page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    visit.eventually("() => JSON.parse(sessionStorage.getItem('kentongan.outbox')).length === 0")
    statuses = [status for *_, status in visit.api.posts]
    assert statuses == [503] * (len(statuses) - 1) + [201]


def test_a_refusal_is_told_in_the_servers_words_and_not_repeated(visit):
    visit.tolerate.append("403")
    visit.api.answers.append(403)
    visit.hold()
    visit.page.wait_for_selector('#own[data-state="refused"]')
    assert "The twin was told to answer so." in visit.page.inner_text("#own .own-problem")
    assert visit.page.locator("#own .call").is_visible()
    visit.panic()
    assert [status for *_, status in visit.api.posts] == [403, 201]


def test_ten_seconds_without_storing_say_call_110(visit):
    visit.tolerate.append("503")
    visit.page.clock.install()
    visit.api.answers.extend([503] * 100)
    visit.hold()
    visit.page.wait_for_selector('#own[data-state="waiting"]')
    assert visit.page.locator("#own .call").is_hidden()
    visit.page.clock.fast_forward(11_000)
    visit.page.wait_for_selector("#own .call", state="visible")
    assert visit.page.get_attribute("#own .call a", "href") == "tel:110"
    visit.api.answers.clear()
    visit.page.wait_for_selector('#own[data-state="stored"]')
    assert visit.page.locator("#own .call").is_hidden()


def test_a_report_older_than_ten_minutes_no_longer_wakes_anybody(visit):
    visit.tolerate.append("503")
    visit.page.clock.install()
    visit.api.answers.extend([503] * 100)
    visit.hold()
    visit.page.wait_for_selector('#own[data-state="waiting"]')
    visit.page.clock.fast_forward(601_000)
    visit.page.wait_for_selector('#own[data-state="too_old"]')
    assert "tahan tombol lagi" in visit.page.inner_text("#own .own-problem")
    assert visit.page.evaluate("() => sessionStorage.getItem('kentongan.outbox')") == "[]"


def test_every_ulid_is_new_and_in_the_order_of_time(visit):
    ids = visit.module(
        "ulid.js",
        """
        const many = Array.from({ length: 2000 }, () => module.ulid());
        return { many, first: module.ulid(0), later: module.ulid(2 ** 48 - 1) };
        """,
    )
    assert len(set(ids["many"])) == 2000
    assert ids["first"].startswith("0000000000")
    assert ids["later"].startswith("7ZZZZZZZZZ")
    assert [id[:10] for id in ids["many"]] == sorted(id[:10] for id in ids["many"])
