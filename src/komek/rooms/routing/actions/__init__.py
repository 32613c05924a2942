"""Verbs of routing: send cards where they belong, keep their clocks, publish the rules."""

from komek.rooms.routing.actions.keeping import extend, extend_legally, miss_deadlines, pause, resume, stop
from komek.rooms.routing.actions.publishing import publish
from komek.rooms.routing.actions.sending import assign, pass_on, redirect, reroute, route, take_up, withdraw
from komek.rooms.routing.queries import dry_run

__all__ = [
    "assign",
    "dry_run",
    "extend",
    "extend_legally",
    "miss_deadlines",
    "pass_on",
    "pause",
    "publish",
    "redirect",
    "reroute",
    "resume",
    "route",
    "stop",
    "take_up",
    "withdraw",
]
