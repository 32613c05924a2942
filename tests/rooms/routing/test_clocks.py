"""The clocks of real cards: paused, resumed, extended, missed, stopped."""

from datetime import UTC, date, datetime, timedelta

import pytest

from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries as card_queries
from komek.rooms.cards.rules import Kind
from komek.rooms.routing import actions, jobs, queries, rules
from komek.rooms.routing.facts import ClockPaused, ClockResumed, DeadlineExtended, DeadlineMissed
from komek.rooms.routing.models import Extension, Pause

HOUR = timedelta(hours=1)


@pytest.fixture
def appeal(register, asel):
    return register("WAT-02", kind=Kind.APPEAL, resident=asel)


def test_a_pause_stops_the_clock_and_a_resume_moves_the_promise(burst_main, order_of, facts, olzhas, at):
    actions.pause(burst_main.id, reason="тұрғын үйде жоқ", by=olzhas, at=at + HOUR)
    paused = queries.clock(burst_main.id)
    actions.resume(burst_main.id, by=olzhas, at=at + 3 * HOUR)

    clock = queries.clock(burst_main.id)
    assert paused.paused_at == at + HOUR
    assert (clock.paused_at, clock.due_at) == (None, at + 4 * HOUR)
    assert order_of(burst_main).due_at == at + 4 * HOUR
    assert [f.reason for f in facts.of(ClockPaused)] == ["тұрғын үйде жоқ"]
    assert [f.due_at for f in facts.of(ClockResumed)] == [at + 4 * HOUR]
    (pause,) = Pause.objects.all()
    assert (pause.began_at, pause.ended_at, pause.by) == (at + HOUR, at + 3 * HOUR, olzhas)


def test_two_pauses_are_both_given_back(burst_main, olzhas, at):
    for begins, ends in ((10, 20), (30, 50)):
        actions.pause(burst_main.id, reason="x", by=olzhas, at=at + timedelta(minutes=begins))
        actions.resume(burst_main.id, by=olzhas, at=at + timedelta(minutes=ends))

    assert queries.clock(burst_main.id).due_at == at + timedelta(minutes=150)


def test_the_legal_clock_never_stands(appeal, olzhas, at):
    before = queries.clock(appeal.id).legal_due_on
    actions.pause(appeal.id, reason="x", by=olzhas, at=at)
    actions.resume(appeal.id, by=olzhas, at=at + timedelta(days=10))

    assert queries.clock(appeal.id).legal_due_on == before == date(2026, 11, 23)


def test_a_clock_is_paused_once_and_only_with_a_reason(burst_main, olzhas, at):
    with pytest.raises(rules.NotPaused):
        actions.resume(burst_main.id, by=olzhas, at=at)
    with pytest.raises(rules.ReasonNeeded):
        actions.pause(burst_main.id, reason=" ", by=olzhas, at=at)
    actions.pause(burst_main.id, reason="x", by=olzhas, at=at)
    with pytest.raises(rules.AlreadyPaused):
        actions.pause(burst_main.id, reason="x", by=olzhas, at=at)


def test_an_extension_by_a_norm_comes_on_top_and_the_old_promise_stays_readable(
    burst_main, order_of, facts, olzhas, at
):
    actions.extend(burst_main.id, norm="4h", reason="бөлшек күтеміз", by=olzhas, at=at + HOUR)

    assert queries.clock(burst_main.id).due_at == at + 6 * HOUR
    assert order_of(burst_main).due_at == at + 6 * HOUR
    (told,) = facts.of(DeadlineExtended)
    assert (told.promise, told.due_at, told.reason) == ("due", at + 6 * HOUR, "бөлшек күтеміз")
    (kept,) = Extension.objects.all()
    assert (datetime.fromisoformat(kept.was), kept.norm) == (at + 2 * HOUR, "4h")
    assert "extended" in [entry.verb for entry in card_queries.story(burst_main)]


def test_an_extension_until_a_moment_stands_and_is_pushed_by_later_pauses_only(burst_main, olzhas, at):
    until = at + timedelta(days=2)
    actions.extend(burst_main.id, until=until, reason="x", by=olzhas, at=at + HOUR)
    granted = queries.clock(burst_main.id).due_at
    actions.pause(burst_main.id, reason="x", by=olzhas, at=at + 2 * HOUR)
    actions.resume(burst_main.id, by=olzhas, at=at + 5 * HOUR)

    assert granted == until
    assert queries.clock(burst_main.id).due_at == until + 3 * HOUR


@pytest.mark.parametrize("told", [{"until": datetime(2026, 11, 2, 5, 0, tzinfo=UTC)}, {}])
def test_an_extension_has_to_extend(burst_main, olzhas, at, told):
    with pytest.raises(rules.NotLater):
        actions.extend(burst_main.id, **told, reason="x", by=olzhas, at=at)


