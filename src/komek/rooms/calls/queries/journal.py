"""What the journal of the switch says: how far it was read, what was recorded, and the calls of each half hour."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q

from komek.rooms.calls import rules
from komek.rooms.calls.models import JournalEntry, Reader
from komek.rooms.calls.rules import Place, What

JOURNAL = "queue_log"


def place() -> Place:
    """How far the journal has been read."""
    found = Reader.objects.filter(name=JOURNAL).values_list("file", "offset").first()
    return Place(*found) if found else Place()


@dataclass(frozen=True)
class Recorded:
    """What the journal says of a call that is written down: from when to when, and who talked in it."""

    began_at: datetime | None = None
    answered_at: datetime | None = None
    gone_at: datetime | None = None
    agent_ids: tuple[int, ...] = ()
    outgoing: bool = False
    # What the switch calls it.
    recorder: str = ""


def recorded(unique_id: str) -> Recorded:
    """From when to when a call was written down, as far as the journal has said so."""
    lines = list(JournalEntry.objects.filter(unique_id=unique_id).order_by("id"))
    began = next((line for line in lines if line.what == rules.What.RECORDED), None)
    answered = [line for line in lines if line.what == rules.What.ANSWERED]
    told = began.data if began else []
    return Recorded(
        began_at=rules.precise(began.at, told[2] if len(told) > 2 else "") if began else None,  # noqa: PLR2004 - its place
        answered_at=answered[0].at if answered else None,
        gone_at=next((line.at for line in lines if line.what == rules.What.GONE), None),
        agent_ids=tuple(dict.fromkeys(line.agent_id for line in answered if line.agent_id is not None)),
        outgoing=told[1:2] == ["out"],
        recorder=told[0] if told else "",
    )


@dataclass(frozen=True)
class Heard:
    """Callers who were told a bulletin: all, those who hung up then, and those whom it concerns too."""

    callers: int
    satisfied: int
    joined: int


def heard(codes: Collection[str]) -> dict[str, Heard]:
    """What callers did who heard these bulletins; those that nobody heard are left out."""
    later = JournalEntry.objects.filter(unique_id=OuterRef("unique_id"), id__gt=OuterRef("id"))
    rows = (
        JournalEntry.objects.filter(what=What.INCIDENT_HEARD, data__0__in=list(codes))
        .annotate(code=F("data__0"), joined=Exists(later.filter(what=What.INCIDENT_JOINED)))
        .annotate(stayed=Exists(later.filter(what=What.ENTERED)), gone=Exists(later.filter(what=What.GONE)))
        .values("code")
        .annotate(
            callers=Count("id"),
            joining=Count("id", filter=Q(joined=True)),
            satisfied=Count("id", filter=Q(joined=False, stayed=False, gone=True)),
        )
        .order_by()
    )
    return {row["code"]: Heard(row["callers"], row["satisfied"], row["joining"]) for row in rows} if codes else {}


HALF_HOUR = timedelta(minutes=30)
# A call that came in before the span says so no longer ago than this.
LONGEST_CALL = timedelta(hours=6)
_TALLIES = """
WITH told AS (
  SELECT unique_id,
         min(at) FILTER (WHERE what = 'entered') AS entered,
         min(at) FILTER (WHERE what = 'answered') AS answered,
         min(at) FILTER (WHERE what IN ('abandoned', 'gone')) AS went,
         bool_or(what = 'callback_asked') AS asked,
         (array_agg(what ORDER BY id DESC)
            FILTER (WHERE what IN ('entered', 'answered', 'ended', 'abandoned', 'callback_asked', 'gone')))[1] AS last
  FROM calls_journalentry WHERE at >= %(earliest)s GROUP BY unique_id
), calls AS (
  SELECT told.*, extract(epoch FROM answered - entered)::int AS waited,
         answered IS NULL AND went IS NOT NULL AND NOT asked AS gave_up
  FROM told WHERE entered >= %(since)s
)
SELECT to_timestamp(floor(extract(epoch FROM entered) / %(width)s) * %(width)s) AS begins_at,
       count(*), count(answered), count(*) FILTER (WHERE waited <= %(in_time)s),
       count(*) FILTER (WHERE gave_up), count(*) FILTER (WHERE gave_up AND went - entered <= %(soon)s),
       count(*) FILTER (WHERE answered IS NULL AND asked),
       count(*) FILTER (WHERE last = 'entered'), count(*) FILTER (WHERE last = 'answered'),
       coalesce(sum(waited), 0)
FROM calls GROUP BY 1 ORDER BY 1
"""


def tallies(since: datetime, *, width: timedelta = HALF_HOUR) -> list[rules.Tally]:
    """The calls of each span of time from this moment on, counted from the journal of the switch and nothing else."""
    given: dict[str, Any] = {
        "earliest": since - LONGEST_CALL,
        "since": since,
        "width": width.total_seconds(),
        "in_time": rules.IN_TIME_SECONDS,
        "soon": timedelta(seconds=rules.SOON_SECONDS),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TALLIES, given)
        return [rules.Tally(*row) for row in cursor.fetchall()]
