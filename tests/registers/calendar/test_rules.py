"""What the calendar promises, told with real dates of Kazakhstan."""

import time as stopwatch
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from komek.registers.calendar import rules

ASTANA = ZoneInfo("Asia/Almaty")

HOLIDAYS_2026 = frozenset(
    date(2026, month, day)
    for month, days in {
        1: [1, 2, 7],
        3: [8, 9, 21, 22, 23, 24, 25],
        5: [1, 7, 9, 11, 27],
        7: [6],
        8: [30, 31],
        10: [25, 26],
        12: [16],
    }.items()
    for day in days
)
MOVED_2024 = rules.Exceptions(frozenset({date(2024, 5, 8)}), {date(2024, 5, 4): 2})

CALENDAR_2026 = rules.WorkingCalendar(rules.KAZAKHSTAN_WEEK, rules.Exceptions(HOLIDAYS_2026), ASTANA)
ROUND_THE_CLOCK = rules.WorkingCalendar(
    rules.Week.of({weekday: [rules.parse_span("00:00-24:00")] for weekday in range(7)}), rules.Exceptions(), ASTANA
)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ASTANA)


def promised(start: str, norm: str, *pauses: rules.Pause, **more: object) -> datetime | None:
    due = rules.deadline(local(start), rules.parse_norm(norm), CALENDAR_2026, pauses, **more)
    return due and due.astimezone(ASTANA)


# The legal clock


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2025-12-26", "2026-01-21"),  # over 1, 2 and 7 January
        ("2026-03-05", "2026-04-01"),  # over 8-9 and 21-25 March
        ("2026-03-20", "2026-04-15"),
        ("2026-01-03", "2026-01-27"),  # a Saturday: counts as Monday, 5 January
        ("2026-08-14", "2026-09-07"),  # over Constitution Day, moved to 31 August
    ],
)
def test_an_appeal_is_answered_within_fifteen_working_days(received, due):
    answered_by = CALENDAR_2026.add_working_days_to_date(date.fromisoformat(received), 15)

    assert answered_by == date.fromisoformat(due)


def test_redirecting_an_appeal_takes_three_working_days_at_most():
    assert CALENDAR_2026.add_working_days_to_date(date(2026, 3, 19), 3) == date(2026, 3, 27)


def test_the_days_left_are_counted_as_the_days_were_promised():
    assert CALENDAR_2026.working_days_between(date(2026, 3, 5), date(2026, 4, 1)) == 15
    assert CALENDAR_2026.working_days_between(date(2026, 4, 1), date(2026, 3, 5)) == -15


# The operational clock


@pytest.mark.parametrize(
    ("start", "norm", "due"),
    [
        ("2026-06-01T10:00", "30m", "2026-06-01T10:30"),
        ("2026-06-01T12:50", "30m", "2026-06-01T14:20"),  # across lunch
        ("2026-06-01T17:30", "4h", "2026-06-02T12:00"),  # across the night
        ("2026-06-05T18:30", "1h", "2026-06-08T10:00"),  # across a weekend
        ("2026-06-06T11:00", "1h", "2026-06-08T10:00"),  # arrived on a day off
        ("2026-03-20T18:00", "1h", "2026-03-26T09:30"),  # across Nowruz
        ("2026-06-01T10:00", "1wd", "2026-06-02T18:30"),
        ("2026-06-01T07:00", "1wd", "2026-06-02T18:30"),  # before the doors open is still that day
        ("2026-06-01T13:30", "1wd", "2026-06-02T18:30"),  # lunch is not after hours
        ("2026-06-01T18:30", "1wd", "2026-06-03T18:30"),  # after hours counts from the next day
        ("2026-06-06T11:00", "1wd", "2026-06-09T18:30"),  # a day off counts from Monday
        ("2026-12-31T10:00", "3wd", "2027-01-05T18:30"),  # over the year's end, whose days nobody set yet
    ],
)
def test_a_promise_runs_in_working_time(start, norm, due):
    assert promised(start, norm) == local(due)


def test_a_critical_topic_runs_round_the_clock():
    norm = rules.parse_norm("4h", round_the_clock=True)

    due = rules.deadline(local("2026-06-05T22:00"), norm, CALENDAR_2026)

    assert due == local("2026-06-06T02:00")


def test_working_days_stay_working_days_even_for_a_critical_topic():
    norm = rules.parse_norm("3wd", round_the_clock=True)

    assert rules.deadline(local("2026-06-05T12:00"), norm, CALENDAR_2026) == local("2026-06-10T18:30")


