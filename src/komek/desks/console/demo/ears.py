"""Hearing what happens in the city, whoever does it: the log of facts, read as it grows."""

from collections import deque
from collections.abc import Iterable, Iterator

from komek.platform import facts, live
from komek.platform.models import Fact

# Facts of transactions that ended late stand before what was read already.
OVERLAP = 300


class Ears:
    """Reads each new fact of some kinds once."""

    def __init__(self, kinds: Iterable[type]) -> None:
        self.names = [facts.name_of(kind) for kind in kinds]
        self.newest = live.last_fact_id()
        self.heard: deque[int] = deque(range(max(0, self.newest - OVERLAP), self.newest + 1), maxlen=4 * OVERLAP)

    def new(self) -> Iterator[object]:
        """What was announced since the last time."""
        rows = Fact.objects.filter(id__gt=self.newest - OVERLAP, name__in=self.names).order_by("id")
        known = set(self.heard)
        for fact_id, name, data in rows.values_list("id", "name", "data"):
            self.newest = max(self.newest, fact_id)
            if fact_id not in known and (kind := facts.kind_of(name)):
                self.heard.append(fact_id)
                yield facts.unpacked(kind, data)
