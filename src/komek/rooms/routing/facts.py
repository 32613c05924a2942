"""What is announced about assignments and clocks."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class CardRouted:
    """One service got the card; a card with three services is routed three times."""

    card_id: int
    assignment_id: int
    service_code: str
    priority: str
    due_at: datetime | None
    at: datetime


@dataclass(frozen=True)
class RoutingFellBack:
    """No rule fitted, or a rule broke: the second line has to decide. `detail` is the word that meant nobody."""

    card_id: int
    cause: str
    detail: str
    at: datetime


@dataclass(frozen=True)
class CardRedirected:
    """Another service has the card instead of the first one; the resident is told at the same time."""

    card_id: int
    from_service: str
    to_service: str
    reason: str
    due_at: datetime | None
    at: datetime


@dataclass(frozen=True)
class AssignmentWithdrawn:
    assignment_id: int
    card_id: int
    service_code: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class ClockStarted:
    card_id: int
    due_at: datetime | None
    legal_due_on: date | None
    at: datetime


@dataclass(frozen=True)
class ClockPaused:
    card_id: int
    reason: str
    at: datetime


@dataclass(frozen=True)
class ClockResumed:
    card_id: int
    due_at: datetime | None
    at: datetime


@dataclass(frozen=True)
class DeadlineRecounted:
    """Another topic, another norm: the promise was counted anew from the first start."""

    card_id: int
    due_at: datetime | None
    legal_due_on: date | None
    at: datetime


@dataclass(frozen=True)
class DeadlineExtended:
    """A promise was moved; `promise` says which of the two."""

    card_id: int
    promise: str
    due_at: datetime | None
    legal_due_on: date | None
    reason: str
    at: datetime


@dataclass(frozen=True)
class DeadlineMissed:
    card_id: int
    due_at: datetime
    at: datetime


@dataclass(frozen=True)
class RulesPublished:
    version: int
    at: datetime
