"""Operators who are played: they sit down, are rung on the telephones of their desks, and wrap up when a call is over."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from komek.rooms.calls import actions as calls
from komek.rooms.intake import actions as intake
from komek.rooms.intake import queries as contacts
from komek.rooms.intake.rules import SeatState, State

if TYPE_CHECKING:
    from komek.registers.staff.models import Agent

# Only a home that was made for it is worked in by people who do not exist.
MARKS = ("demo.json", "benchmark.json")


class NotForPlaying(Exception):
    """The installation is a city's own."""


class Working:
    """Some operators at desks with telephones; what they do goes through the same verbs as everybody's."""

    def __init__(self, agents: Sequence["Agent"], seats: Iterable[int], *, wrap_up: timedelta) -> None:
        self.agents = {agent.pk: agent for agent in agents}
        self.seats = dict(zip(self.agents, seats, strict=False))
        self.wrap_up = wrap_up

    def begin(self, *, at: datetime) -> None:
        """Everybody sits down and is ready."""
        for agent_id, number in self.seats.items():
            calls.take_desk(self.agents[agent_id], number=number, at=at)
            intake.take_seat(self.agents[agent_id], at=at)

    def look(self, *, at: datetime) -> None:
        """Whoever has wrapped up for long enough is ready again, and so is whoever did not hear the telephone."""
        for contact in contacts.all_at_hand():
            mine = self.agents.get(contact.accepted_by_id or 0)
            if mine and contact.state == State.WRAP_UP and contact.ended_at and at - contact.ended_at >= self.wrap_up:
                intake.wrap_up(contact.pk, by=mine, at=at)
        for seat in contacts.seats():
            if seat.state == SeatState.BREAK and seat.agent_id in self.seats:
                intake.take_seat(seat.agent, at=at)

    def end(self, *, at: datetime) -> None:
        """Everybody goes home; what they still wrapped up is done."""
        for contact in contacts.all_at_hand():
            if mine := self.agents.get(contact.accepted_by_id or 0):
                intake.wrap_up(contact.pk, by=mine, at=at)
        for agent_id in self.seats:
            intake.leave(self.agents[agent_id], at=at)


def allow(home: Path) -> None:
    """Raise NotForPlaying unless this home was made for a demonstration or for measurements."""
    if not any((home / mark).exists() for mark in MARKS):
        raise NotForPlaying(f"{home} is no demonstration: nobody is played in a city's own centre.")
