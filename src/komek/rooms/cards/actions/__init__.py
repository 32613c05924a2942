"""Verbs of cards: register and answer, correct, and move along the line; each writes the history of the card."""

from komek.rooms.cards.actions.correcting import correct, note
from komek.rooms.cards.actions.hearing import hear
from komek.rooms.cards.actions.moving import (
    close,
    finish,
    own,
    reopen,
    route,
    send_back,
    take_into_work,
    withdraw,
)
from komek.rooms.cards.actions.registering import answer, classify, explain, hand_over, receive, register
from komek.rooms.cards.actions.taking_in import take_in

__all__ = [
    "answer",
    "classify",
    "close",
    "correct",
    "explain",
    "finish",
    "hand_over",
    "hear",
    "note",
    "own",
    "receive",
    "register",
    "reopen",
    "route",
    "send_back",
    "take_in",
    "take_into_work",
    "withdraw",
]
