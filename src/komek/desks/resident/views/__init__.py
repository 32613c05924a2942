"""The resident's pages. They work without JavaScript."""

from komek.desks.resident.views.answering import answer
from komek.desks.resident.views.following import add, ask, status
from komek.desks.resident.views.home import article, home
from komek.desks.resident.views.numbers import numbers, numbers_file
from komek.desks.resident.views.works import works, works_near
from komek.desks.resident.views.writing import help_writing, suggest_places, write

__all__ = [
    "add",
    "answer",
    "article",
    "ask",
    "help_writing",
    "home",
    "numbers",
    "numbers_file",
    "status",
    "suggest_places",
    "works",
    "works_near",
    "write",
]
