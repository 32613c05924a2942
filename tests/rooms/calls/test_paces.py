"""How fast a queue moves, from the last calls: those that go on still count as long as they have lasted."""

from datetime import timedelta

import pytest

from komek.platform.clock import now
from komek.rooms.calls import actions as calls
from komek.rooms.calls import queries
from komek.rooms.calls.models import Call, PhoneSeat
from komek.rooms.calls.rules import Entry, Place, What
from komek.rooms.intake import actions as intake

SHORT, LONG = 60, 600


@pytest.fixture
def rang(line, aigerim):
    """Somebody rang, was answered at once, and perhaps hung up: `rang(1, began, lasted=60)`."""
    turns = iter(range(1, 100))

    def call(number, began, lasted=None, queue="q109-ru"):
        one = f"1700000000.{number}"
        lines = [(0, What.ENTERED, None, ("", f"+7701555{number:04}")), (0, What.ANSWERED, aigerim.pk, ())]
        lines += [(lasted, What.ENDED, aigerim.pk, ()), (lasted, What.GONE, None, ())] if lasted else []
        told = [Entry(began + timedelta(seconds=at), one, what, queue, who, data) for at, what, who, data in lines]
        calls.read(told, place=Place(1, next(turns)), at=began)

    return call


def test_the_short_ones_among_the_newest_calls_are_not_the_mean(rang):
    at = now()
    for number in range(5):
        rang(2 * number, at - timedelta(seconds=SHORT), lasted=SHORT)
        rang(2 * number + 1, at - timedelta(seconds=LONG))

    assert queries.paces(at=at)["ru"].call_seconds == pytest.approx((SHORT + LONG) / 2, abs=2)


def test_before_any_call_is_over_the_city_goes_by_what_it_has_planned(rang):
    at = now()
    rang(1, at - timedelta(seconds=LONG))

    assert queries.paces(at=at)["ru"].call_seconds == queries.USUAL_SECONDS


def test_lives_in_danger_go_before_the_others(rang, line):
    at = now()
    for number in range(4):
        rang(number, at - timedelta(minutes=10), lasted=SHORT)
    Call.objects.filter(unique_id__endswith=".3").update(urgent=True)

    assert queries.paces(at=at)["ru"].overtaking == 0.25


def test_who_speaks_two_languages_is_waited_for_in_both(rang, aigerim, line):
    at = now()
    intake.take_seat(aigerim, at=at)
    PhoneSeat.objects.create(number=1, agent=aigerim, taken_at=at)
    rang(1, at - timedelta(minutes=30), lasted=LONG, queue="q109-kk")

    paces = queries.paces(at=at)
    assert paces["ru"].call_seconds == pytest.approx(LONG, abs=2)
    assert paces["en"].call_seconds == queries.USUAL_SECONDS
