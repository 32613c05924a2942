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
    # Bolat confirmed both his mains, one after he had refuted it; Damir has not answered.
    assert parts(week["confirmed"]) == (2, 4)
    # The refuted main after it was closed, the settled pothole while it was checked.
    assert parts(week["reopened"]) == (2, 4)
    # The late main was closed once without a photo; that it has one now does not mend the first closing.
    assert parts(week["proof"]) == (3, 4)
    # The last message of six has no answer; the others waited 10, 20, 15, 13 minutes and 1.
    assert parts(week["answered_in_networks"]) == (5, 6)
    assert parts(week["first_answer"]) == (59, 5)
    assert week["first_answer"].value == pytest.approx(11.8)
    assert week["handling_time"].denominator == 8

    closed = Card.objects.filter(status="closed")
    hours = sorted((card.closed_at - card.received_at).total_seconds() / 3600 for card in closed)
    assert len(hours) == week["hours_to_close_median"].denominator == 3
    assert week["hours_to_close_median"].value == pytest.approx(hours[1])
    assert week["hours_to_close_p90"].value == pytest.approx(hours[1] + 0.8 * (hours[2] - hours[1]))


def test_the_days_of_a_week_add_up_and_what_stands_open_is_carried_on(counted):
    days = queries.kpis(MONDAY, SUNDAY, by="day")
    week = figures(queries.kpis(MONDAY, SUNDAY))

    of_days = [figures(days, of=f"2026-11-0{day}") for day in range(2, 9)]
    for name in ("service_level", "resolved_declared", "confirmed", "reopened", "proof", "first_answer"):
        assert sum(day[name].numerator for day in of_days) == week[name].numerator
        assert sum(day[name].denominator for day in of_days) == week[name].denominator
    # The cold flat from Monday on; on Tuesday the refuted main was overdue for two hours; the pothole from Thursday.
    evenings = [queries.counts(on, on)[""] for on in (MONDAY + timedelta(n) for n in range(7))]
    assert [evening["overdue"] for evening in evenings] == [1, 1, 1, 2, 2, 2, 2]
    assert [evening["open"] for evening in evenings] == [4, 3, 3, 3, 3, 3, 3]
    assert [parts(day["in_time"]) for day in of_days] == [(1, 3), (0, 2), (0, 1), (1, 3), (0, 2), (0, 2), (0, 2)]
    assert [kpi.value for kpi in queries.day(MONDAY)] == [kpi.value for kpi in of_days[0].values()]


def test_figures_can_be_split(counted):
    def split(by, of, name):
        return parts(figures(queries.kpis(MONDAY, SUNDAY, by=by), of=of)[name])

    assert split("channel", "telegram", "resolved_declared") == (1, 3)
    assert split("channel", "telegram", "answered_in_networks") == (5, 6)
    assert split("language", "ru", "in_time") == (1, 1)
    assert split("district", "nura", "proof") == (3, 4)
    assert split("topic", "WAT-02", "in_time") == (1, 4)
    assert split("group", "GRP-WAT", "resolved_declared") == (2, 5)
    assert split("service", "SU", "in_time") == (1, 4)
    assert split("service", "AKIM-NURA", "proof") == (1, 1)
    assert split("service", "SU", "hours_to_close_median")[1] == 2
    # A contact belongs to no service.
    assert "service_level" not in figures(queries.kpis(MONDAY, SUNDAY, by="service"), of="SU")


def test_by_an_unknown_dimension_nothing_is_counted(db):
    with pytest.raises(rules.UnknownDimension):
        queries.kpis(MONDAY, SUNDAY, by="shoe size")


def test_what_runs_out_later_today_is_not_overdue_yet(town, catch_up):
    town.registers(town.talks(0), 2)
    catch_up()

    soon, late = queries.live(town.at(60)), queries.live(town.at(180))

    assert (soon.open, soon.overdue) == (1, 0)
    assert (late.open, late.overdue) == (1, 1)
    assert figures(queries.kpis(MONDAY, MONDAY, by="service", at=town.at(60)), of="SU")["in_time"].denominator == 0
    assert figures(queries.kpis(MONDAY, MONDAY, by="service", at=town.at(180)), of="SU")["in_time"].denominator == 1


def test_the_wallboard_shows_today_so_far_in_few_statements(town, catch_up, django_assert_max_num_queries):
    town.registers(town.talks(0), 2)
    catch_up()

    with django_assert_max_num_queries(6):
        today = queries.live(town.at(10))

    assert today.counts["calls"] == today.counts["cards"] == 1
    assert [kpi.name for kpi in today.kpis] == [definition.name for definition in rules.DEFINITIONS]


@pytest.mark.parametrize("by", [None, "day", "service", "topic"])
def test_a_year_takes_as_many_statements_as_a_day(town, catch_up, at, by):
    town.registers(town.talks(0), 2)
    catch_up()

    with CaptureQueriesContext(connection) as of_day:
        queries.kpis(MONDAY, MONDAY, by=by, at=at)
    with CaptureQueriesContext(connection) as of_year:
        queries.kpis(date(2026, 1, 1), date(2026, 12, 31), by=by, at=at)

    assert len(of_year) == len(of_day) <= 4


def test_an_empty_city_has_figures_of_nothing(db, at):
    assert all(kpi.value is None for kpi in queries.day(MONDAY))
    assert queries.live(at).open == 0


def test_a_month_holds_what_its_days_hold_and_what_stood_when_it_ended(counted, at):
    at = at + timedelta(days=21)
    (month, october) = (
        queries.months(at.date(), number=2, at=at)[first] for first in (date(2026, 11, 1), date(2026, 10, 1))
    )
    days = queries.counts(date(2026, 11, 1), at.date(), at=at)[""]

    assert month == days
    assert month[rules.Measure.CALLS] > 0
    assert not any(october.values())


def test_the_months_run_over_the_turn_of_a_year(counted, at):
    months = queries.months(date(2027, 1, 31), number=3, at=at)

    assert list(months) == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]
    open_then = months[date(2026, 11, 1)][rules.Measure.OPEN]
    assert open_then > 0
    assert months[date(2027, 1, 1)][rules.Measure.OPEN] == open_then


def test_the_busiest_topics_come_first(counted, at):
    asked = queries.busiest(MONDAY, SUNDAY, by=rules.Dimension.TOPIC, measure=rules.Measure.CARDS, limit=2)
    cards = {of: found[rules.Measure.CARDS] for of, found in queries.counts(MONDAY, SUNDAY, by="topic").items() if of}

    assert len(asked) == 2
    assert [cards[one] for one in asked] == sorted(cards.values(), reverse=True)[:2]
