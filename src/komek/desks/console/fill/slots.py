"""Slots: the places of a mould that each card fills with something of its own.

A slot has a name: `text`, `resident_id`, `at:3` (the moment of the fourth step), `due:0` (the promise as it stood
first), `row:cards.Entry:2` (the id of the third line of the card's history), `seconds:0:2` (how long it was from the
first step to the third).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Slot:
    """A place that each card fills with something of its own."""

    name: str


@dataclass(frozen=True)
class Text:
    """Words with slots between them."""

    pieces: tuple[str | Slot, ...]


@dataclass(frozen=True)
class Sentences:
    """Sentences one after another, none of them twice."""

    said: tuple[Slot, ...]


@dataclass(frozen=True)
class Notice:
    """A text to the resident: which of the city's texts, and what is filled in."""

    moment: str
    fields: Mapping[str, Any]
