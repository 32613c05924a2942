"""One rendering for everybody who is shown the same: it never hides a change, and a hundred who ask at once cost one."""

import threading

import pytest

from komek.ui.renderings import Renderings


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def renderings(clock):
    return Renderings(most=3, clock=clock)


def test_a_rendering_begun_after_somebody_heard_is_theirs_too(renderings, clock):
    first = renderings.begun_since(99.5, "board", lambda: "five open")
    clock.now = 101.0

    assert renderings.begun_since(99.9, "board", lambda: "six open") == first == ("five open", 100.0)


def test_a_rendering_begun_before_somebody_heard_may_lack_the_change(renderings, clock):
    renderings.begun_since(99.5, "board", lambda: "five open")
    clock.now = 101.0

    assert renderings.begun_since(100.1, "board", lambda: "six open") == ("six open", 101.0)
    assert renderings.begun_since(100.1, "board", lambda: "seven open") == ("six open", 101.0)


def test_what_changes_while_it_is_rendered_is_rendered_again_for_whoever_heard_of_it(renderings, clock):
    def slowly():
        clock.now = 102.0
        # Somebody hears of a change after the rows were read, and asks before the first rendering has ended.
        assert renderings.begun_since(101.0, "board", lambda: "six open") == ("six open", 102.0)
        return "five open"

    assert renderings.begun_since(99.0, "board", slowly) == ("five open", 100.0)
    assert renderings.begun_since(101.0, "board", lambda: "seven open") == ("six open", 102.0)


def test_other_things_are_rendered_for_themselves(renderings):
    renderings.begun_since(0, ("board", "kk"), lambda: "ашық")

    assert renderings.begun_since(0, ("board", "ru"), lambda: "открыто")[0] == "открыто"


def test_a_hundred_who_ask_in_one_moment_cost_one_rendering(renderings):
    everybody_asks, rendered = threading.Barrier(100), []

    def render():
        rendered.append(1)
        return "five open"

    def ask():
        everybody_asks.wait()
        shown.append(renderings.begun_since(99.0, "board", render)[0])

    shown = []
    people = [threading.Thread(target=ask) for _ in range(100)]
    for one in people:
        one.start()
    for one in people:
        one.join()

    assert (shown, rendered) == (["five open"] * 100, [1])


def test_whoever_waited_for_a_rendering_that_failed_renders_for_themselves(renderings):
    begun, may_fail = threading.Event(), threading.Event()

    def fail():
        begun.set()
        may_fail.wait()
        raise ConnectionError

    def first():
        with pytest.raises(ConnectionError):
            renderings.begun_since(99.0, "board", fail)
        failed.append(True)

    failed, shown = [], []
    one = threading.Thread(target=first)
    one.start()
    begun.wait()
    other = threading.Thread(target=lambda: shown.append(renderings.begun_since(99.0, "board", lambda: "five open")[0]))
    other.start()
    may_fail.set()
    one.join()
    other.join()

    assert (failed, shown) == ([True], ["five open"])


def test_no_more_is_kept_than_was_said(renderings):
    for number in range(5):
        renderings.begun_since(0, number, lambda: "old")

    assert renderings.begun_since(0, 4, lambda: "new")[0] == "old"
    assert renderings.begun_since(0, 0, lambda: "new")[0] == "new"


def test_what_was_rendered_for_a_page_is_good_for_a_while(renderings, clock):
    renderings.begun_since(100.0, "board", lambda: "five open", mark=7)
    clock.now = 104.0
    renderings.begun_since(104.0, "counts", lambda: "5", mark=9)

    assert renderings.marked("board", within=5.0) == ("five open", 7)
    assert renderings.oldest_mark(within=5.0) == 7
    clock.now = 105.5
    assert renderings.marked("board", within=5.0) is None
    assert renderings.oldest_mark(within=5.0) == 9


def test_what_was_rendered_without_a_mark_is_good_for_no_page(renderings):
    renderings.begun_since(100.0, "board", lambda: "five open")

    assert renderings.marked("board", within=5.0) is None
    assert renderings.oldest_mark(within=5.0) is None