@pytest.mark.parametrize("norm", ["now", "handover"])
def test_what_is_kept_within_the_contact_leaves_no_clock_running(norm):
    assert promised("2026-06-01T10:00", norm) is None
    assert (
        rules.remaining(local("2026-06-01T10:00"), rules.parse_norm(norm), CALENDAR_2026, at=local("2026-06-02"))
        is None
    )


def test_a_working_day_moved_to_saturday_is_worked_and_the_swapped_day_is_not():
    calendar = rules.WorkingCalendar(rules.KAZAKHSTAN_WEEK, MOVED_2024, ASTANA)

    assert calendar.is_working_day(date(2024, 5, 4))
    assert not calendar.is_working_day(date(2024, 5, 8))
    assert calendar.add_working_time(local("2024-05-03T18:00"), timedelta(hours=1)) == local("2024-05-04T09:30")
    assert calendar.add_working_days_to_date(date(2024, 5, 3), 4) == date(2024, 5, 9)


def test_a_calendar_edited_later_gives_a_new_deadline():
    without = rules.WorkingCalendar(
        rules.KAZAKHSTAN_WEEK, rules.Exceptions(HOLIDAYS_2026 - {date(2026, 8, 31)}), ASTANA
    )
    start, norm = local("2026-08-28T12:00"), rules.parse_norm("1wd")

    before, after = (rules.deadline(start, norm, calendar) for calendar in (without, CALENDAR_2026))

    assert before == local("2026-08-31T18:30")
    assert after == local("2026-09-01T18:30")


# Pauses and extensions


def test_a_pause_pushes_the_deadline_by_the_working_time_it_took():
    access_denied = rules.Pause(local("2026-06-01T11:00"), local("2026-06-01T16:00"))

    assert promised("2026-06-01T10:00", "4h", access_denied) == local("2026-06-02T09:30")


def test_a_pause_over_the_weekend_takes_nothing_from_working_time():
    weekend = rules.Pause(local("2026-06-05T18:30"), local("2026-06-08T09:00"))

    assert promised("2026-06-05T16:30", "4h", weekend) == promised("2026-06-05T16:30", "4h")


def test_a_pause_over_the_weekend_pushes_a_promise_round_the_clock_by_all_of_it():
    norm = rules.parse_norm("4h", round_the_clock=True)
    weekend = rules.Pause(local("2026-06-06T00:00"), local("2026-06-08T00:00"))

    due = rules.deadline(local("2026-06-05T22:00"), norm, CALENDAR_2026, [weekend])

    assert due == local("2026-06-08T02:00")


def test_a_pause_of_one_working_day_pushes_a_promise_of_days_by_one_day():
    frost = rules.Pause(local("2026-06-02T09:00"), local("2026-06-03T09:00"))

    assert promised("2026-06-01T10:00", "3wd", frost) == local("2026-06-05T18:30")


def test_overlapping_pauses_are_given_back_once():
    first = rules.Pause(local("2026-06-01T10:30"), local("2026-06-01T11:30"))
    second = rules.Pause(local("2026-06-01T11:00"), local("2026-06-01T12:00"))

    assert promised("2026-06-01T10:00", "1h", second, first) == local("2026-06-01T12:30")


def test_a_pause_after_the_deadline_changes_nothing():
    late = rules.Pause(local("2026-06-01T15:00"), local("2026-06-01T16:00"))

    assert promised("2026-06-01T10:00", "1h", late) == local("2026-06-01T11:00")


def test_while_a_pause_is_open_there_is_no_deadline_and_time_left_stands_still():
    start, norm = local("2026-06-01T10:00"), rules.parse_norm("4h")
    waiting = rules.Pause(local("2026-06-01T11:00"))

    assert rules.deadline(start, norm, CALENDAR_2026, [waiting]) is None
    assert promised("2026-06-01T10:00", "4h", waiting, at=local("2026-06-02T09:00")) == local("2026-06-02T12:00")
    for at in ("2026-06-01T11:00", "2026-06-01T17:00", "2026-06-06T12:00"):
        assert rules.remaining(start, norm, CALENDAR_2026, [waiting], at=local(at)) == timedelta(hours=3)


def test_an_open_pause_cannot_save_what_was_overdue_before_it():
    waiting = rules.Pause(local("2026-06-01T15:00"))

    assert promised("2026-06-01T10:00", "1h", waiting) == local("2026-06-01T11:00")


