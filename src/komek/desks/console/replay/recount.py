"""The independent recount: straight from the columns of the file, sharing nothing with the replay but the file."""

import csv
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from komek.desks.console.replay.requests import opened

P90 = 0.9


@dataclass
class Recount:
    """What the file itself says."""

    rows: int = 0
    by_district: Counter[str] = field(default_factory=Counter)
    by_reason: Counter[str] = field(default_factory=Counter)
    closed_by_body: Counter[str] = field(default_factory=Counter)
    closed: int = 0
    reopened: int = 0
    satisfied: int = 0
    hours: list[float] = field(default_factory=list)

    @property
    def median_hours(self) -> float | None:
        """Half of the closed requests were closed in fewer hours."""
        return percentile(self.hours, 0.5)

    @property
    def p90_hours(self) -> float | None:
        """Nine of ten closed requests were closed in fewer hours."""
        return percentile(self.hours, P90)


def recount(path: Path, *, limit: int | None = None) -> Recount:
    """Count the rows of the file."""
    found = Recount()
    with opened(path) as file:
        for number, row in enumerate(csv.DictReader(file)):
            if limit is not None and number >= limit:
                break
            found.rows += 1
            found.by_district[row["district"]] += 1
            found.by_reason[row["reason"]] += 1
            found.reopened += int(row["n_petitions"]) - 1
            if row["h_closed"]:
                found.closed += 1
                found.closed_by_body[row["responsible_org"]] += 1
                found.hours.append(float(row["h_closed"]))
    return found


def percentile(values: Iterable[float], part: float) -> float | None:
    """The value below which that part lies, between two neighbours where it falls between them (as in SQL)."""
    ordered: Sequence[float] = sorted(values)
    if not ordered:
        return None
    at = part * (len(ordered) - 1)
    low, high = math.floor(at), math.ceil(at)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)
