"""What is forgotten at night, and what is not."""

import os
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session

from komek.platform import tidying
from komek.platform.clock import now
from komek.platform.models import Bucket

pytestmark = pytest.mark.django_db


def test_buckets_that_are_full_again_are_forgotten():
    Bucket.objects.create(key="old", tokens=0, filled_at=now() - tidying.BUCKETS_ARE_KEPT - timedelta(hours=1))
    Bucket.objects.create(key="new", tokens=0, filled_at=now())

    assert tidying.forget_buckets() == 1

    assert Bucket.objects.get().key == "new"


def test_sessions_that_have_ended_are_forgotten():
    Session.objects.create(session_key="ended", session_data="", expire_date=now() - timedelta(minutes=1))
    Session.objects.create(session_key="goes on", session_data="", expire_date=now() + timedelta(hours=1))

    tidying.forget_sessions()

    assert Session.objects.get().session_key == "goes on"


def test_what_a_killed_process_had_begun_to_keep_is_removed():
    arriving = settings.HOME / "files" / "arriving"
    arriving.mkdir(parents=True, exist_ok=True)
    left, fresh = arriving / "left", arriving / "fresh"
    for path in (left, fresh):
        path.write_bytes(b"half a pho")
    old = (now() - tidying.ARRIVALS_ARE_KEPT - timedelta(hours=1)).timestamp()
    os.utime(left, (old, old))

    assert tidying.forget_unfinished_files() == 1

    assert (left.exists(), fresh.exists()) == (False, True)
    fresh.unlink()
