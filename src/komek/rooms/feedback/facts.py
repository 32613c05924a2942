"""What is announced about notices and answers."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ResidentNotified:
    card_id: int
    moment: str
    message_id: int
    at: datetime


@dataclass(frozen=True)
class ConfirmationAsked:
    card_id: int
    survey_id: int
    at: datetime


@dataclass(frozen=True)
class ResultConfirmed:
    card_id: int
    survey_id: int
    score: int | None
    at: datetime


@dataclass(frozen=True)
class ResultRefuted:
    card_id: int
    survey_id: int
    reason: str
    at: datetime
