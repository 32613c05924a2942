"""Questions about tapes: which are to be taken in, which may go, and of which calls there is none."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from komek.rooms.calls.models import Call, JournalEntry
from komek.rooms.calls.rules import State, What
from komek.rooms.recordings import rules
from komek.rooms.recordings.models import Recording, Tape
from komek.rooms.recordings.rules import Lack


def waiting(*, at: datetime, limit: int = 100) -> list[Tape]:
    """The tapes of calls that are over and were not taken in, the oldest first."""
    gone = JournalEntry.objects.filter(unique_id=OuterRef("unique_id"), what=What.GONE)
    rows = Tape.objects.filter(taken_at__isnull=True, next_at__lte=at)
    over = rows.filter(Exists(gone) | Q(grown_at__lte=at - rules.FORGOTTEN_AFTER))
    return list(over.order_by("next_at", "unique_id")[:limit])


def known_tapes(unique_ids: Iterable[str]) -> dict[str, Tape]:
    """What is known of these tapes."""
    return Tape.objects.in_bulk(list(unique_ids))


def to_remove(*, before: datetime, limit: int = 500) -> list[Tape]:
    """The tapes that were taken in before this moment and still lie there."""
    rows = Tape.objects.filter(taken_at__lt=before, removed_at__isnull=True)
    return list(rows.order_by("taken_at")[:limit])


@dataclass(frozen=True)
class Unrecorded:
    """A call that somebody answered, of which there is no sound."""

    unique_id: str
    contact_id: int
    agent_id: int | None
    answered_at: datetime
    lack: Lack


def unrecorded(*, at: datetime) -> list[Unrecorded]:
    """Every answered call of the last hours that is not being written down, or of which nothing was kept."""
    calls = (
        Call.objects.filter(answered_at__gte=at - rules.LOOKED_BACK, answered_at__lte=at - rules.FIRST_SOUND)
        .exclude(Exists(Recording.objects.filter(unique_id=OuterRef("unique_id"))))
        .order_by("answered_at")
    )
    rows = list(calls.values_list("unique_id", "contact_id", "agent_id", "answered_at", "state", "ended_at"))
    tapes = known_tapes(row[0] for row in rows)
    found = []
    for unique_id, contact_id, agent_id, answered_at, state, ended_at in rows:
        tape = tapes.get(unique_id)
        lack = rules.lack(
            talking=state == State.TALKING,
            ended_at=ended_at,
            grown_at=tape.grown_at if tape and (tape.heard_bytes or tape.said_bytes) else None,
            at=at,
        )
        if lack is not None and answered_at is not None:
            found.append(Unrecorded(unique_id, contact_id, agent_id, answered_at, lack))
    incomplete = Recording.objects.filter(
        answered_at__isnull=False,
        taken_at__gte=at - rules.LOOKED_BACK_AT_INCOMPLETE,
        findings__overlap=rules.INCOMPLETE,
    ).select_related("call")
    for one in incomplete.order_by("id"):
        if one.call is not None and one.answered_at is not None:
            last = one.agent_ids[-1] if one.agent_ids else None
            found.append(Unrecorded(one.unique_id, one.call.contact_id, last, one.answered_at, Lack.INCOMPLETE))
    return found
