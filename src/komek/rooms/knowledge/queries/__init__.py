"""Questions to the knowledge: what answers these words, what is happening now, which script an emergency calls."""

from komek.rooms.knowledge.queries.articles import (
    answers,
    article,
    bulletins,
    for_topic,
    missed,
    popular,
    search,
    valid,
)
from komek.rooms.knowledge.queries.editing import (
    SHELVES,
    Change,
    Row,
    Shelf,
    bulletin,
    bulletins_lately,
    changes,
    next_code,
    owners,
    shelf,
    shelves,
    whole,
)
from komek.rooms.knowledge.queries.scripts import script, scripts, scripts_for

__all__ = [
    "SHELVES",
    "Change",
    "Row",
    "Shelf",
    "answers",
    "article",
    "bulletin",
    "bulletins",
    "bulletins_lately",
    "changes",
    "for_topic",
    "missed",
    "next_code",
    "owners",
    "popular",
    "script",
    "scripts",
    "scripts_for",
    "search",
    "shelf",
    "shelves",
    "valid",
    "whole",
]
