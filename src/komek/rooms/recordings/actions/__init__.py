"""Verbs of recordings: tapes are looked at and taken in, calls are heard, raw legs go when their recording is safe."""

from komek.rooms.recordings.actions.hearing import export, heard, listen, replay
from komek.rooms.recordings.actions.pausing import pause, paused, pausing, resume, resumed
from komek.rooms.recordings.actions.removing import remove_raw
from komek.rooms.recordings.actions.taking_in import look, take_in, take_in_waiting

__all__ = [
    "export",
    "heard",
    "listen",
    "look",
    "pause",
    "paused",
    "pausing",
    "remove_raw",
    "replay",
    "resume",
    "resumed",
    "take_in",
    "take_in_waiting",
]