def test_time_left_is_told_in_the_norms_own_clock_and_goes_below_zero():
    start, norm = local("2026-06-01T10:00"), rules.parse_norm("4h")

    left = [
        rules.remaining(start, norm, CALENDAR_2026, at=local(at))
        for at in ("2026-06-01T10:00", "2026-06-01T13:30", "2026-06-01T16:00", "2026-06-02T09:00")
    ]

    assert left == [timedelta(hours=4), timedelta(hours=1), timedelta(hours=-1), timedelta(hours=-3.5)]


def test_a_planned_pause_ahead_does_not_count_as_time_left():
    planned = rules.Pause(local("2026-06-01T11:00"), local("2026-06-01T12:00"))
    norm = rules.parse_norm("2h")

    left = rules.remaining(local("2026-06-01T10:00"), norm, CALENDAR_2026, [planned], at=local("2026-06-01T10:30"))

    assert left == timedelta(hours=1.5)


def test_an_extension_is_counted_from_the_old_deadline():
    two_days, an_hour = rules.parse_norm("2wd"), rules.parse_norm("1h")

    assert promised("2026-06-01T10:00", "3wd", extensions=[two_days]) == promised("2026-06-01T10:00", "5wd")
    assert promised("2026-06-01T10:00", "3wd", extensions=[an_hour]) == local("2026-06-05T10:00")
    assert promised("2026-06-01T10:00", "4h", extensions=[two_days]) == local("2026-06-03T18:30")


def test_an_extension_of_a_promise_that_ends_at_midnight_adds_one_day():
    norm = rules.parse_norm("1wd")

    due = rules.deadline(local("2026-06-01T10:00"), norm, ROUND_THE_CLOCK, extensions=[norm])

    assert due == local("2026-06-04T00:00")


# The zone


def test_in_march_2024_astana_turned_its_clocks_back_and_the_long_day_had_twenty_five_hours():
    (opens, closes), *rest = ROUND_THE_CLOCK.spans_on(date(2024, 2, 29))

    assert rest == []
    assert (opens, closes) == (datetime(2024, 2, 28, 18, tzinfo=UTC), datetime(2024, 2, 29, 19, tzinfo=UTC))
    assert ROUND_THE_CLOCK.spans_on(date(2024, 3, 1))[0][0] == closes


def test_office_hours_are_kept_by_the_wall_clock_on_both_sides_of_the_zone_change():
    calendar = rules.WorkingCalendar(rules.KAZAKHSTAN_WEEK, rules.Exceptions(), ASTANA)

    assert calendar.spans_on(date(2024, 2, 29))[0][0] == datetime(2024, 2, 29, 3, tzinfo=UTC)
    assert calendar.spans_on(date(2024, 3, 1))[0][0] == datetime(2024, 3, 1, 4, tzinfo=UTC)
    assert calendar.add_working_time(local("2024-02-29T18:00"), timedelta(hours=1)) == local("2024-03-01T09:30")


def test_a_span_that_begins_in_an_hour_the_clock_skips_begins_when_the_clock_goes_on():
    berlin = ZoneInfo("Europe/Berlin")
    night = rules.Week.of({6: [rules.parse_span("01:00-02:30"), rules.parse_span("02:45-04:00")]})
    calendar = rules.WorkingCalendar(night, rules.Exceptions(), berlin)

    spans = calendar.spans_on(date(2026, 3, 29))  # 02:00 becomes 03:00

    skip, four = datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 3, 29, 2, tzinfo=UTC)
    assert spans == ((datetime(2026, 3, 29, 0, tzinfo=UTC), skip), (skip, four))


def test_a_span_inside_the_skipped_hour_is_no_work_at_all():
    week = rules.Week.of({6: [rules.parse_span("02:10-02:50")], 0: [rules.parse_span("09:00-10:00")]})
    calendar = rules.WorkingCalendar(week, rules.Exceptions(), ZoneInfo("Europe/Berlin"))

    assert not calendar.is_working_day(date(2026, 3, 29))
    assert calendar.add_working_days_to_date(date(2026, 3, 28), 0) == date(2026, 3, 30)


# Bad input has a name


def test_a_norm_reads_back_as_it_was_written():
    for text in ("now", "handover", "30m", "4h", "3wd", "15wd"):
        assert str(rules.parse_norm(text)) == text
    assert rules.parse_norm(" 4 H ", round_the_clock=True) == rules.Norm(4, rules.Unit.HOURS, round_the_clock=True)


