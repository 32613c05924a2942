"""Verbs of feedback: tell the resident, ask them, and hear what they answer."""

from komek.rooms.feedback.actions.answering import ask, confirm, hear_reply, refute
from komek.rooms.feedback.actions.occasions import (
    tell_closed,
    tell_extended,
    tell_handed_over,
    tell_late,
    tell_passed_on,
    tell_redirected,
    tell_reopened,
)
from komek.rooms.feedback.actions.telling import notify, set_texts

__all__ = [
    "ask",
    "confirm",
    "hear_reply",
    "notify",
    "refute",
    "set_texts",
    "tell_closed",
    "tell_extended",
    "tell_handed_over",
    "tell_late",
    "tell_passed_on",
    "tell_redirected",
    "tell_reopened",
]
