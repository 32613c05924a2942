"""Verbs of recordings: tapes are looked at and taken in, calls are heard, raw legs go when their recording is safe."""

from komek.rooms.recordings.actions.hearing import export, heard, listen, replay
from komek.rooms.recordings.actions.keeping import (
    destroy,
    destroy_expired,
    hold,
    mark,
    release,
    set_retention,
    tell_the_head,
)
from komek.rooms.recordings.actions.pausing import pause, paused, pausing, resume, resumed
from komek.rooms.recordings.actions.removing import remove_raw
from komek.rooms.recordings.actions.taking_in import look, take_in, take_in_waiting

__all__ = [
    "destroy",
    "destroy_expired",
    "export",
    "heard",
    "hold",
    "listen",
    "look",
    "mark",
    "pause",
    "paused",
    "pausing",
    "release",
    "remove_raw",
    "replay",
    "resume",
    "resumed",
    "set_retention",
    "take_in",
    "take_in_waiting",
    "tell_the_head",
]