@pytest.mark.parametrize("text", ["", "4", "h", "0h", "-3wd", "4d", "1.5h", "9999999h", "400wd", "٤h", "4h30m", "soon"])
def test_a_norm_nobody_can_compute_is_refused(text):
    with pytest.raises(rules.BadNorm):
        rules.parse_norm(text)


def test_a_span_reads_back_as_it_was_written():
    assert str(rules.parse_span("9:00 – 13:00")) == "09:00-13:00"
    assert rules.parse_span("18:00-24:00") == rules.Span(time(18), time(0))
    assert str(rules.parse_span("18:00-24:00")) == "18:00-24:00"


@pytest.mark.parametrize(
    "text", ["", "9-13", "22:00-06:00", "09:00-09:00", "25:00-26:00", "09:61-10:00", "09:00-00:00"]
)
def test_a_span_that_does_not_run_forward_within_one_day_is_refused(text):
    with pytest.raises(rules.BadSpan):
        rules.parse_span(text)


@pytest.mark.parametrize(
    "spans",
    [{}, {0: []}, {0: ["09:00-13:00", "12:00-18:00"]}, {0: ["18:00-24:00", "20:00-21:00"]}, {0: ["09:00-10:00"] * 2}],
)
def test_a_week_without_work_or_with_overlaps_is_refused(spans):
    with pytest.raises(rules.BadWeek):
        rules.Week.of({day: [rules.parse_span(span) for span in texts] for day, texts in spans.items()})


def test_a_weekday_that_does_not_exist_is_refused():
    with pytest.raises(rules.BadWeekday):
        rules.Week.of({7: [rules.parse_span("09:00-10:00")]})
    with pytest.raises(rules.BadWeekday):
        rules.Exceptions(working={date(2026, 1, 3): -1})


def test_a_time_without_a_zone_is_refused():
    naive = datetime(2026, 6, 1, 10)  # noqa: DTZ001 - the refusal is about exactly this

    for ask in (
        lambda: CALENDAR_2026.add_working_time(naive, timedelta(hours=1)),
        lambda: CALENDAR_2026.add_working_days(naive, 1),
        lambda: CALENDAR_2026.working_time_between(local("2026-06-01"), naive),
        lambda: rules.deadline(naive, rules.parse_norm("1h"), CALENDAR_2026),
        lambda: rules.deadline(local("2026-06-01"), rules.parse_norm("1h"), CALENDAR_2026, [rules.Pause(naive)]),
    ):
        with pytest.raises(rules.NaiveTime):
            ask()


def test_time_does_not_run_backwards():
    start = local("2026-06-01T10:00")

    with pytest.raises(rules.NegativeAmount):
        CALENDAR_2026.add_working_time(start, timedelta(minutes=-1))
    with pytest.raises(rules.NegativeAmount):
        CALENDAR_2026.add_working_days(start, -1)
    with pytest.raises(rules.BackwardPause):
        rules.Pause(start, start - timedelta(minutes=1))


def test_what_lies_beyond_every_horizon_is_refused_and_not_searched_for_ever():
    start = local("2026-06-01T10:00")
    began = stopwatch.perf_counter()

    for ask in (
        lambda: CALENDAR_2026.add_working_time(start, timedelta.max),
        lambda: CALENDAR_2026.add_working_days(start, 10**9),
        lambda: CALENDAR_2026.working_time_between(start, start.replace(year=2200)),
        lambda: CALENDAR_2026.working_days_between(date(2026, 1, 1), date(2200, 1, 1)),
        lambda: CALENDAR_2026.add_working_days_to_date(date.max, 1),
        lambda: CALENDAR_2026.add_working_time(datetime.min.replace(tzinfo=UTC), timedelta(1)),
        lambda: CALENDAR_2026.add_working_time(datetime.max.replace(tzinfo=UTC), timedelta(1)),
    ):
        with pytest.raises(rules.TooFar):
            ask()

    assert stopwatch.perf_counter() - began < 10


def test_fifteen_working_days_cost_steps_by_the_day_not_by_the_minute():
    calendar = rules.WorkingCalendar(rules.KAZAKHSTAN_WEEK, rules.Exceptions(HOLIDAYS_2026), ASTANA)

    calendar.add_working_days(local("2026-03-05T10:00"), 15)

    assert len(calendar._stretches) <= 28  # the days looked at are the cost