def test_what_was_never_promised_is_not_extended(register, olzhas, at):
    card = register("WAT-04")

    assert queries.clock(card.id).due_at is None
    with pytest.raises(rules.NoPromiseToExtend):
        actions.extend(card.id, norm="1h", reason="x", by=olzhas, at=at)
    with pytest.raises(rules.NoPromiseToExtend):
        actions.extend_legally(card.id, until=date(2026, 12, 1), reason="x", by=olzhas, at=at)


def test_the_legal_day_is_moved_with_a_reason_and_the_day_of_the_notice_is_noted(appeal, facts, olzhas, at):
    actions.extend_legally(
        appeal.id, until=date(2026, 12, 20), reason="сараптама", by=olzhas, at=at + timedelta(days=10)
    )

    assert queries.clock(appeal.id).legal_due_on == date(2026, 12, 20)
    (told,) = facts.of(DeadlineExtended)
    assert (told.promise, told.legal_due_on) == ("legal", date(2026, 12, 20))
    (entry,) = [entry for entry in card_queries.story(appeal) if entry.verb == "legally_extended"]
    assert entry.data == {"was": "2026-11-23", "now": "2026-12-20", "notice_by": "2026-11-17"}


@pytest.mark.parametrize(
    ("until", "days", "refusal"),
    [
        (date(2027, 1, 24), 10, rules.TooLongAnExtension),
        (date(2026, 11, 23), 10, rules.NotLater),
        (date(2026, 12, 20), 22, rules.TooLateToExtend),
    ],
)
def test_the_legal_day_is_not_moved_against_the_law(appeal, olzhas, at, until, days, refusal):
    with pytest.raises(refusal):
        actions.extend_legally(appeal.id, until=until, reason="x", by=olzhas, at=at + timedelta(days=days))


def test_two_legal_extensions_together_stay_within_two_months(appeal, olzhas, at):
    actions.extend_legally(appeal.id, until=date(2026, 12, 20), reason="x", by=olzhas, at=at)

    with pytest.raises(rules.TooLongAnExtension):
        actions.extend_legally(appeal.id, until=date(2027, 2, 1), reason="x", by=olzhas, at=at)


def test_a_broken_promise_is_noted_once(burst_main, register, facts, at):
    register("HEA-01")

    assert actions.miss_deadlines(at=at + 2 * HOUR) == 0
    assert actions.miss_deadlines(at=at + 2 * HOUR + timedelta(seconds=1)) == 1
    assert actions.miss_deadlines(at=at + 3 * HOUR) == 0
    (missed,) = facts.of(DeadlineMissed)
    assert (missed.card_id, missed.due_at) == (burst_main.id, at + 2 * HOUR)


def test_a_promise_is_not_broken_while_the_clock_stands_or_after_the_card_is_over(register, olzhas, at):
    paused, closed = register("WAT-02"), register("WAT-02")
    actions.pause(paused.id, reason="x", by=olzhas, at=at)
    cards.close(closed.id, outcome="done", by=olzhas, at=at)

    assert actions.miss_deadlines(at=at + timedelta(days=9)) == 0


def test_a_promise_that_was_broken_and_then_extended_may_be_broken_again(burst_main, facts, olzhas, at):
    actions.miss_deadlines(at=at + 3 * HOUR)
    actions.extend(burst_main.id, norm="4h", reason="x", by=olzhas, at=at + 3 * HOUR)

    actions.miss_deadlines(at=at + 5 * HOUR)
    actions.miss_deadlines(at=at + 7 * HOUR)

    assert [f.due_at for f in facts.of(DeadlineMissed)] == [at + 2 * HOUR, at + 6 * HOUR]


def test_the_job_looks_at_the_time_that_it_is(burst_main, facts):
    jobs.miss_deadlines()

    assert len(facts.of(DeadlineMissed)) == 1


def test_a_card_that_is_over_keeps_no_open_pause(burst_main, olzhas, at):
    actions.pause(burst_main.id, reason="x", by=olzhas, at=at + HOUR)

    cards.close(burst_main.id, outcome="done", by=olzhas, at=at + 2 * HOUR)

    clock = queries.clock(burst_main.id)
    assert (clock.paused_at, clock.stopped_at, clock.due_at) == (None, at + 2 * HOUR, at + 3 * HOUR)
    assert not Pause.objects.filter(ended_at__isnull=True).exists()
    with pytest.raises(rules.NotOpen):
        actions.pause(burst_main.id, reason="x", by=olzhas, at=at + 3 * HOUR)


def test_a_service_with_a_time_of_its_own_keeps_its_own_start(burst_main, order_of, olzhas, at):
    actions.assign(burst_main.id, service_code="DOR", reason="x", norm="4h", by=olzhas, at=at + HOUR)

    actions.extend(burst_main.id, norm="8h", reason="x", by=olzhas, at=at + HOUR)

    assert order_of(burst_main, "SU").due_at == at + 10 * HOUR
    assert order_of(burst_main, "DOR").due_at == at + 5 * HOUR
