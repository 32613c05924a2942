"""How long the sound of a call is kept, and when it may not be deleted."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from komek.refusal import Refusal

LEAST_DAYS, MOST_DAYS = 1, 36_500
SHORTEST_HOLD, LONGEST_HOLD = 5, 300


class Class(StrEnum):
    """What a call was, as far as its keeping depends on it; the longest of its classes counts."""

    ORDINARY = "ordinary"
    APPEAL = "appeal"
    EMERGENCY = "emergency"
    REVIEWED = "reviewed"
    UNANSWERED = "unanswered"


# Until the city has decided otherwise.
USUAL_DAYS: Mapping[Class, int] = {
    Class.ORDINARY: 365,
    Class.APPEAL: 3 * 365,
    Class.EMERGENCY: 3 * 365,
    Class.REVIEWED: 365,
    Class.UNANSWERED: 30,
}


class BadRetention(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "bad_retention", "Keep recordings for %(least)s to %(most)s days.", least=LEAST_DAYS, most=MOST_DAYS
        )


class HoldNeedsAReason(Refusal):
    def __init__(self) -> None:
        super().__init__("hold_needs_a_reason", "Write why this recording may not be deleted.")


def classes(*, answered: bool, emergency: bool, marked: Collection[str]) -> frozenset[Class]:
    """Everything that a call was."""
    found = {Class.ORDINARY if answered else Class.UNANSWERED} | {Class(one) for one in marked}
    if emergency:
        found.add(Class.EMERGENCY)
    return frozenset(found)


def kept_until(ended_at: datetime, of: Collection[Class], days: Mapping[Class, int]) -> tuple[datetime, Class]:
    """Until when a recording is kept, and for which of its classes."""
    longest = max(of, key=lambda one: (days[one], one.value))
    return ended_at + timedelta(days=days[longest]), longest


def checked_days(days: int) -> int:
    """So many days, if that can be meant."""
    if not LEAST_DAYS <= days <= MOST_DAYS:
        raise BadRetention
    return days


def checked_hold(because: str) -> str:
    """Why something may not be deleted, tidy."""
    told = " ".join(because.split())[:LONGEST_HOLD]
    if len(told) < SHORTEST_HOLD:
        raise HoldNeedsAReason
    return told
