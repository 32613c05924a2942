"""What is announced about calls. Seconds are whole."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class CallAnswered:
    call_id: int
    unique_id: str
    contact_id: int
    agent_id: int
    at: datetime


@dataclass(frozen=True)
class CallEnded:
    """Nobody talks any more; `agent_id` is who talked last, None when nobody did."""

    call_id: int
    unique_id: str
    contact_id: int
    agent_id: int | None
    at: datetime


@dataclass(frozen=True)
class CallBackWanted:
    """Somebody is to be called: they asked for it, or gave up waiting."""

    callback_id: int
    number: str
    cause: str
    at: datetime


@dataclass(frozen=True)
class CallBackEnded:
    callback_id: int
    state: str
    at: datetime


@dataclass(frozen=True)
class HandOverAsked:
    """The operator has pressed the key of an emergency service: the switch is to call it in."""

    handover_id: int
    unique_id: str
    contact_id: int
    service: str
    at: datetime


@dataclass(frozen=True)
class HandOverMoved:
    """It rings there, was answered, was not, or is over: `state` says which."""

    handover_id: int
    contact_id: int
    service: str
    state: str
    at: datetime


@dataclass(frozen=True)
class ResidentDialled:
    """One of us rings a resident; `about` is the number of a card, or nothing."""

    outgoing_id: int
    unique_id: str
    about: str
    agent_id: int | None
    at: datetime


@dataclass(frozen=True)
class OutgoingEnded:
    """It is over; seconds of talk, 0 when nobody has answered."""

    outgoing_id: int
    unique_id: str
    about: str
    agent_id: int | None
    seconds: int
    at: datetime


@dataclass(frozen=True)
class ColleagueAsked:
    """An operator wants a colleague in the call: the switch is to ring them."""

    invitation_id: int
    unique_id: str
    contact_id: int
    agent_id: int
    at: datetime


@dataclass(frozen=True)
class ColleagueMoved:
    """They came, did not come, left again, or have the call now: `state` says which."""

    invitation_id: int
    contact_id: int
    agent_id: int
    asked_by_id: int
    state: str
    at: datetime


@dataclass(frozen=True)
class JoiningAsked:
    """A supervisor wants to hear a call: the switch is to ring them."""

    joining_id: int
    agent_id: int
    by_agent_id: int
    ear: str
    at: datetime


@dataclass(frozen=True)
class JoiningBegan:
    """The supervisor is in the call."""

    joining_id: int
    agent_id: int
    by_agent_id: int
    at: datetime


@dataclass(frozen=True)
class JoiningEnded:
    """It is over, or could not be: from when to when the supervisor was in the call."""

    joining_id: int
    agent_id: int
    by_agent_id: int
    seconds: int
    at: datetime
