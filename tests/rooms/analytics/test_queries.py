"""The figures of a few days that were counted by hand."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from komek.rooms.analytics import queries, rules
from komek.rooms.cards.models import Card

pytestmark = pytest.mark.django_db

MONDAY, SUNDAY = date(2026, 11, 2), date(2026, 11, 8)


@pytest.fixture
def counted(three_weeks, catch_up):
    catch_up()
    return three_weeks


def figures(found, of=""):
    return {kpi.name: kpi for kpi in found if kpi.of == of}


def parts(kpi):
    return kpi.numerator, kpi.denominator


def test_the_week_in_figures(counted, at):
    week = figures(queries.kpis(MONDAY, SUNDAY, at=at + timedelta(days=6, hours=1)))

    # Ten calls, one given up after three seconds, one after a minute; five taken within twenty seconds.
    assert parts(week["service_level"]) == (5, 9)
    assert parts(week["abandoned"]) == (1, 9)
    # Nine contacts are over; three were settled at once, and Asel came back about the first.
    assert parts(week["resolved_declared"]) == (3, 9)
    assert parts(week["resolved_proved"]) == (2, 9)
    # The burst main and the pothole in time, the other main late twice; the cold flat and a pothole are overdue.
    assert parts(week["in_time"]) == (2, 6)
    assert parts(week["confirmed"]) == (2, 4)
    # The refuted main after it was closed, the settled pothole while it was checked.
    assert parts(week["reopened"]) == (2, 4)
    assert parts(week["proof"]) == (3, 4)
    # The last message of six has no answer; the others waited 10, 20, 15, 13 minutes and 1.
    assert parts(week["answered_in_networks"]) == (5, 6)
    assert parts(week["first_answer"]) == (59, 5)
    assert week["first_answer"].value == pytest.approx(11.8)
    assert week["handling_time"].denominator == 8


def test_hours_to_close_are_the_percentiles_of_the_cards_that_stay_closed(counted):
    week = figures(queries.kpis(MONDAY, SUNDAY))

    closed = Card.objects.filter(status="closed")
    hours = sorted((card.closed_at - card.received_at).total_seconds() / 3600 for card in closed)
    assert len(hours) == week["hours_to_close_median"].denominator == 3
    assert week["hours_to_close_median"].value == pytest.approx(hours[1])
    assert week["hours_to_close_p90"].value == pytest.approx(hours[1] + 0.8 * (hours[2] - hours[1]))


def test_the_days_of_a_week_add_up_and_what_stood_open_is_carried_on(counted):
    days = queries.kpis(MONDAY, SUNDAY, by="day")
    week = figures(queries.kpis(MONDAY, SUNDAY))

    of_days = [figures(days, of=f"2026-11-0{day}") for day in range(2, 9)]
    assert sum(day["service_level"].denominator for day in of_days) == week["service_level"].denominator
    assert sum(day["in_time"].numerator for day in of_days) == week["in_time"].numerator
    # The cold flat from Monday on, the refuted main on no evening, the settled pothole from Thursday on.
    overdue = [queries.counts(day, day)[""]["overdue"] for day in (date(2026, 11, n) for n in range(2, 9))]
    assert overdue == [1, 1, 1, 1, 2, 2, 2] or overdue == [1, 1, 1, 2, 2, 2, 2]
    assert [day["in_time"].denominator - day["in_time"].numerator >= 1 for day in of_days] == [True] * 7


def test_a_day_of_the_past_is_asked_for_alone(counted):
    monday = figures(queries.day(MONDAY))

    assert monday["service_level"].denominator == 7
    assert parts(monday["proof"]) == (1, 2)


def test_figures_can_be_split_by_service_and_a_contact_belongs_to_none(counted):
    by_service = queries.kpis(MONDAY, SUNDAY, by="service")

    assert parts(figures(by_service, of="SU")["in_time"]) == (1, 4)
    assert parts(figures(by_service, of="AKIM-NURA")["proof"]) == (1, 1)
    assert "service_level" not in figures(by_service, of="SU")
    assert figures(by_service, of="SU")["hours_to_close_median"].denominator == 2


@pytest.mark.parametrize(
    ("by", "of", "name", "expected"),
    [
        ("channel", "telegram", "resolved_declared", (1, 3)),
        ("channel", "telegram", "answered_in_networks", (5, 6)),
        ("topic", "WAT-02", "in_time", (1, 4)),
        ("group", "GRP-WAT", "resolved_declared", (2, 5)),
        ("district", "nura", "proof", (3, 4)),
        ("language", "ru", "in_time", (1, 1)),
    ],
)
def test_figures_can_be_split(counted, by, of, name, expected):
    assert parts(figures(queries.kpis(MONDAY, SUNDAY, by=by), of=of)[name]) == expected


def test_by_an_unknown_dimension_nothing_is_counted(counted):
    with pytest.raises(rules.UnknownDimension):
        queries.kpis(MONDAY, SUNDAY, by="shoe size")


def test_what_runs_out_later_today_is_not_overdue_yet(town, catch_up):
    town.registers(town.talks(0), 2)
    catch_up()

    soon, late = queries.live(town.at(60)), queries.live(town.at(180))

    assert (soon.open, soon.overdue) == (1, 0)
    assert (late.open, late.overdue) == (1, 1)


def test_the_wallboard_shows_today_so_far_in_few_statements(counted, at, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        today = queries.live(at + timedelta(days=6, hours=1))

    assert (today.open, today.overdue) == (3, 2)
    assert today.counts["calls"] == 1
    assert [kpi.name for kpi in today.kpis] == [definition.name for definition in rules.DEFINITIONS]


@pytest.mark.parametrize("by", [None, "day", "service", "topic"])
def test_a_year_takes_as_many_statements_as_a_day(counted, at, by):
    with CaptureQueriesContext(connection) as of_day:
        queries.kpis(MONDAY, MONDAY, by=by, at=at)
    with CaptureQueriesContext(connection) as of_year:
        queries.kpis(date(2026, 1, 1), date(2026, 12, 31), by=by, at=at)

    assert len(of_year) == len(of_day) <= 4


def test_an_empty_city_has_figures_of_nothing(db, at):
    assert all(kpi.value is None for kpi in queries.day(MONDAY))
    assert queries.live(at).open == 0
