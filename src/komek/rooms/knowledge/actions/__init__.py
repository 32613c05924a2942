"""Verbs of the knowledge: publish, retire, announce, end, doubt, remember what was not found."""

from komek.rooms.knowledge.actions.articles import (
    announce_bulletin,
    end_bulletin,
    forget_missed,
    forget_old_searches,
    mark_wrong,
    note_missed,
    publish,
    retire,
)
from komek.rooms.knowledge.actions.scripts import publish_scripts

__all__ = [
    "announce_bulletin",
    "end_bulletin",
    "forget_missed",
    "forget_old_searches",
    "mark_wrong",
    "note_missed",
    "publish",
    "publish_scripts",
    "retire",
]
