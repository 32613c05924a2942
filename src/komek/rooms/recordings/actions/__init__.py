"""Verbs of recordings: tapes are looked at, taken in, and removed when what was made of them is safe."""

from komek.rooms.recordings.actions.removing import remove_raw
from komek.rooms.recordings.actions.taking_in import look, take_in, take_in_waiting

__all__ = [
    "look",
    "remove_raw",
    "take_in",
    "take_in_waiting",
]
