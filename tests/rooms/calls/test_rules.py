"""Numbers, queues and how long one waits."""

from datetime import datetime, timedelta

import pytest

from komek.rooms.calls import rules
from komek.rooms.calls.rules import Pace


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("+77015550142", "+77015550142"),
        ("8 (701) 555-01-42", "87015550142"),
        ("109", "109"),
        ("", ""),
        ("anonymous", ""),
        ("+7701\r\nX-CC-Call: 1", ""),
        ('"; DROP TABLE', ""),
        ("٠١٢٣٤٥", ""),
        ("+", ""),
        ("1" * 21, ""),
        ("7+701", ""),
    ],
)
def test_a_number_is_kept_whole_or_not_at_all(said, kept):
    assert rules.tidy_number(said) == kept


def test_a_queue_tells_its_language():
    assert rules.language_of("q109-ru") == "ru"
    assert rules.language_of("somebody-elses") == "kk"


def test_the_language_named_first_is_asked_first():
    assert rules.penalty(["ru", "kk"], "ru") == 0
    assert rules.penalty(["ru", "kk"], "kk") == 1
    assert rules.penalty(["ru", "kk"], "en") is None


def test_nothing_is_told_where_nobody_is_at_work():
    assert rules.told_seconds(Pace(waiting=3, staffed=0, call_seconds=300)) is None


def test_the_told_wait_grows_with_the_queue_and_shrinks_with_the_people():
    one, many = Pace(1, 10, 300), Pace(20, 10, 300)

    assert rules.told_seconds(one) < rules.told_seconds(many)
    assert rules.told_seconds(Pace(20, 40, 300)) < rules.told_seconds(many)


def test_those_who_are_overtaken_wait_longer_and_so_do_those_who_come_after_others():
    assert rules.told_seconds(Pace(20, 10, 300, overtaking=0.1)) > rules.told_seconds(Pace(20, 10, 300))
    assert rules.told_seconds(Pace(20, 10, 300, arriving=5)) == rules.told_seconds(Pace(25, 10, 300))


@pytest.mark.parametrize(
    ("spans", "mean"),
    [
        ([(60, True), (120, True)], 90),
        ([(60, True), (60, True), (0, False)], 60),
        # Four last a minute, three of four another, and of those one in three is over then: 60 + ¾ × 60 + ½ × 60.
        ([(60, True), (120, False), (120, True), (180, True)], 135),
        ([(60, False)], None),
        ([], None),
    ],
)
def test_the_mean_of_calls_of_which_some_go_on(spans, mean):
    assert rules.mean_seconds(spans) == (mean if mean is None else pytest.approx(mean))


def test_it_is_the_turn_of_those_whose_first_caller_has_waited_longest():
    noon = datetime.fromisoformat("2026-11-24T12:00")
    since = {"ru": noon, "en": noon + timedelta(minutes=1), "kk": noon + timedelta(minutes=2)}

    assert rules.whose_turn(["kk", "ru"], since) == "ru"
    assert rules.whose_turn(["kk", "en"], since) == "en"
    assert rules.whose_turn(["kk"], since) == ""
    assert rules.whose_turn(["kk", "ru"], {"kk": noon}) == ""


@pytest.mark.parametrize(
    ("pace", "said"),
    [
        (Pace(waiting=0, staffed=5, call_seconds=300), ""),
        (Pace(waiting=1, staffed=50, call_seconds=300), "wait_2"),
        (Pace(waiting=1, staffed=5, call_seconds=300), "wait_5"),
        (Pace(waiting=20, staffed=10, call_seconds=300), "wait_20"),
        (Pace(waiting=100, staffed=10, call_seconds=300), "wait_long"),
        (Pace(waiting=2, staffed=0, call_seconds=300), ""),
        (Pace(waiting=3, staffed=0, call_seconds=300), "overload"),
    ],
)
def test_a_wait_is_said_in_the_sentence_that_holds(pace, said):
    assert rules.sentence(pace) == said


@pytest.mark.parametrize(
    ("said", "called"),
    [
        ("2026-11-23T12:00", "2026-11-23T12:00"),
        ("2026-11-23T23:10", "2026-11-24T08:00"),
        ("2026-11-24T05:00", "2026-11-24T08:00"),
    ],
)
def test_nobody_is_called_at_night(said, called):
    assert rules.not_at_night(datetime.fromisoformat(said)) == datetime.fromisoformat(called)


@pytest.mark.parametrize(
    ("turn", "called"),
    [
        ({"ahead": 0, "free": 1, "rung": 0, "staffed": 1}, True),
        ({"ahead": 1, "free": 0, "rung": 0, "staffed": 5}, True),
        ({"ahead": 2, "free": 0, "rung": 0, "staffed": 5}, False),
        ({"ahead": 0, "free": 0, "rung": 1, "staffed": 5}, False),
        ({"ahead": 0, "free": 0, "rung": 3, "staffed": 40}, True),
        ({"ahead": 0, "free": 0, "rung": 4, "staffed": 40}, False),
        ({"ahead": 0, "free": 0, "rung": 0, "staffed": 0}, False),
    ],
)
def test_a_place_is_kept_by_calling_when_its_turn_comes(turn, called):
    assert rules.is_their_turn(**turn) is called


def test_who_waits_in_another_language_stands_before_a_caller_as_far_as_the_operators_are_the_same():
    waiting = {"kk": 6, "ru": 4, "en": 1}
    shared = {"kk": {1, 2, 3}, "ru": {1, 2, 3}, "en": {3}}
    apart = {"kk": {1}, "ru": {2}, "en": set()}

    assert rules.ahead("ru", waiting=waiting, serving=shared) == 6 + 4 + 1
    assert rules.ahead("en", waiting=waiting, serving=shared) == round(2 + 4 / 3 + 1)
    assert rules.ahead("ru", waiting=waiting, serving=apart) == 4
