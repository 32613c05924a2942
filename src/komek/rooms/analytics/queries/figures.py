"""The figures of any days, split as asked, and the wallboard of today."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import F, Sum

from komek.rooms.analytics import rules
from komek.rooms.analytics.models import Tally
from komek.rooms.analytics.rules import Dimension, Kpi, Measure, Spread

DAY = "day"
RUNNING = [measure.value for measure in rules.RUNNING]
# Where a card story keeps the value of a dimension, and what it has to be joined with.
PLACES = {
    Dimension.ALL.value: ("''", ""),
    Dimension.CHANNEL.value: ("channel", ""),
    Dimension.LANGUAGE.value: ("language", ""),
    Dimension.DISTRICT.value: ("district_code", ""),
    Dimension.TOPIC.value: ("topic_code", ""),
    Dimension.GROUP.value: ("group_code", ""),
    Dimension.SERVICE.value: ("service", "CROSS JOIN unnest(services) AS service"),
    DAY: ("((ended_at AT TIME ZONE %(zone)s)::date)::text", ""),
}


@dataclass(frozen=True)
class Live:
    """Today so far: the figures, what they were worked out of, and what stands open now."""

    at: datetime
    kpis: Sequence[Kpi]
    counts: Mapping[str, int]
    open: int
    overdue: int


def kpis(since: date, until: date, *, by: str | None = None, at: datetime | None = None) -> list[Kpi]:
    """Every figure of these days, both included; split by a dimension or by `day`, each value in turn.

    `at` is this moment when the days are not over: what runs out later today is not overdue yet.
    """
    split = _split(by)
    found = counts(since, until, by=by, at=at)
    spreads = _spreads(since, until, split=split)
    dimension = Dimension.ALL if split == DAY else Dimension(split)
    return [
        rules.kpi(definition, found.get(value, {}), spreads.get(value, Spread()), of=value)
        for value in sorted(found.keys() | spreads.keys())
        for definition in rules.DEFINITIONS
        if dimension in definition.splits
    ]


def day(on: date, *, at: datetime | None = None) -> list[Kpi]:
    """Every figure of one day of the city."""
    return kpis(on, on, at=at)


def live(at: datetime) -> Live:
    """The wallboard: today so far, as it stands at this moment."""
    today = at.astimezone(city_zone()).date()
    found = counts(today, today, at=at)[""]
    spread = _spreads(today, today, split=Dimension.ALL).get("", Spread())
    return Live(
        at=at,
        kpis=[rules.kpi(definition, found, spread) for definition in rules.DEFINITIONS],
        counts={measure.value: found[measure] for measure in Measure if measure not in rules.RUNNING},
        open=found[Measure.OPEN],
        overdue=found[Measure.OVERDUE],
    )


def counts(since: date, until: date, *, by: str | None = None, at: datetime | None = None) -> dict[str, Counter[str]]:
    """The kept counters of these days, summed up by value; of a running one what stood when the last day ended."""
    split = _split(by)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    if split == Dimension.ALL:
        found[""] = Counter()
    if split == DAY:
        found |= {(since + timedelta(days)).isoformat(): Counter() for days in range((until - since).days + 1)}
    kept = Tally.objects.filter(dimension=Dimension.ALL if split == DAY else split)
    key = F("day") if split == DAY else F("value")
    within = kept.filter(day__range=(since, until), measure__in=[measure.value for measure in Measure])
    for value, measure, total in within.values_list(key, "measure").annotate(total=Sum("count")):
        found[str(value)][measure] += total
    before = kept.filter(day__lt=since, measure__in=RUNNING).values_list("value", "measure")
    stood = before.annotate(total=Sum("count")).exclude(total=0)
    if split == DAY:
        _carry_on(found, Counter({measure: total for _, measure, total in stood}))
    else:
        for value, measure, total in stood:
            found[value][measure] += total
    if at is not None:
        _look_at_the_clock(found, until, split=split, at=at)
    return dict(found)


def months(until: date, *, number: int, at: datetime) -> dict[date, Counter[str]]:
    """The kept counters of the last months, this one included, by the first day of each; a running one as it ended."""
    firsts = rules.last_months(until, number)
    found: dict[date, Counter[str]] = {first: Counter() for first in firsts}
    for on, counted in sorted(counts(firsts[0], until, by=DAY, at=at).items()):
        month = found[date.fromisoformat(on).replace(day=1)]
        for measure, count in counted.items():
            month[measure] = count if measure in RUNNING else month[measure] + count
    return found


def busiest(since: date, until: date, *, by: Dimension, measure: Measure, limit: int) -> list[str]:
    """The values of a dimension that counted most in these days, the busiest first."""
    kept = Tally.objects.filter(dimension=by, measure=measure, day__range=(since, until)).exclude(value="")
    most = kept.values("value").annotate(total=Sum("count")).order_by("-total", "value")
    return list(most.values_list("value", flat=True)[:limit])


def overdue_by(dimension: str, *, at: datetime) -> dict[str, int]:
    """How many open cards are overdue at this moment, by a dimension; as many rows are read as are overdue."""
    place, joined = PLACES[_split(dimension)]
    return dict(
        _rows(
            f"SELECT {place}, count(*) FROM analytics_cardstory {joined}"  # noqa: S608 - both parts are ours
            " WHERE ended_at IS NULL AND runs_out_at < %(at)s GROUP BY 1",
            at=at,
        )
    )


def _split(by: str | None) -> str:
    if by is None:
        return Dimension.ALL.value
    if by not in PLACES:
        raise rules.UnknownDimension(by)
    return by


def _carry_on(found: Mapping[str, Counter[str]], standing: Counter[str]) -> None:
    """Make what a running counter gained on each day into what stood when that day ended."""
    for on in sorted(found):
        for measure in RUNNING:
            standing[measure] += found[on][measure]
            found[on][measure] = standing[measure]


def _look_at_the_clock(found: Mapping[str, Counter[str]], until: date, *, split: str, at: datetime) -> None:
    """While today is not over, count what is overdue by now: what runs out tonight is still being kept."""
    today = at.astimezone(city_zone()).date()
    if until < today:
        return
    overdue = overdue_by(Dimension.ALL if split == DAY else split, at=at)
    for value, counted in found.items():
        if split != DAY:
            counted[Measure.OVERDUE] = overdue.get(value, 0)
        elif value >= today.isoformat():
            counted[Measure.OVERDUE] = overdue.get("", 0)


def _spreads(since: date, until: date, *, split: str) -> dict[str, Spread]:
    """The hours from the number to the last closing, of the cards that were closed in these days and stay so."""
    place, joined = PLACES[split]
    rows = _rows(
        f"SELECT {place}, count(*), percentile_cont(%(percentiles)s::float8[])"  # noqa: S608 - both parts are ours
        " WITHIN GROUP (ORDER BY extract(epoch FROM ended_at - received_at)::float8 / 3600)"
        f" FROM analytics_cardstory {joined}"
        " WHERE ended_as = 'closed' AND ended_at >= %(since)s AND ended_at < %(until)s GROUP BY 1",
        percentiles=list(rules.PERCENTILES),
        since=datetime.combine(since, time(), tzinfo=city_zone()),
        until=datetime.combine(until + timedelta(days=1), time(), tzinfo=city_zone()),
    )
    return {value: Spread(closed, hours) for value, closed, hours in rows if value or split == Dimension.ALL}


def _rows(sql: str, **params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"zone": settings.TIME_ZONE, **params})
        return cursor.fetchall()


def city_zone() -> ZoneInfo:
    """Where a day begins and ends."""
    return ZoneInfo(settings.TIME_ZONE)
