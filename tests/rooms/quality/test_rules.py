"""What figures are held against, and what a review comes to, without a table."""

import pytest

from komek.rooms.quality import rules
from komek.rooms.quality.rules import Figure, Level, Limit


@pytest.mark.parametrize(
    ("figure", "value", "expected"),
    [
        (Figure.WAITING, 9, Level.FINE),
        (Figure.WAITING, 10, Level.WARN),
        (Figure.WAITING, 25, Level.DANGER),
        (Figure.FREE, 3, Level.FINE),
        (Figure.FREE, 2, Level.WARN),
        (Figure.FREE, 0, Level.DANGER),
        (Figure.SERVICE_LEVEL, 0.9, Level.FINE),
        (Figure.SERVICE_LEVEL, 0.85, Level.WARN),
        (Figure.SERVICE_LEVEL, 0.5, Level.DANGER),
    ],
)
def test_a_figure_asks_for_a_look_and_then_for_hands(figure, value, expected):
    assert rules.level(figure, value, rules.USUAL[figure]) is expected


def test_what_was_not_counted_asks_for_nothing():
    assert rules.level(Figure.SERVICE_LEVEL, None, rules.USUAL[Figure.SERVICE_LEVEL]) is None
    assert rules.level(Figure.ANSWERED, 0, None) is None


@pytest.mark.parametrize(
    ("figure", "limit"),
    [(Figure.WAITING, Limit(10, 5)), (Figure.FREE, Limit(1, 3)), (Figure.OVERDUE, Limit(-1, 5))],
)
def test_acting_before_looking_is_refused(figure, limit):
    with pytest.raises(rules.ThresholdsCrossed):
        rules.checked(figure, limit)


@pytest.mark.parametrize("figure", rules.USUAL)
def test_what_is_usual_makes_sense(figure):
    assert rules.checked(figure, rules.USUAL[figure]) == rules.USUAL[figure]


def test_a_wrong_answer_costs_more_than_a_missing_greeting():
    good = dict.fromkeys(rules.CRITERIA, "yes")

    assert rules.score(good) == 100
    assert rules.score({**good, "greeting": "no"}) == 92
    assert rules.score({**good, "answer": "no"}) == 77
    assert rules.score({**good, "answer": "partly"}) == 88


def test_what_does_not_apply_counts_neither_way():
    assert rules.score({"greeting": "yes", "script": "not_here", "answer": "yes"}) == 100
    assert rules.tidy({"greeting": "yes", "script": "not_here", "nonsense": "no"}) == {"greeting": "yes"}


@pytest.mark.parametrize("nothing", [{}, {"greeting": "not_here"}, {"greeting": "perhaps"}])
def test_a_review_without_an_answer_is_refused(nothing):
    with pytest.raises(rules.NothingJudged):
        rules.score(nothing)
