"""The calendar is asked for every card: it costs one small query, and never the truth."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction
from psycopg.conninfo import make_conninfo

from komek.registers.calendar import actions, queries, rules

AT = datetime(2026, 1, 5, 6, tzinfo=UTC)
FIRST_OF_JUNE = date(2026, 6, 1)


@pytest.mark.django_db
def test_an_untouched_installation_works_the_week_usual_in_kazakhstan():
    calendar = queries.working_calendar()

    assert calendar.week == rules.KAZAKHSTAN_WEEK
    assert str(calendar.zone) == "Asia/Almaty"


@pytest.mark.django_db
def test_asking_again_costs_one_query(django_assert_num_queries):
    actions.seed(years=[2026], by="system", at=AT)
    queries.working_calendar()

    with django_assert_num_queries(1):
        queries.working_calendar()


@pytest.mark.django_db
def test_the_calendar_is_read_again_after_an_edit(django_assert_num_queries):
    queries.working_calendar()
    actions.set_day(FIRST_OF_JUNE, kind="holiday", names={}, by="dana", at=AT)

    with django_assert_num_queries(3):
        calendar = queries.working_calendar()

    assert not calendar.is_working_day(FIRST_OF_JUNE)


@pytest.mark.django_db
def test_a_removal_is_noticed_too():
    actions.set_day(FIRST_OF_JUNE, kind="holiday", names={}, by="dana", at=AT)
    queries.working_calendar()

    actions.remove_day(FIRST_OF_JUNE, by="dana", at=AT)

    assert queries.working_calendar().is_working_day(FIRST_OF_JUNE)


@pytest.mark.django_db
def test_an_edit_that_was_rolled_back_is_forgotten_even_if_the_next_one_differs():
    before = transaction.savepoint()
    actions.set_day(FIRST_OF_JUNE, kind="holiday", names={}, by="dana", at=AT)
    queries.working_calendar()
    transaction.savepoint_rollback(before)

    actions.set_day(date(2026, 6, 2), kind="holiday", names={}, by="dana", at=AT)

    assert queries.working_calendar().is_working_day(FIRST_OF_JUNE)
    assert not queries.working_calendar().is_working_day(date(2026, 6, 2))


@pytest.mark.django_db
def test_another_city_zone_is_another_calendar(settings):
    queries.working_calendar()

    settings.TIME_ZONE = "Asia/Aqtau"

    assert str(queries.working_calendar().zone) == "Asia/Aqtau"


@pytest.mark.django_db(transaction=True)
def test_an_edit_made_in_another_process_is_noticed():
    assert queries.working_calendar().is_working_day(FIRST_OF_JUNE)
    edit = (
        "import django; django.setup()\n"
        "from datetime import UTC, date, datetime\n"
        "from komek.registers.calendar import actions\n"
        "actions.set_day(date(2026, 6, 1), kind='holiday', names={}, by='dana', at=datetime(2026, 1, 5, tzinfo=UTC))\n"
    )
    known = connection.get_connection_params()
    url = make_conninfo(**{key: known[key] for key in ("host", "port", "user", "password", "dbname") if key in known})
    environment = {"DJANGO_SETTINGS_MODULE": "komek.config.settings", **os.environ, "DATABASE_URL": url}

    subprocess.run(
        [sys.executable, "-c", edit], check=True, env={**environment, "PYTHONPATH": os.pathsep.join(sys.path)}
    )

    assert not queries.working_calendar().is_working_day(FIRST_OF_JUNE)
