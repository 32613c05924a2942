"""Signing in, and guessing."""

import pytest
from django.core.cache import cache

from komek.platform.models import Bucket
from komek.registers.staff import actions as staff
from komek.registers.staff.rules import Role

PASSWORD = "a quiet morning in Astana"

pytestmark = pytest.mark.django_db


@pytest.fixture
def madina():
    staff.hire(username="madina", name="Мадина", role=Role.OPERATOR, password=PASSWORD, languages=["kk"])


def sign_in(client, password):
    # Each attempt comes to another process: none of them remembers the one before.
    cache.clear()
    return client.post("/accounts/login/", {"login": "madina", "password": password})


def test_a_guesser_is_stopped_however_many_nodes_he_tries(client, madina):
    answers = [sign_in(client, f"guess {number}").status_code for number in range(15)]

    assert answers[:12] == [200] * 12
    assert answers[12:] == [429] * 3
    assert sign_in(client, PASSWORD).status_code == 429


def test_tired_fingers_are_forgiven(client, madina):
    for number in range(5):
        sign_in(client, f"mistake {number}")

    assert sign_in(client, PASSWORD).status_code == 302
    assert Bucket.objects.filter(key="sign-in:madina").exists()
