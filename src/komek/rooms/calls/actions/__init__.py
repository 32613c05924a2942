"""Verbs of calls: the journal is read, a browser answers, a line is taken, people are called back."""

from komek.rooms.calls.actions.answering import accept, note_quality, rang, seat_of, take_desk
from komek.rooms.calls.actions.calling_back import called, dialled, drop, give_up, hasten, not_reached, want
from komek.rooms.calls.actions.handing_over import begun, failed, hand_over
from komek.rooms.calls.actions.inviting import invite, invited, not_invited
from komek.rooms.calls.actions.joining import join, not_joined, rung
from komek.rooms.calls.actions.own import own
from komek.rooms.calls.actions.reading import read

__all__ = [
    "accept",
    "begun",
    "called",
    "dialled",
    "drop",
    "failed",
    "give_up",
    "hand_over",
    "hasten",
    "invite",
    "invited",
    "join",
    "not_invited",
    "not_joined",
    "not_reached",
    "note_quality",
    "own",
    "rang",
    "read",
    "rung",
    "seat_of",
    "take_desk",
    "want",
]
