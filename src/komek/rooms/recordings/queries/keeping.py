"""Questions about keeping: for how long, what has come to its end, and what may not be deleted."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from komek.rooms.calls.models import HandOver
from komek.rooms.recordings import rules
from komek.rooms.recordings.models import Keeping, Mark, Recording, Retention, Tape
from komek.rooms.recordings.rules import Class

BATCH = 500


@dataclass(frozen=True)
class Expired:
    """A recording whose time is over, and the class that it was kept for."""

    recording_id: int
    kept_as: Class


def days() -> dict[Class, int]:
    """For how many days each class is kept: as the city has decided, otherwise as usual."""
    decided = {Class(row.kept_as): row.days for row in Retention.objects.all()}
    return {**rules.USUAL_DAYS, **decided}


def expired(*, at: datetime) -> Iterator[Expired]:
    """Every recording whose time is over and that nobody holds; its raw legs are gone already."""
    known = days()
    before = at - timedelta(days=min(known.values()))
    rows = Recording.objects.select_related("call").filter(
        began_at__lt=before, keeping__destroyed_at__isnull=True, keeping__held_at__isnull=True
    )
    last = 0
    while batch := list(rows.filter(id__gt=last).order_by("id")[:BATCH]):
        last = batch[-1].pk
        still = Tape.objects.filter(unique_id__in=[one.unique_id for one in batch], removed_at__isnull=True)
        raw = set(still.values_list("unique_id", flat=True))
        for one, of in _classes(batch):
            ended_at = one.began_at + timedelta(milliseconds=one.milliseconds)
            until, kept_as = rules.kept_until(ended_at, of, known)
            if until <= at and one.unique_id not in raw:
                yield Expired(one.pk, kept_as)


def _classes(batch: list[Recording]) -> list[tuple[Recording, frozenset[Class]]]:
    calls = [one.call for one in batch if one.call is not None]
    services = set(HandOver.objects.filter(call__in=calls).values_list("call_id", flat=True))
    marks = defaultdict(set)
    for contact_id, kept_as in Mark.objects.filter(contact_id__in=[call.contact_id for call in calls]).values_list(
        "contact_id", "kept_as"
    ):
        marks[contact_id].add(kept_as)
    return [
        (
            one,
            rules.classes(
                answered=one.answered_at is not None or one.outgoing,
                emergency=one.call is not None and (one.call.urgent or one.call_id in services),
                marked=marks[one.call.contact_id] if one.call else (),
            ),
        )
        for one in batch
    ]


def classes_of(recording: Recording) -> frozenset[Class]:
    """Everything that this call was."""
    return _classes([recording])[0][1]


def to_delete(limit: int = BATCH) -> list[Keeping]:
    """What was destroyed, but whose sealed file may still lie there."""
    rows = Keeping.objects.select_related("recording").filter(destroyed_at__isnull=False, file_deleted_at__isnull=True)
    return list(rows.order_by("recording_id")[:limit])


def held() -> list[Keeping]:
    """What may not be deleted, the newest first."""
    rows = Keeping.objects.select_related("recording", "held_by").filter(held_at__isnull=False)
    return list(rows.order_by("-held_at"))
