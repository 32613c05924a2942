"""Who may hear a recording, on which ground, and which seconds of it they have heard."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from komek.refusal import Refusal

OWN_CALLS_FOR = timedelta(hours=24)
# How long what was opened can be heard without opening it anew.
OPEN_FOR = timedelta(hours=4)
SHORTEST_REASON, LONGEST_REASON = 10, 300


class Ground(StrEnum):
    """Why somebody may hear a call."""

    OWN = "own"
    TEAM = "team"
    REVIEW = "review"
    REASON = "reason"
    EXPORT = "export"


class MayNotHear(Refusal):
    def __init__(self) -> None:
        super().__init__("may_not_hear", "You may not hear this call: your own calls can be heard for 24 hours.")


class ReasonNeeded(Refusal):
    def __init__(self) -> None:
        super().__init__("reason_needed", "Say in a sentence why you listen to this call: it is written down.")


class SoundGone(Refusal):
    def __init__(self) -> None:
        super().__init__("sound_gone", "The sound of this call is not kept any more.")


class SoundBroken(Refusal):
    def __init__(self) -> None:
        super().__init__("sound_broken", "The sound of this call cannot be opened: tell the administrator.")


class NoSuchRecording(Refusal):
    def __init__(self, recording_id: object) -> None:
        super().__init__("no_such_recording", "There is no recording %(recording)s.", recording=str(recording_id)[:40])


class NotYourListening(Refusal):
    def __init__(self) -> None:
        super().__init__("not_your_listening", "Open the recording again: this link was made for somebody else.")


def ground(
    *,
    agent_id: int,
    talked: Collection[int],
    ended_at: datetime,
    at: datetime,
    own: bool,
    team: bool,
    by_reason: bool,
    reviews: bool = False,
) -> Ground | None:
    """The ground on which somebody hears a call; None when they may not. Whoever needs a reason is asked for it."""
    if team:
        return Ground.REVIEW if reviews else Ground.TEAM
    if own and agent_id in talked and at - ended_at <= OWN_CALLS_FOR:
        return Ground.OWN
    return Ground.REASON if by_reason else None


def checked_reason(reason: str, *, is_needed: bool) -> str:
    """The reason, tidy; a word is none."""
    told = " ".join(reason.split())[:LONGEST_REASON]
    if is_needed and len(told) < SHORTEST_REASON:
        raise ReasonNeeded
    return told


def merged(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """What was heard, without overlaps, in order: milliseconds from the beginning."""
    found: list[tuple[int, int]] = []
    for since, until in sorted(one for one in stretches if one[0] < one[1]):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((since, until))
    return found
