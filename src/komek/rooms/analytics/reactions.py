"""What the numbers do when something is announced: everything is counted, in batches, by whoever lets us catch up."""

from collections.abc import Sequence
from typing import Any

from komek.platform import facts, live
from komek.rooms.analytics import actions
from komek.rooms.analytics.actions.shelves import FOLLOWER

# Rung without a fact of its own: a fact about counting would have to be counted.
FIGURES = "~figures"


@facts.follows(FOLLOWER)
def count_what_happened(batch: Sequence[tuple[Any, int]]) -> None:
    actions.count(batch)
    live.ring_after_commit([batch[-1][1]], [FIGURES])
