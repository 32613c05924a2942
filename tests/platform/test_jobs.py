"""Jobs by a real worker in a process of its own, which may be killed."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.fixtures.database import address

from komek.adapters.webform.channel import WebformChannel
from komek.platform import jobs
from komek.platform.clock import now
from komek.rooms.channels import actions as channels
from komek.rooms.channels.models import Message

pytestmark = [pytest.mark.live_jobs, pytest.mark.django_db(transaction=True)]

DEADLINE_SECONDS = 90


@contextmanager
def worker(*arguments):
    """A worker on the test's own database."""
    command = [sys.executable, "-m", "django", "procrastinate", "worker", *arguments]
    process = subprocess.Popen(
        command, env={**os.environ, "DATABASE_URL": address(), "PYTHONPATH": os.pathsep.join(sys.path)}
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(true):
    """Wait for something another process does; fails when it never comes."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not true():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


@pytest.fixture
def message(monkeypatch):
    """A message to a resident that waits for delivery, as by a channel which needs somebody outside."""
    monkeypatch.setattr(WebformChannel, "speaks_outside", True)
    conversation = channels.open_conversation("webform", language="kk", at=now(), outer_id="1")
    return channels.tell(conversation, text="Жұмыс басталды", at=now(), key="once")


def test_a_worker_delivers_what_was_asked_for(message):
    assert Message.objects.get().state == "queued"
    with worker("--one-shot") as process:
        assert process.wait(timeout=DEADLINE_SECONDS) == 0
    assert Message.objects.get().state == "sent"


def test_the_job_of_a_killed_worker_is_done_by_the_next(message):
    """The worker dies in the middle: the table is locked here, so the job cannot end before the kill."""
    with worker() as first:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE channels_message IN ACCESS EXCLUSIVE MODE")
            until(lambda: _jobs("doing").exists())
            first.kill()
            first.wait()
        assert Message.objects.get().state == "queued"
    with worker():
        until(lambda: Message.objects.get().state == "sent")
        until(lambda: not _jobs("todo", "doing").exists())
    assert Message.objects.get().attempts <= 1


def test_a_job_that_is_asked_for_inside_a_worker_comes_and_goes_with_its_transaction(message):
    asked = _jobs("todo").count()
    with app.replace_connector(app.connector.get_worker_connector()), transaction.atomic():
        jobs.defer(channels.deliver, message_id=message.id)
        assert _jobs("todo").count() == asked + 1
        transaction.set_rollback(True)

    assert _jobs("todo").count() == asked


def _jobs(*statuses):
    return ProcrastinateJob.objects.filter(task_name__endswith="deliver", status__in=statuses)
