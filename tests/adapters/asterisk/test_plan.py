"""Who rings is drawn from a seed, and is as the profile says."""

import math
from collections import Counter

import pytest

from komek.adapters.asterisk.simulating import plan
from komek.adapters.asterisk.simulating.plan import Profile


def test_the_same_seed_is_the_same_day():
    assert plan.people(Profile.STORM, seed=1) == plan.people(Profile.STORM, seed=1)
    assert plan.people(Profile.STORM, seed=1) != plan.people(Profile.STORM, seed=2)


@pytest.mark.parametrize(("at", "an_hour"), [(0, 450), (630, 1350), (700, 2250), (1859, 2250), (1950, 450)])
def test_a_storm_comes_within_a_minute_and_goes_again(at, an_hour):
    assert plan.rate(Profile.STORM, at) == an_hour


def test_of_many_people_as_many_are_impatient_urgent_and_ask_for_a_call_back_as_the_profile_says():
    people = plan.people(Profile.DAY, seed=1, seconds=100_000)
    many = len(people)
    patience = [one.patience for one in people if one.patience < math.inf]

    assert many == pytest.approx(100_000 / 3600 * 356, rel=0.05)
    assert len(patience) / many == pytest.approx(0.30, abs=0.02)
    assert sum(patience) / len(patience) == pytest.approx(180, rel=0.05)
    assert sum(one.urgent for one in people) / many == pytest.approx(0.05, abs=0.01)
    assert sum(one.talk_seconds for one in people) / many == pytest.approx(240, rel=0.05)
    assert Counter(one.language for one in people)["ru"] / many == pytest.approx(0.52, abs=0.02)
    assert len({one.number for one in people}) == many


def test_speed_shortens_every_time_and_changes_nothing_else():
    slow, fast = (plan.people(Profile.STORM, seed=3, speed=speed) for speed in (1.0, 10.0))

    assert [one.number for one in slow] == [one.number for one in fast]
    assert fast[5].after == pytest.approx(slow[5].after / 10)
    assert fast[5].talk_seconds == pytest.approx(slow[5].talk_seconds / 10)
