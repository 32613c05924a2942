"""The supervisor's pages: the floor now, the wall, who is where, reviews, numbers, and what the floor works by."""

from komek.desks.supervisor.views.calls import callback, calls, join, line
from komek.desks.supervisor.views.floor import answered, home, overdue, people, send_away, waiting, wall
from komek.desks.supervisor.views.numbers import numbers, numbers_file
from komek.desks.supervisor.views.quality import contact, contacts
from komek.desks.supervisor.views.recordings import hold, recording, recordings, retention
from komek.desks.supervisor.views.thresholds import thresholds
from komek.desks.supervisor.views.working import calendar, rules, rules_file

__all__ = [
    "answered",
    "calendar",
    "callback",
    "calls",
    "contact",
    "contacts",
    "hold",
    "home",
    "join",
    "line",
    "numbers",
    "numbers_file",
    "overdue",
    "people",
    "recording",
    "recordings",
    "retention",
    "rules",
    "rules_file",
    "send_away",
    "thresholds",
    "waiting",
    "wall",
]
