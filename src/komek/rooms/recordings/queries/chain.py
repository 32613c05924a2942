"""Questions about the chain of recordings: where it ends, and whether it holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from komek.platform import files
from komek.platform.files import FileGone
from komek.platform.sealed import MasterKeyMissing, NotOurs
from komek.rooms.recordings import rules
from komek.rooms.recordings.models import Recording, Tape
from komek.rooms.recordings.queries.hearing import sound

BATCH = 1_000


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
    keeping = recording.keeping
    if not recording.stored:
        return ""
    if keeping.destroyed_at is not None:
        is_there = keeping.wrapped_key is not None or files.store().exists(recording.stored)
        return "its sound was destroyed, and is still there" if is_there and keeping.file_deleted_at else ""
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
