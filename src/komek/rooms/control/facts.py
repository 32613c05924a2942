"""What is announced by the second line."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class CheckOpened:
    check_id: int
    card_id: int
    at: datetime


@dataclass(frozen=True)
class WorkAccepted:
    check_id: int
    card_id: int
    by_agent_id: int | None
    at: datetime


@dataclass(frozen=True)
class WorkReturned:
    check_id: int
    card_id: int
    reason: str
    by_agent_id: int | None
    at: datetime


@dataclass(frozen=True)
class EscalationOpened:
    escalation_id: int
    card_id: int
    cause: str
    at: datetime


@dataclass(frozen=True)
class EscalationResolved:
    escalation_id: int
    card_id: int
    cause: str
    by_agent_id: int | None
    at: datetime
