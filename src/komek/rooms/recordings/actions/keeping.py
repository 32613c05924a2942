"""The sound of a call is kept as long as the city says, held when somebody must have it, and destroyed so that it shows."""

from datetime import datetime

import structlog

from komek.platform import files, unit
from komek.platform.facts import announce
from komek.platform.transactions import together
from komek.registers.staff.models import Agent
from komek.registers.staff.rules import Right, RightMissing
from komek.rooms.recordings import queries, rules
from komek.rooms.recordings.facts import ChainHead, RecordingDestroyed
from komek.rooms.recordings.models import Keeping, Mark, Retention
from komek.rooms.recordings.rules import Class

log = structlog.get_logger("komek.recordings")


@together
def mark(contact_id: int, kept_as: Class, *, at: datetime) -> None:
    """Remember that a contact was this too: its recording, there already or not, is kept accordingly."""
    Mark.objects.get_or_create(contact_id=contact_id, kept_as=kept_as.value, defaults={"at": at})


@together
def set_retention(kept_as: Class, *, days: int, by: Agent, at: datetime) -> None:
    """Keep recordings of this class for so many days from now on."""
    if not by.may(Right.SET_RETENTION):
        raise RightMissing(Right.SET_RETENTION)
    told = {"days": rules.checked_days(days), "set_by": by, "set_at": at}
    Retention.objects.update_or_create(kept_as=kept_as.value, defaults=told)


@together
def hold(recording_id: int, *, because: str, by: Agent, at: datetime) -> None:
    """Nobody deletes this recording until it is released, whatever its class."""
    keeping = _keeping(recording_id, by)
    if keeping.destroyed_at is not None:
        raise rules.SoundGone
    keeping.held_because, keeping.held_by, keeping.held_at = rules.checked_hold(because), by, at
    unit.save(keeping, "held_because", "held_by", "held_at")


@together
def release(recording_id: int, *, by: Agent, at: datetime) -> None:
    """Its class decides again."""
    keeping = _keeping(recording_id, by)
    keeping.held_because, keeping.held_by, keeping.held_at = "", None, None
    unit.save(keeping, "held_because", "held_by", "held_at")


def destroy_expired(*, at: datetime) -> int:
    """Destroy what has come to its end: first the key, then the file; returns how many."""
    destroyed = sum(destroy(one.recording_id, kept_as=one.kept_as, at=at) for one in queries.expired(at=at))
    while left := queries.to_delete():
        for keeping in left:
            if keeping.recording.stored:
                files.store().delete(keeping.recording.stored)
            Keeping.objects.filter(pk=keeping.pk).update(file_deleted_at=at)
    return destroyed


@together
def destroy(recording_id: int, *, kept_as: Class, at: datetime) -> bool:
    """Destroy the key and the picture of a sound; its row and its digest stay in the chain as the proof."""
    keeping = unit.hold(Keeping, recording_id)
    if keeping is None or keeping.destroyed_at is not None or keeping.held_at is not None:
        return False
    keeping.wrapped_key, keeping.caller_peaks, keeping.operator_peaks = None, b"", b""
    keeping.destroyed_at, keeping.destroyed_as = at, kept_as.value
    unit.save(keeping)
    announce(RecordingDestroyed(recording_id, kept_as.value, at))
    return True


@together
def tell_the_head(*, at: datetime) -> None:
    """Announce where the chain ends now."""
    found = queries.head()
    announce(ChainHead(found.links, found.digest, at))
    log.info("recordings.head", links=found.links, digest=found.digest)


def _keeping(recording_id: int, by: Agent) -> Keeping:
    if not by.may(Right.HOLD_RECORDINGS):
        raise RightMissing(Right.HOLD_RECORDINGS)
    keeping = unit.hold(Keeping, recording_id)
    if keeping is None:
        raise rules.NoSuchRecording(recording_id)
    return keeping
