"""The figures of the wall, what they are held against, and breaches that are announced once."""

from datetime import timedelta

import pytest

from komek.platform.models import AuditEntry
from komek.registers.staff.rules import RightMissing
from komek.rooms.intake import actions as intake
from komek.rooms.intake.facts import AgentSentAway
from komek.rooms.intake.rules import Arrival, NotHere, SeatIsBusy, SeatState
from komek.rooms.quality import actions, queries, rules
from komek.rooms.quality.facts import BreachEnded, BreachResumed, ThresholdBreached
from komek.rooms.quality.models import Breach
from komek.rooms.quality.rules import Figure, Level

pytestmark = pytest.mark.django_db


def minutes(number):
    return timedelta(minutes=number)


@pytest.fixture
def waits(at):
    """Somebody waits in the queue since that moment."""

    def arrive(language="kk", *, since=at):
        number = arrive.number = getattr(arrive, "number", 0) + 1
        return intake.arrive(Arrival("webform", text="Су жоқ", language=language, outer_id=str(number)), at=since)

    return arrive


def of(facts, kind, figure):
    return [fact for fact in facts.of(kind) if fact.figure == figure]


def figures(at):
    return {one.figure: one for one in queries.standings(at)}


def test_the_floor_as_it_stands(waits, aigerim, madina, at):
    waits("kk"), waits("ru", since=at + minutes(1))
    intake.take_seat(aigerim, at=at + minutes(1))
    floor = queries.floor(at + minutes(3))

    standing = {one.figure: one for one in floor.standings}
    assert standing[Figure.WAITING].value + floor.states["offered"] == 2
    assert standing[Figure.FREE].value == 0
    assert {one.language: one.seats for one in floor.tongues} == {"kk": 1, "ru": 1, "en": 0}


def test_the_longest_wait_knows_since_when(waits, at):
    waits("kk"), waits("en", since=at + minutes(2))
    longest = figures(at + minutes(4))[Figure.LONGEST_WAIT]

    assert (longest.value, longest.since, longest.level) == (240, at, Level.DANGER)


def test_nobody_has_to_be_free_where_nobody_is_at_work(at):
    assert figures(at)[Figure.FREE].level is None


def test_the_wall_asks_little(waits, aigerim, at, django_assert_max_num_queries):
    waits("kk")
    intake.take_seat(aigerim, at=at)
    with django_assert_max_num_queries(3):
        queries.floor(at)


def test_a_breach_is_announced_once_and_ends_once(waits, facts, at):
    contact = waits("kk")
    for minute in (1, 3, 4, 5):
        actions.watch(at=at + minutes(minute))
    (said,) = of(facts, ThresholdBreached, "longest_wait")
    assert (said.figure, said.at) == ("longest_wait", at + minutes(3))
    assert {one.figure: one.worst for one in queries.breaches()}["longest_wait"] == 300

    intake.abandon(contact.pk, at=at + minutes(6))
    for minute in (6, 7):
        actions.watch(at=at + minutes(minute))
    (over,) = of(facts, BreachEnded, "longest_wait")
    assert (over.figure, over.breach_id) == ("longest_wait", said.breach_id)
    assert queries.breaches() == []
    assert [one.ended_at for one in queries.breaches_since(at) if one.figure == "longest_wait"] == [at + minutes(6)]


def test_a_figure_that_trembles_at_its_threshold_is_one_breach(waits, facts, saule, at):
    actions.set_threshold(Figure.WAITING, warn=1, danger=1, by=saule, at=at)
    first = waits("kk")
    actions.watch(at=at)
    intake.abandon(first.pk, at=at + minutes(1))
    actions.watch(at=at + minutes(1))
    second = waits("kk", since=at + minutes(3))
    actions.watch(at=at + minutes(3))
    assert len(of(facts, ThresholdBreached, "waiting")) == 1
    assert [fact.at for fact in of(facts, BreachResumed, "waiting")] == [at + minutes(3)]
    assert Breach.objects.get(figure="waiting").ended_at is None

    intake.abandon(second.pk, at=at + minutes(4))
    actions.watch(at=at + minutes(4))
    waits("kk", since=at + minutes(30))
    actions.watch(at=at + minutes(30))
    assert len(of(facts, ThresholdBreached, "waiting")) == 2


def test_a_threshold_is_set_by_the_supervisor_and_audited(waits, saule, aigerim, at):
    with pytest.raises(RightMissing):
        actions.set_threshold(Figure.WAITING, warn=1, danger=2, by=aigerim, at=at)
    with pytest.raises(rules.ThresholdsCrossed):
        actions.set_threshold(Figure.WAITING, warn=3, danger=2, by=saule, at=at)
    waits("kk")
    assert figures(at)[Figure.WAITING].level is Level.FINE

    actions.set_threshold(Figure.WAITING, warn=1, danger=2, by=saule, at=at)
    actions.set_threshold(Figure.WAITING, warn=1, danger=3, by=saule, at=at)

    assert figures(at)[Figure.WAITING].level is Level.WARN
    changed = AuditEntry.objects.get(subject="quality_threshold:waiting", verb="update")
    assert changed.detail["danger"] == [2, 3]


def test_who_forgot_to_leave_is_sent_away_but_nobody_who_talks(waits, aigerim, saule, olzhas, facts, at):
    with pytest.raises(NotHere):
        intake.send_away(aigerim, by=saule, at=at)
    intake.take_seat(aigerim, at=at)
    with pytest.raises(RightMissing):
        intake.send_away(aigerim, by=olzhas, at=at)
    contact = waits("kk", since=at + minutes(1))
    intake.accept(contact.pk, by=aigerim, at=at + minutes(1))
    with pytest.raises(SeatIsBusy):
        intake.send_away(aigerim, by=saule, at=at + minutes(2))
    intake.end(contact.pk, by=aigerim, at=at + minutes(3))

    seat = intake.send_away(aigerim, by=saule, at=at + minutes(9))

    assert (seat.state, seat.reason) == (SeatState.OFF, "sent_away")
    assert facts.of(AgentSentAway) == [AgentSentAway(aigerim.pk, saule.pk, at + minutes(9))]
