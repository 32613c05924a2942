"""Questions about recordings: which tapes wait, how the chain stands, and whether it holds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from komek.platform import files
from komek.platform.files import FileGone
from komek.platform.sealed import MasterKeyMissing, MasterKeys, NotOurs, master_keys
from komek.rooms.calls.models import Call, JournalEntry
from komek.rooms.calls.rules import State, What
from komek.rooms.recordings import rules
from komek.rooms.recordings.models import Recording, Tape
from komek.rooms.recordings.rules import Lack

BATCH = 1_000


def keys() -> MasterKeys:
    """The master keys of this installation."""
    return master_keys(settings.HOME)


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


def by_unique_id(unique_id: str) -> Recording | None:
    """The recording of a call; None while there is none."""
    return Recording.objects.filter(unique_id=unique_id).first()


def sound(recording: Recording) -> bytes:
    """The plain sound; raises FileGone, NotOurs or MasterKeyMissing."""
    keeping = recording.keeping
    if keeping.wrapped_key is None or not recording.stored:
        raise FileGone(recording.stored or recording.unique_id)
    with files.store().open(recording.stored) as content:
        sealed = content.read()
    return keys().open(sealed, key_id=keeping.key_id, wrapped=bytes(keeping.wrapped_key))


def told(recording: Recording) -> dict[str, Any]:
    """What a link of the chain says: everything about a recording that never changes."""
    return {
        "id": recording.pk,
        "unique_id": recording.unique_id,
        "call": recording.call_id,
        "agents": list(recording.agent_ids),
        "outgoing": recording.outgoing,
        "began_at": recording.began_at.isoformat(),
        "answered_at": recording.answered_at.isoformat() if recording.answered_at else None,
        "milliseconds": recording.milliseconds,
        "sha256": recording.sha256,
        "stored": recording.stored,
        "size": recording.size,
        "gaps": recording.gaps,
        "findings": list(recording.findings),
        "talk": recording.talk,
        "taken_at": recording.taken_at.isoformat(),
    }


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
        if lack is not None:
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


@dataclass(frozen=True)
class Head:
    """Where the chain ends: how many links it has, and the digest of the last."""

    links: int
    recording_id: int | None
    digest: str


def head(*, before: datetime | None = None) -> Head:
    """The end of the chain now, or as it was at a moment: what is printed and put away every day."""
    rows = Recording.objects.filter(taken_at__lt=before) if before else Recording.objects.all()
    last = rows.order_by("-id").first()
    return Head(rows.count(), last.pk if last else None, bytes(last.digest if last else rules.FIRST_LINK).hex())


@dataclass(frozen=True)
class Verdict:
    """What a walk along the chain found: `broken_at` is the first bad recording, None when the chain holds."""

    links: int
    broken_at: int | None
    reason: str = ""


def verify() -> Verdict:
    """Walk the chain: every recording as it was linked, none missing, none slipped in."""
    digest, count, last = rules.FIRST_LINK, 0, 0
    while rows := list(Recording.objects.filter(id__gt=last).order_by("id")[:BATCH]):
        for one in rows:
            if bytes(one.previous) != digest:
                return Verdict(count, one.pk, "a recording before it is missing, or one was slipped in")
            digest = rules.link(digest, told(one))
            if digest != bytes(one.digest):
                return Verdict(count, one.pk, "it was altered")
            count, last = count + 1, one.pk
    lost = Tape.objects.filter(taken_at__isnull=False).exclude(
        unique_id__in=Recording.objects.filter(id__lte=last).values("unique_id")
    )
    if missing := lost.order_by("taken_at").values_list("unique_id", flat=True).first():
        return Verdict(count, last, f"the end of the chain is missing: call {missing} was recorded")
    return Verdict(count, None)


def wrong_with(recording: Recording) -> str:
    """What is wrong with the stored sound; nothing when it is what was said, or was destroyed when its time was over."""
    if recording.keeping.destroyed_at is not None or not recording.stored:
        return ""
    try:
        plain = sound(recording)
    except FileGone:
        return "its sound is not in the store"
    except (NotOurs, MasterKeyMissing) as failure:
        return str(failure)
    return "" if rules.digest(plain) == recording.sha256 else "its sound is not what was recorded"


def wrong() -> Iterator[tuple[int, str]]:
    """Every recording whose stored sound is not right, and why; all of them are read."""
    last = 0
    while rows := list(Recording.objects.select_related("keeping").filter(id__gt=last).order_by("id")[:BATCH]):
        for one in rows:
            if why := wrong_with(one):
                yield one.pk, why
        last = rows[-1].pk
