"""The two promises as values: pauses, extensions, the legal day and how far it may be moved."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from komek.registers.calendar.rules import KAZAKHSTAN_WEEK, Exceptions, Pause, WorkingCalendar
from komek.rooms.routing import rules
from komek.rooms.routing.rules import Granted

CITY = WorkingCalendar(KAZAKHSTAN_WEEK, Exceptions(holidays=frozenset({date(2026, 8, 31)})), ZoneInfo("Asia/Almaty"))


def city(day, hour, minute=0, month=11):
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo("Asia/Almaty")).astimezone(UTC)


def test_what_is_critical_runs_round_the_clock_and_the_rest_in_working_time():
    friday_evening = city(6, 18)

    assert rules.due_at(friday_evening, rules.norm_of("2h", "critical"), CITY) == city(6, 20)
    assert rules.due_at(friday_evening, rules.norm_of("2h", "high"), CITY) == city(9, 10, 30)


@pytest.mark.parametrize("norm", ["now", "handover"])
def test_what_is_kept_within_the_contact_leaves_no_promise(norm):
    assert rules.due_at(city(2, 10), rules.norm_of(norm, "critical"), CITY) is None


def test_a_pause_pushes_the_promise_by_what_was_lost():
    pauses = [Pause(city(2, 10), city(2, 11))]

    assert rules.due_at(city(2, 9), rules.norm_of("2h", "critical"), CITY, pauses=pauses) == city(2, 12)


def test_a_norm_granted_comes_on_top():
    granted = [Granted(city(2, 9, 30), norm=rules.norm_of("1h", "critical"))]

    assert rules.due_at(city(2, 9), rules.norm_of("2h", "critical"), CITY, granted=granted) == city(2, 12)


def test_a_moment_granted_by_hand_stands_as_it_was_granted():
    granted = [Granted(city(2, 10), until=city(7, 12))]  # a Saturday
    before = [Pause(city(2, 9, 10), city(2, 9, 50))]

    assert rules.due_at(city(2, 9), rules.norm_of("2h", "normal"), CITY, pauses=before, granted=granted) == city(7, 12)


def test_only_a_pause_after_the_moment_was_granted_pushes_it():
    granted = [Granted(city(2, 10), until=city(3, 12))]
    after = [Pause(city(3, 10), city(3, 12))]
    too_late = [Pause(city(3, 12, 30), city(3, 15))]

    assert rules.due_at(city(2, 9), rules.norm_of("2h", "normal"), CITY, pauses=after, granted=granted) == city(3, 15)
    assert rules.due_at(city(2, 9), rules.norm_of("2h", "normal"), CITY, pauses=too_late, granted=granted) == city(
        3, 12
    )
    assert rules.due_at(city(2, 9), rules.norm_of("2h", "critical"), CITY, pauses=after, granted=granted) == city(3, 14)


def test_a_norm_may_be_granted_on_top_of_a_moment():
    granted = [Granted(city(2, 10), until=city(3, 18, 30)), Granted(city(3, 9), norm=rules.norm_of("1wd", "normal"))]

    assert rules.due_at(city(2, 9), rules.norm_of("2h", "normal"), CITY, granted=granted) == city(4, 18, 30)


def test_an_appeal_has_fifteen_working_days():
    assert rules.legal_due_on(city(2, 10), CITY) == date(2026, 11, 23)


def test_an_appeal_of_the_evening_or_of_a_day_off_came_on_the_next_working_day():
    monday = rules.legal_due_on(city(9, 10), CITY)

    assert rules.legal_due_on(city(6, 19), CITY) == monday
    assert rules.legal_due_on(city(8, 12), CITY) == monday
    assert rules.legal_due_on(city(6, 18), CITY) == date(2026, 11, 27)


def test_a_holiday_set_by_hand_moves_the_legal_day():
    without = WorkingCalendar(KAZAKHSTAN_WEEK, Exceptions(), ZoneInfo("Asia/Almaty"))

    assert rules.legal_due_on(city(17, 10, month=8), without) == date(2026, 9, 7)
    assert rules.legal_due_on(city(17, 10, month=8), CITY) == date(2026, 9, 8)


def test_the_legal_day_moves_two_months_at_most():
    rules.check_legal_extension(date(2026, 11, 23), date(2027, 1, 23))

    with pytest.raises(rules.TooLongAnExtension, match="2027-01-23"):
        rules.check_legal_extension(date(2026, 11, 23), date(2027, 1, 24))


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 10, 31), 1, date(2026, 11, 30)),
        (date(2026, 11, 15), 2, date(2027, 1, 15)),
    ],
)
def test_months_end_where_the_month_ends(day, months, later):
    assert rules.months_later(day, months) == later


def test_an_appeal_is_redirected_within_three_working_days():
    came = city(2, 10)
    last = city(5, 18, 30)

    rules.check_redirect("26-0000-0001", came, CITY, at=last)
    with pytest.raises(rules.TooLateToRedirect, match="2026-11-05"):
        rules.check_redirect("26-0000-0001", came, CITY, at=last + timedelta(seconds=1))


def test_the_applicant_hears_of_an_extension_within_three_working_days():
    assert rules.notice_due_on(city(5, 10), CITY) == date(2026, 11, 10)
