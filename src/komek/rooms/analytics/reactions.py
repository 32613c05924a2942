"""What the numbers do when something is announced: everything is counted, in batches, by whoever lets us catch up."""

from collections.abc import Sequence
from typing import Any

from komek.platform import facts
from komek.rooms.analytics import actions


@facts.follows("analytics")
def count_what_happened(batch: Sequence[tuple[Any, int]]) -> None:
    actions.count(batch)
