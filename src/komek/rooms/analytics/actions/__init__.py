"""Verbs of analytics: count what was announced, and tell all the stories anew from history."""

from komek.rooms.analytics.actions.counting import count
from komek.rooms.analytics.actions.rebuilding import differences, rebuild

__all__ = ["count", "differences", "rebuild"]
