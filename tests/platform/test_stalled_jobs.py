"""Jobs of workers that died are given back, and one that cannot be does not keep the others waiting."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import OperationalError, connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from komek.platform import jobs

pytestmark = [pytest.mark.live_jobs, pytest.mark.django_db(transaction=True)]


def job(task, status, queueing_lock=None):
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO procrastinate_jobs (queue_name, task_name, status, queueing_lock)
            VALUES ('default', %s, %s::procrastinate_job_status, %s) RETURNING id
            """,
            [task, status, queueing_lock],
        )
        return cursor.fetchone()[0]


def give_back():
    async def run():
        async with app.open_async():
            await jobs.retry_stalled_jobs.func(0)

    # In a thread of its own: the browser tests of the same run keep a loop going in this one.
    with app.replace_connector(app.connector.get_worker_connector()), ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(lambda: asyncio.run(run())).result()


def test_a_tick_that_finds_the_database_away_is_passed_over_and_any_other_failure_is_told():
    def away():
        raise OperationalError("gone") from psycopg.OperationalError("server closed the connection unexpectedly")

    with jobs._passing_over_outages("seal"):
        away()
    with pytest.raises(ZeroDivisionError), jobs._passing_over_outages("seal"):
        1 / 0  # noqa: B018


def test_a_dead_workers_tick_gives_way_to_its_successor_and_the_other_jobs_are_given_back():
    dead_tick = job("seal", "doing", queueing_lock="seal")
    successor = job("seal", "todo", queueing_lock="seal")
    delivery = job("deliver", "doing")

    give_back()

    states = dict(ProcrastinateJob.objects.values_list("id", "status"))
    assert dead_tick not in states
    assert (states[successor], states[delivery]) == ("todo", "todo")
