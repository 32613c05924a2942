"""When a recording may be paused, how long, and what is written down of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from komek.refusal import Refusal

LONGEST_GAP = timedelta(seconds=60)
# The guard beside the switch resumes then, if we are dead.
GUARD_AFTER = timedelta(seconds=65)
SHORTEST_CAUSE, LONGEST_CAUSE = 5, 200
REPLAY_SECONDS = 60


class CauseNeeded(Refusal):
    def __init__(self) -> None:
        super().__init__("cause_needed", "Write why the recording is paused: it stands in the recording.")


class NotInAnEmergency(Refusal):
    def __init__(self) -> None:
        super().__init__("not_in_an_emergency", "An emergency call is recorded as a whole: it cannot be paused.")


class PausedAlready(Refusal):
    def __init__(self) -> None:
        super().__init__("paused_already", "The recording is paused already.")


class NotPaused(Refusal):
    def __init__(self) -> None:
        super().__init__("not_paused", "The recording goes on already.")


def checked_cause(cause: str) -> str:
    """The cause, tidy; a word of a few letters is none."""
    told = " ".join(cause.split())[:LONGEST_CAUSE]
    if len(told) < SHORTEST_CAUSE:
        raise CauseNeeded
    return told


def until(asked_at: datetime) -> datetime:
    """When a recording goes on by itself; counted from the asking, so that nothing makes it longer."""
    return asked_at + LONGEST_GAP


def resumed_at(asked_at: datetime, *, told_at: datetime) -> datetime:
    """When it went on: at the latest when the guard did it, however late we hear of it."""
    return min(told_at, asked_at + GUARD_AFTER)


@dataclass(frozen=True)
class Gap:
    """A pause as it was: `until` None while it lasts."""

    id: int
    since: datetime
    until: datetime | None
    cause: str


def gaps(pauses: Iterable[Gap], *, began_at: datetime, ended_at: datetime) -> list[dict[str, Any]]:
    """Where in a recording nothing was written down: seconds from its beginning, how many, and why."""
    found = []
    for pause in pauses:
        since, end = max(pause.since, began_at), min(pause.until or ended_at, ended_at)
        if since < end:
            at, seconds = (since - began_at).total_seconds(), (end - since).total_seconds()
            found.append({"at": round(at, 2), "seconds": round(seconds, 2), "reason": pause.cause, "pause": pause.id})
    return found
