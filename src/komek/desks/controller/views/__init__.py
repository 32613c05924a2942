"""The second line's board, the triage of what is said to be done, and the page of one card with every decision."""

from komek.desks.controller.views.bulk import bulk
from komek.desks.controller.views.card import card
from komek.desks.controller.views.checks import checks, decide
from komek.desks.controller.views.decisions import act
from komek.desks.controller.views.lists import escalations, find, home, look

__all__ = ["act", "bulk", "card", "checks", "decide", "escalations", "find", "home", "look"]
