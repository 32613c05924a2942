"""What is announced about messages."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class MessageHeard:
    message_id: int
    conversation_id: int
    channel: str
    at: datetime


@dataclass(frozen=True)
class MessageQueued:
    message_id: int
    conversation_id: int
    channel: str
    kind: str
    by_agent_id: int | None
    at: datetime


@dataclass(frozen=True)
class MessageSent:
    message_id: int
    conversation_id: int
    channel: str
    kind: str
    at: datetime


@dataclass(frozen=True)
class MessageKept:
    """The channel holds the message until somebody calls the resident or fetches it."""

    message_id: int
    conversation_id: int
    channel: str
    kind: str
    at: datetime


@dataclass(frozen=True)
class MessageFailed:
    """Not delivered this time; `permanent` says that it will not be tried again."""

    message_id: int
    conversation_id: int
    channel: str
    kind: str
    permanent: bool
    at: datetime


@dataclass(frozen=True)
class CallDue:
    """Nobody answered when the resident was to be told this; the time for the next call has come."""

    message_id: int
    conversation_id: int
    channel: str
    at: datetime
