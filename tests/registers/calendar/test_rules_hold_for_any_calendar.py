"""Properties of working time, tried on weeks, holidays and zones nobody would think of."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from komek.registers.calendar import rules

ZONES = ("Asia/Almaty", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kathmandu", "UTC")
DAYS = st.dates(date(2023, 12, 1), date(2026, 4, 30))
# Sao Paulo skipped midnight itself until 2019.
MOMENTS = st.datetimes(datetime(2017, 9, 1), datetime(2026, 4, 30), timezones=st.just(UTC))  # noqa: DTZ001
DURATIONS = st.timedeltas(timedelta(0), timedelta(hours=60))

tried = settings(deadline=None, max_examples=60)


@st.composite
def spans(draw: st.DrawFn) -> list[rules.Span]:
    quarters = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
    edges = [time(quarter // 4 % 24, quarter % 4 * 15) for quarter in quarters]
    return [rules.Span(edges[i], edges[i + 1]) for i in range(0, len(edges) - 1, 2)]


@st.composite
def calendars(draw: st.DrawFn) -> rules.WorkingCalendar:
    days = [draw(spans()) for _ in range(7)]
    assume(any(days))
    exceptions = rules.Exceptions(
        draw(st.frozensets(DAYS, max_size=20)), draw(st.dictionaries(DAYS, st.integers(0, 6), max_size=10))
    )
    return rules.WorkingCalendar(
        rules.Week.of(dict(enumerate(days))), exceptions, ZoneInfo(draw(st.sampled_from(ZONES)))
    )


@st.composite
def pauses_after(draw: st.DrawFn, start: datetime) -> list[rules.Pause]:
    lengths = st.timedeltas(timedelta(0), timedelta(days=9))
    return [
        rules.Pause(begins := start + draw(lengths) - timedelta(days=2), begins + draw(lengths))
        for _ in range(draw(st.integers(0, 4)))
    ]


norms = st.builds(
    rules.Norm,
    amount=st.integers(1, 40),
    unit=st.sampled_from([rules.Unit.MINUTES, rules.Unit.HOURS, rules.Unit.WORKING_DAYS]),
    round_the_clock=st.booleans(),
)


@tried
@given(calendars(), MOMENTS, DURATIONS, DURATIONS)
def test_adding_in_two_steps_is_adding_at_once(calendar, start, first, second):
    stepwise = calendar.add_working_time(calendar.add_working_time(start, first), second)

    assert stepwise == calendar.add_working_time(start, first + second)


@tried
@given(calendars(), MOMENTS, DURATIONS, DURATIONS)
def test_more_time_and_a_later_start_never_end_earlier(calendar, start, duration, more):
    due = calendar.add_working_time(start, duration)

    assert start <= due <= calendar.add_working_time(start, duration + more)
    assert due <= calendar.add_working_time(start + more, duration)


@tried
@given(calendars(), MOMENTS, DURATIONS)
def test_the_time_between_start_and_end_is_the_time_added(calendar, start, duration):
    due = calendar.add_working_time(start, duration)

    assert calendar.working_time_between(start, due) == duration
    assert calendar.working_time_between(due, start) == -duration


@tried
@given(calendars(), MOMENTS, DURATIONS, DURATIONS)
def test_time_between_adds_up_over_any_moment_in_between(calendar, start, first, second):
    middle, end = start + first, start + first + second

    parts = calendar.working_time_between(start, middle) + calendar.working_time_between(middle, end)

    assert parts == calendar.working_time_between(start, end)
    assert timedelta(0) <= parts <= end - start


@settings(deadline=None, max_examples=15)
@given(st.sampled_from(["Asia/Almaty", "UTC", "Asia/Kathmandu"]), st.lists(spans(), min_size=7, max_size=7), DAYS)
def test_counting_by_stretches_is_counting_minute_by_minute(zone, days, first):
    assume(any(days))
    assume(abs(first - date(2024, 3, 1)) > timedelta(days=4))  # the repeated hour has a test of its own
    week = rules.Week.of(dict(enumerate(days)))
    calendar = rules.WorkingCalendar(week, rules.Exceptions(frozenset({first + timedelta(days=1)})), ZoneInfo(zone))
    start = datetime.combine(first, time(7, 10), ZoneInfo(zone))

    minutes = 0
    for minute in range(3 * 24 * 60):
        wall = (start.astimezone(UTC) + timedelta(minutes=minute)).astimezone(ZoneInfo(zone))
        if wall.date() != first + timedelta(days=1):
            minutes += any(
                span.start <= wall.time() and (span.end == time(0) or wall.time() < span.end)
                for span in week.days[wall.weekday()]
            )

    assert calendar.working_time_between(start, start + timedelta(days=3)) == timedelta(minutes=minutes)


@tried
@given(calendars(), DAYS, st.integers(0, 30), st.integers(0, 30))
def test_working_days_add_up_and_end_on_working_days(calendar, day, first, second):
    halfway = calendar.add_working_days_to_date(day, first)
    end = calendar.add_working_days_to_date(day, first + second)

    assert calendar.add_working_days_to_date(halfway, second) == end
    assert calendar.is_working_day(end)
    assert calendar.working_days_between(halfway, end) == second


@tried
@given(calendars(), MOMENTS, st.integers(0, 20))
def test_a_promise_of_days_ends_at_a_close_and_never_before_that_much_work_was_possible(calendar, start, days):
    due = calendar.add_working_days(start, days)

    closes = calendar.spans_on((due - timedelta(seconds=1)).astimezone(calendar.zone).date())[-1][1]
    assert due == closes > start


@tried
@given(calendars(), MOMENTS, norms, st.data())
def test_pauses_never_shorten_a_promise(calendar, start, norm, data):
    pauses = data.draw(pauses_after(start))

    paused = rules.deadline(start, norm, calendar, pauses)
    unpaused = rules.deadline(start, norm, calendar)

    assert paused >= unpaused
    assert paused <= rules.deadline(start, norm, calendar, [*pauses, rules.Pause(start, start + timedelta(days=3))])


@tried
@given(calendars(), MOMENTS, norms, st.data())
def test_the_time_that_ran_outside_the_pauses_is_the_time_that_was_promised(calendar, start, norm, data):
    pauses = data.draw(pauses_after(start))

    due = rules.deadline(start, norm, calendar, pauses)

    left = rules.remaining(start, norm, calendar, pauses, at=start)
    assert left == rules.remaining(start, norm, calendar, at=start)
    assert rules.remaining(start, norm, calendar, pauses, at=due) == timedelta(0)


@tried
@given(calendars(), MOMENTS, norms, st.timedeltas(timedelta(0), timedelta(days=5)), DURATIONS)
def test_while_a_pause_is_open_the_time_left_stands(calendar, start, norm, before, waited):
    pause = rules.Pause(start + before)

    left = [rules.remaining(start, norm, calendar, [pause], at=at) for at in (pause.from_, pause.from_ + waited)]

    assume(left[0] > timedelta(0))
    assert left[0] == left[1]


@tried
@given(calendars(), MOMENTS, norms, st.lists(norms, max_size=3))
def test_an_extension_always_gives_more_time(calendar, start, norm, extensions):
    due = rules.deadline(start, norm, calendar)

    for number in range(len(extensions)):
        later = rules.deadline(start, norm, calendar, extensions=extensions[: number + 1])
        assert later > due
        due = later


@tried
@given(norms)
def test_every_norm_reads_back_as_it_was_written(norm):
    assert rules.parse_norm(str(norm), round_the_clock=norm.round_the_clock) == norm


@tried
@given(st.text(max_size=12))
def test_any_text_is_a_norm_or_a_named_refusal(text):
    try:
        norm = rules.parse_norm(text)
    except rules.BadNorm:
        return
    assert rules.parse_norm(str(norm)) == norm


@tried
@given(st.text(max_size=12))
def test_any_text_is_a_span_or_a_named_refusal(text):
    try:
        span = rules.parse_span(text)
    except rules.BadSpan:
        return
    assert rules.parse_span(str(span)) == span


@pytest.mark.parametrize("zone", ZONES)
def test_a_city_that_never_closes_works_every_second_of_three_years(zone):
    week = rules.Week.of(
        {weekday: [rules.Span(time(0), time(12)), rules.Span(time(12), time(0))] for weekday in range(7)}
    )
    calendar = rules.WorkingCalendar(week, rules.Exceptions(), ZoneInfo(zone))
    start, end = datetime(2017, 9, 1, 5, tzinfo=UTC), datetime(2020, 9, 1, 5, tzinfo=UTC)

    assert calendar.working_time_between(start, end) == end - start
