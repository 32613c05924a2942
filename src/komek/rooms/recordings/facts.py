"""What is announced about recordings. Seconds are whole."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class RecordingKept:
    """A call's sound is in the store, sealed and linked into the chain; `findings` says what is not right about it."""

    recording_id: int
    unique_id: str
    contact_id: int | None
    seconds: int
    findings: tuple[str, ...]
    at: datetime


@dataclass(frozen=True)
class PauseAsked:
    """An operator wants the recording of their call to pause, or to go on: the switch is to be told."""

    pause_id: int
    unique_id: str
    contact_id: int
    agent_id: int
    at: datetime


@dataclass(frozen=True)
class PauseMoved:
    """The switch has done it: `state` says whether the recording pauses or goes on."""

    pause_id: int
    unique_id: str
    contact_id: int
    state: str
    at: datetime


@dataclass(frozen=True)
class RecordingDestroyed:
    """Its time was over: the key of its sound is gone, its digest stays. `kept_as` is the class it was kept for."""

    recording_id: int
    kept_as: str
    at: datetime


@dataclass(frozen=True)
class ChainHead:
    """Where the chain of recordings ends at the end of a day: whoever has it can show later that nothing before it changed."""

    links: int
    digest: str
    at: datetime
