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
