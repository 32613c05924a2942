"""The operator's screen: one page of live regions around the card that is being written."""

from komek.desks.operator.views import calls, recording, telling
from komek.desks.operator.views.cards import card, find, finish
from komek.desks.operator.views.contacts import contact, draft, entry, home, seat
from komek.desks.operator.views.reviews import reviews
from komek.desks.operator.views.suggestions import help_typing, suggest

__all__ = [
    "calls",
    "card",
    "contact",
    "draft",
    "entry",
    "find",
    "finish",
    "help_typing",
    "home",
    "recording",
    "reviews",
    "seat",
    "suggest",
    "telling",
]
