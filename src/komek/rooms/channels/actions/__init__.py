"""Verbs of channels: open a conversation, hear what is said, tell something, and deliver it."""

from komek.rooms.channels.actions.conversing import hear, identify, open_conversation, tell
from komek.rooms.channels.actions.delivering import address, deliver, send, send_again
from komek.rooms.channels.actions.keeping import call_again, called_back, fetched, not_reached, told, unanswered

__all__ = [
    "address",
    "call_again",
    "called_back",
    "deliver",
    "fetched",
    "hear",
    "identify",
    "not_reached",
    "open_conversation",
    "send",
    "send_again",
    "tell",
    "told",
    "unanswered",
]
