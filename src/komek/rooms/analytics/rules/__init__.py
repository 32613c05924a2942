"""Stories, what they count for, and the formulas over the counts."""

from komek.rooms.analytics.rules.card_stories import (
    CAME_BACK_WITHIN,
    CardStory,
    came_back_at,
    end,
    reopen,
    report,
    settle,
    speaks_of_a_card,
)
from komek.rooms.analytics.rules.contact_stories import ContactStory, settle_contact, speaks_of_a_contact, tie
from komek.rooms.analytics.rules.instants import written
from komek.rooms.analytics.rules.kpis import DEFINITIONS, PERCENTILES, Aim, Counts, Definition, Kpi, Spread, Unit, kpi
from komek.rooms.analytics.rules.measures import (
    RUNNING,
    Cell,
    Dimension,
    Measure,
    Tallies,
    UnknownDimension,
    card_counts,
    contact_counts,
    message_counts,
)
from komek.rooms.analytics.rules.message_stories import MessageStory, find_answers, is_answer, is_network, told_by

__all__ = [
    "CAME_BACK_WITHIN",
    "DEFINITIONS",
    "PERCENTILES",
    "RUNNING",
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
    "Spread",
    "Tallies",
    "Unit",
    "UnknownDimension",
    "came_back_at",
    "card_counts",
    "contact_counts",
    "end",
    "find_answers",
    "is_answer",
    "is_network",
    "kpi",
    "message_counts",
    "reopen",
    "report",
    "settle",
    "settle_contact",
    "speaks_of_a_card",
    "speaks_of_a_contact",
    "tie",
    "told_by",
    "written",
]
