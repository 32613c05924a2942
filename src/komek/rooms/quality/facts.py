"""What this room announces."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ThresholdSet:
    """A figure of the wall is held against something else from now on."""

    figure: str
    warn: float
    danger: float
    by_agent_id: int
    at: datetime


@dataclass(frozen=True)
class ThresholdBreached:
    """A figure came to where somebody has to act; said once, however long it stays there."""

    breach_id: int
    figure: str
    value: float
    at: datetime


@dataclass(frozen=True)
class BreachEnded:
    """A figure is back where nobody has to act."""

    breach_id: int
    figure: str
    at: datetime


@dataclass(frozen=True)
class BreachResumed:
    """A figure came back to where somebody has to act, so soon after the end that it is the same breach."""

    breach_id: int
    figure: str
    value: float
    at: datetime


@dataclass(frozen=True)
class ContactReviewed:
    """Somebody has judged how a contact was handled; `agent_id` is whose work it was."""

    review_id: int
    contact_id: int
    agent_id: int
    score: int
    by_agent_id: int
    at: datetime
