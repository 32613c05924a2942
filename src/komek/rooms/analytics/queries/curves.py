"""The curve of a day: how many contacts arrived in each half hour, beside yesterday and what is usual on such a day."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from komek.rooms.analytics import rules
from komek.rooms.analytics.models import Tally
from komek.rooms.analytics.queries.figures import city_zone
from komek.rooms.analytics.rules import Dimension, Measure

# What is usual is the average of the same weekday in so many weeks before.
WEEKS = 4
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Curve:
    """Contacts a half hour; of today so far, the half hour that runs being the last one."""

    at: datetime
    today: Sequence[int]
    yesterday: Sequence[int]
    norm: Sequence[float]
    # How many weeks the norm is the average of; none means that there is no norm yet.
    weeks: int

    @property
    def usual_by_now(self) -> int:
        """How many there usually are when the half hour before this one ends."""
        return round(sum(self.norm[: len(self.today) - 1]))


def curve(at: datetime) -> Curve:
    """The day of this moment, in one query of some hundred kept counters."""
    here = at.astimezone(city_zone())
    today = here.date()
    before = [today - WEEK * number for number in range(1, WEEKS + 1)]
    days = _days([today, today - timedelta(days=1), *before])
    counted = [days[day] for day in before if day in days]
    passed = rules.HALF_HOURS.index(rules.half_hour(here)) + 1
    return Curve(
        at=at,
        today=_slots(days.get(today, {}))[:passed],
        yesterday=_slots(days.get(today - timedelta(days=1), {})),
        norm=[sum(day.get(slot, 0) for day in counted) / len(counted) for slot in rules.HALF_HOURS] if counted else [],
        weeks=len(counted),
    )


def _days(wanted: Sequence[date]) -> Mapping[date, Mapping[str, int]]:
    """What was counted on these days; a day without a single contact was not counted."""
    found: dict[date, dict[str, int]] = defaultdict(dict)
    kept = Tally.objects.filter(dimension=Dimension.HALF_HOUR, measure=Measure.CONTACTS, day__in=wanted)
    for day, slot, count in kept.values_list("day", "value", "count"):
        found[day][slot] = count
    return found


def _slots(counted: Mapping[str, int]) -> list[int]:
    return [counted.get(slot, 0) for slot in rules.HALF_HOURS]
