"""What is announced about contacts and seats. Seconds are whole; a wait runs from the arrival."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ContactArrived:
    contact_id: int
    channel: str
    language: str
    urgency: str
    at: datetime


@dataclass(frozen=True)
class ContactHastened:
    """Somebody who waits has said that a life is in danger."""

    contact_id: int
    at: datetime


@dataclass(frozen=True)
class ContactOffered:
    contact_id: int
    agent_id: int
    at: datetime


@dataclass(frozen=True)
class OfferWithdrawn:
    contact_id: int
    agent_id: int
    reason: str
    at: datetime


@dataclass(frozen=True)
class ContactAccepted:
    contact_id: int
    agent_id: int
    waited_seconds: int
    at: datetime


@dataclass(frozen=True)
class ContactAbandoned:
    contact_id: int
    waited_seconds: int
    at: datetime


@dataclass(frozen=True)
class ContactSettled:
    """Ended without an operator: a card was registered by itself, and nobody has to answer."""

    contact_id: int
    waited_seconds: int
    at: datetime


@dataclass(frozen=True)
class ContactEnded:
    """The conversation is over; the wrap-up begins."""

    contact_id: int
    agent_id: int
    talk_seconds: int
    at: datetime


@dataclass(frozen=True)
class ContactWrappedUp:
    contact_id: int
    agent_id: int
    talk_seconds: int
    wrap_up_seconds: int
    at: datetime


@dataclass(frozen=True)
class ContactIdentified:
    """The operator knows now who it is."""

    contact_id: int
    resident_id: int
    by_agent_id: int
    at: datetime


@dataclass(frozen=True)
class ContactPutBack:
    """An accepted contact waits again, with its draft."""

    contact_id: int
    agent_id: int
    reason: str
    at: datetime


@dataclass(frozen=True)
class DraftSaved:
    contact_id: int
    agent_id: int
    revision: int
    at: datetime


@dataclass(frozen=True)
class SeatChanged:
    agent_id: int
    state: str
    was: str
    was_seconds: int
    at: datetime


@dataclass(frozen=True)
class AgentSentAway:
    """Somebody else has said that this person is not here any more."""

    agent_id: int
    by_agent_id: int
    at: datetime
