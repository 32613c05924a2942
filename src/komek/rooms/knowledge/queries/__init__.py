"""Questions to the knowledge: what answers these words, what is happening now, which script an emergency calls."""

from komek.rooms.knowledge.queries.articles import (
    answers,
    article,
    bulletins,
    doubted,
    ending,
    for_topic,
    missed,
    popular,
    search,
    valid,
)
from komek.rooms.knowledge.queries.scripts import script, scripts, scripts_for

__all__ = [
    "answers",
    "article",
    "bulletins",
    "doubted",
    "ending",
    "for_topic",
    "missed",
    "popular",
    "script",
    "scripts",
    "scripts_for",
    "search",
    "valid",
]
