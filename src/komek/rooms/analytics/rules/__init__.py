"""Stories, what they count for, and the formulas over the counts."""

from komek.rooms.analytics.rules.card_stories import CardStory, settle, see_who_came_back
from komek.rooms.analytics.rules.contact_stories import ContactStory, tie
from komek.rooms.analytics.rules.kpis import DEFINITIONS, Aim, Counts, Definition, Kpi, Unit, spread
from komek.rooms.analytics.rules.measures import (
    Cell,
    Dimension,
    Measure,
    UnknownDimension,
    card_counts,
    contact_counts,
    message_counts,
)
from komek.rooms.analytics.rules.message_stories import MessageStory, find_answers, is_answer, is_network

__all__ = [
    "DEFINITIONS",
    "Aim",
    "CardStory",
    "Cell",
    "ContactStory",
    "Counts",
    "Definition",
    "Dimension",
    "Kpi",
    "Measure",
    "MessageStory",
    "Unit",
    "UnknownDimension",
    "card_counts",
    "contact_counts",
    "find_answers",
    "is_answer",
    "is_network",
    "message_counts",
    "see_who_came_back",
    "settle",
    "spread",
    "tie",
]
