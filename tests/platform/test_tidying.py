"""What is forgotten at night, and what is not."""

from datetime import timedelta

import pytest
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
