"""Verbs of the calendar: seed it from public knowledge, then set it by hand."""

from komek.registers.calendar.actions.editing import remove_day, set_day, set_week
from komek.registers.calendar.actions.seeding import seed

__all__ = ["remove_day", "seed", "set_day", "set_week"]
