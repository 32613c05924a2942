"""The legs of the switch are deleted, when what was made of them was read back and is what was said."""

from datetime import datetime

import structlog

from komek.rooms.recordings import queries, rules
from komek.rooms.recordings.models import Keeping, Tape
from komek.rooms.recordings.ports import Found, Legs

log = structlog.get_logger("komek.recordings")


def remove_raw(legs: Legs, *, at: datetime) -> int:
    """Delete the legs that were taken in long enough ago; returns of how many calls."""
    there = {one.unique_id: one for one in legs.found()}
    removed = 0
    for tape in queries.to_remove(before=at - rules.RAW_IS_KEPT):
        found = there.get(tape.unique_id)
        if found is not None:
            why = _why_not(tape, found)
            if why:
                log.error("recordings.raw_is_kept", call=tape.unique_id, why=why)
                continue
            Keeping.objects.filter(recording__unique_id=tape.unique_id).update(verified_at=at)
            legs.remove(tape.unique_id)
            removed += 1
        Tape.objects.filter(pk=tape.pk).update(removed_at=at)
    return removed


def _why_not(tape: Tape, found: Found) -> str:
    recording = queries.by_unique_id(tape.unique_id)
    if recording is None:
        return "no recording was made of them"
    longest = max(found.heard or 0, found.said or 0)
    if longest > recording.milliseconds * rules.BYTES_A_MILLISECOND:
        return "they have grown since they were taken in"
    return queries.wrong_with(recording)
