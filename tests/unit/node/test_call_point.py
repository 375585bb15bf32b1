from kentongan_node.call_point import SAMPLE_MS, CallPoint


def _sampled(edges, until, hold=300):
    """Events as (ms, name) with a look every 5 ms; edges are (ms, closed)."""
    point = CallPoint(hold)
    seen = []
    for now in range(0, until, SAMPLE_MS):
        closed = False
        for at, level in edges:
            if at <= now:
                closed = level
        event = point.sample(now, closed)
        if event:
            seen.append((now, event))
    return seen


def _woken(edges, until, hold=300):
    """The same with a look at each edge and whenever it asks for one."""
    point = CallPoint(hold)
    seen = []
    closed = False
    edges = list(edges)
    while True:
        due = point.due_ms()
        if edges and (due is None or edges[0][0] <= due):
            now, closed = edges.pop(0)
        elif due is not None and due < until:
            now = due
        else:
            return seen
        event = point.sample(now, closed)
        if event:
            seen.append((now, event))


def test_a_hold_fires_once_and_not_before_its_time():
    seen = _sampled([(100, True), (2000, False)], 3000)
    assert seen == [(120, "pressed"), (400, "held"), (2020, "released")]


def test_a_short_touch_is_no_alarm():
    assert [event for _, event in _sampled([(100, True), (350, False)], 1000)] == ["pressed", "tap"]


def test_noise_shorter_than_the_debounce_is_nothing():
    edges = []
    for at in range(100, 2000, 20):
        edges += [(at, True), (at + 10, False)]
    assert _sampled(edges, 3000) == []
    assert _woken(edges, 3000) == []


def test_a_bouncing_contact_is_one_press():
    edges = [
        (100, True),
        (103, False),
        (106, True),
        (111, False),
        (114, True),
        (1000, False),
        (1004, True),
        (1009, False),
    ]
    assert [event for _, event in _sampled(edges, 2000)] == ["pressed", "held", "released"]
    assert [event for _, event in _woken(edges, 2000)] == ["pressed", "held", "released"]


def test_a_stuck_button_fires_once():
    assert [event for _, event in _sampled([(0, True)], 60_000)] == ["pressed", "held"]


def test_without_a_hold_the_debounced_contact_fires():
    assert _sampled([(100, True), (200, False)], 400, hold=0) == [(120, "held"), (220, "released")]


def test_a_crack_in_the_middle_of_a_hold_does_not_start_it_anew():
    assert (400, "held") in _sampled([(100, True), (200, False), (215, True), (900, False)], 1500)


def test_woken_by_edges_it_sees_what_the_sampler_sees():
    state = 7
    for _ in range(200):
        edges, at, closed = [], 0, False
        for _ in range(20):
            state = (state * 1103515245 + 12345) & 0x7FFFFFFF
            at += SAMPLE_MS * (1 + (state >> 8) % (80 if state & 32 else 6))
            closed = not closed
            edges.append((at, closed))
        until = at + 1000
        assert _woken(edges, until) == _sampled(edges, until)
