"""Verbs that call verbs are one transaction without savepoints, and all of it or nothing happens."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from komek.platform.models import Bucket
from komek.platform.transactions import together

pytestmark = pytest.mark.django_db
NOON = "2026-11-02T07:00:00Z"


@together
def fill(key):
    Bucket.objects.create(key=key, tokens=1, filled_at=NOON)
    if key == "bad":
        raise ValueError(key)


@together
def fill_all(*keys):
    for key in keys:
        fill(key)


def test_what_a_verb_did_before_another_failed_is_undone():
    with pytest.raises(ValueError, match="bad"):
        fill_all("good", "bad", "never")
    assert not Bucket.objects.exists()


def test_after_a_refusal_the_next_verb_works():
    with pytest.raises(ValueError, match="bad"):
        fill("bad")
    fill_all("one", "two")
    assert Bucket.objects.count() == 2


def test_verbs_within_verbs_set_no_savepoints():
    with CaptureQueriesContext(connection) as asked:
        fill_all("one", "two", "three")
    statements = [query["sql"].split()[0] for query in asked.captured_queries]
    # One savepoint and its release stand for the test's own transaction around the verb.
    assert statements == ["SAVEPOINT", "INSERT", "INSERT", "INSERT", "RELEASE"]
