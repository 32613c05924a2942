"""What the journal of a switch can say."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class What(StrEnum):
    """A line of the journal, in the centre's words."""

    URGENT = "urgent"
    ENTERED = "entered"
    ANSWERED = "answered"
    NOT_ANSWERED = "not_answered"
    ENDED = "ended"
    ABANDONED = "abandoned"
    CALLBACK_ASKED = "callback_asked"
    CALLED_BACK = "called_back"
    INCIDENT_HEARD = "incident_heard"
    INCIDENT_JOINED = "incident_joined"
    OPERATOR_LEFT = "operator_left"
    SERVICE_ASKED = "service_asked"
    SERVICE_RINGING = "service_ringing"
    SERVICE_SILENT = "service_silent"
    SERVICE_ANSWERED = "service_answered"
    SERVICE_LEFT = "service_left"
    COLLEAGUE_ASKED = "colleague_asked"
    COLLEAGUE_ANSWERED = "colleague_came"
    COLLEAGUE_SILENT = "colleague_silent"
    SPY_BEGAN = "spy_began"
    SPY_ENDED = "spy_ended"
    RECORDED = "recorded"
    RESIDENT_DIALLED = "resident_dialled"
    RESIDENT_CAME = "resident_came"
    GONE = "gone"


@dataclass(frozen=True)
class Entry:
    """One line of the journal: `unique_id` is the caller's call, `agent_id` whom it names, `data` what else it says."""

    at: datetime
    unique_id: str
    what: What
    queue: str = ""
    agent_id: int | None = None
    data: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """How far a journal has been read."""

    file: int = 0
    offset: int = 0


def precise(at: datetime, said: str) -> datetime:
    """A moment that a line tells by the thousandth, where the journal itself knows whole seconds only."""
    try:
        told = datetime.fromtimestamp(float(said), at.tzinfo)
    except (ValueError, OverflowError, OSError):
        return at
    return told if abs(told - at) <= timedelta(seconds=2) else at
