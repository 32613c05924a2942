"""The calls of a span of time, counted from the journal of the switch."""

from datetime import timedelta

import pytest

from komek.rooms.calls import actions as calls
from komek.rooms.calls import queries
from komek.rooms.calls.rules import Entry, Place, What, together


@pytest.fixture
def rings(topics, at, aigerim):
    """What the journal says of one call: `rings("1", entered=0, answered=7)`, in seconds."""

    def say(call, **told):
        lines = [
            Entry(
                at + timedelta(seconds=seconds),
                f"1790000000.{call}",
                What(what),
                "q109-ru",
                aigerim.pk if what in {What.ANSWERED, What.ENDED} else None,
                ("", "", "1") if what == What.ENTERED else (),
            )
            for what, seconds in told.items()
        ]
        calls.read(lines, place=Place(7, 100), at=at)

    return say


def test_each_call_is_counted_once_in_the_span_in_which_it_came(rings, at):
    rings("1", entered=0, answered=20, ended=50, gone=50)
    rings("2", entered=10, answered=45)
    rings("3", entered=20, abandoned=24, gone=24)
    rings("4", entered=30, gone=90)
    rings("5", entered=40, callback_asked=50, gone=60)
    rings("6", entered=70)

    first, second = queries.tallies(at, width=timedelta(minutes=1))

    assert (first.offered, first.answered, first.in_time) == (5, 2, 1)
    assert (first.abandoned, first.abandoned_soon, first.to_call_back) == (2, 1, 1)
    assert (first.waiting, first.talking) == (0, 1)
    assert first.service_level == pytest.approx(1 / 4)
    assert first.asa == pytest.approx((20 + 35) / 2)
    assert (second.offered, second.waiting, second.service_level, second.asa) == (1, 1, 0, None)


def test_a_caller_whose_operator_was_lost_waits_again_and_is_not_offered_twice(rings, at):
    rings("1", entered=0, answered=5)
    rings("1", entered=30)

    (span,) = queries.tallies(at, width=timedelta(hours=1))

    assert (span.offered, span.answered, span.waiting, span.talking) == (1, 1, 1, 0)


def test_spans_are_added_up(rings, at):
    rings("1", entered=0, answered=5)
    rings("2", entered=100, abandoned=130)

    day = together(queries.tallies(at, width=timedelta(minutes=1)), begins_at=at)

    assert (day.offered, day.answered, day.abandoned) == (2, 1, 1)


def test_nobody_has_rung(db, at):
    assert queries.tallies(at) == []
    assert together([], begins_at=at).service_level is None
