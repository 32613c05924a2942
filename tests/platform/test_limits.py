"""Rate limits: a burst is let through, then a steady drip, for each key on its own."""

from datetime import UTC, datetime, timedelta

import pytest

from komek.platform import limits

NOON = datetime(2026, 11, 2, 7, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_a_burst_passes_and_the_next_is_told_how_long_to_wait():
    for _ in range(3):
        limits.take("a", per_minute=6, burst=3, at=NOON)
    with pytest.raises(limits.TooMany) as refused:
        limits.take("a", per_minute=6, burst=3, at=NOON)
    assert refused.value.params["seconds"] == 10


def test_waiting_fills_the_bucket_but_never_above_its_brim():
    for _ in range(3):
        limits.take("a", per_minute=6, burst=3, at=NOON)
    later = NOON + timedelta(hours=1)
    for _ in range(3):
        limits.take("a", per_minute=6, burst=3, at=later)
    with pytest.raises(limits.TooMany):
        limits.take("a", per_minute=6, burst=3, at=later)


def test_one_key_does_not_pay_for_another():
    limits.take("a", per_minute=1, burst=1, at=NOON)
    limits.take("b", per_minute=1, burst=1, at=NOON)


def test_a_clock_that_jumps_back_locks_nobody_out():
    limits.take("a", per_minute=60, burst=5, at=NOON)
    limits.take("a", per_minute=60, burst=5, at=NOON - timedelta(days=1))
    limits.take("a", per_minute=60, burst=5, at=NOON + timedelta(seconds=1))
