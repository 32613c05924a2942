"""What callers are told of the wait, held against a queue of which every length is known: drawn, not measured."""

import heapq
import random

import pytest

from komek.rooms.calls import rules
from komek.rooms.calls.rules import Pace

STAFFED, MEAN_SECONDS, LAST_CALLS = 60, 250.0, 200
# Calls a second by the second of the storm: what the staff can do is 0.24.
STORM = ((0, 0.08), (900, 0.38), (2100, 0.08), (3600, 0.0))
IN_DANGER = 0.05
SAID = {**dict(rules.BUCKETS), rules.LONGEST_BUCKET: float("inf")}


def storm(dice, length):
    """Everybody who was told a wait: what they were told, in a sentence and in seconds, and how long they waited."""
    arrivals, at = [], 0.0
    while rate := next(rate for began, rate in reversed(STORM) if at >= began):
        at += dice.expovariate(rate)
        arrivals.append((at, dice.random() < IN_DANGER))
    free = [0.0] * STAFFED
    waiting, answered, told = [], [], {}
    for at, in_danger in [*arrivals, (float("inf"), False)]:
        while waiting and free[0] <= at:
            _, came = heapq.heappop(waiting)
            began = max(heapq.heappop(free), came)
            answered.append((began, length(dice), came in told))
            heapq.heappush(free, began + answered[-1][1])
            if came in told:
                told[came] = (*told[came], began - came)
        if at < float("inf"):
            last = answered[-LAST_CALLS:]
            spans = [(min(long, at - began), began + long <= at) for began, long, _ in last]
            before = sum(not ordinary for *_, ordinary in last) / max(1, len(last))
            pace = Pace(len(waiting), STAFFED, rules.mean_seconds(spans) or MEAN_SECONDS, before)
            if not in_danger:
                told[at] = (rules.sentence(pace), rules.told_seconds(pace))
            heapq.heappush(waiting, (not in_danger, at))
    return [one for one in told.values() if one[0]]


@pytest.mark.parametrize(
    "length",
    [
        lambda dice: dice.expovariate(1 / MEAN_SECONDS),
        lambda dice: dice.lognormvariate(5.38, 0.53),
        lambda dice: dice.uniform(50, 450),
    ],
    ids=["exponential", "lognormal", "uniform"],
)
def test_most_wait_no_longer_than_they_were_told_and_not_much_shorter(length):
    all_told = [one for seed in range(5) for one in storm(random.Random(seed), length)]

    in_the_sentence = sum(waited <= SAID[said] for said, _, waited in all_told) / len(all_told)
    to_the_second = sum(waited <= seconds for _, seconds, waited in all_told) / len(all_told)
    promised = sum(seconds for _, seconds, _ in all_told) / sum(waited for *_, waited in all_told)
    assert len(all_told) > 1000
    assert in_the_sentence >= 0.95
    assert to_the_second >= 0.8
    assert promised < 1.25, "a wait that is told too long sends people away"
