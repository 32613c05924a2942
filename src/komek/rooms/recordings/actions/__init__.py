"""Verbs of recordings: tapes are looked at and taken in, calls are heard, raw legs go when their recording is safe."""

from komek.rooms.recordings.actions.hearing import export, heard, listen
from komek.rooms.recordings.actions.removing import remove_raw
from komek.rooms.recordings.actions.taking_in import look, take_in, take_in_waiting

__all__ = [
    "export",
    "heard",
    "listen",
    "look",
    "remove_raw",
    "take_in",
    "take_in_waiting",
]
