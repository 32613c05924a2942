"""Operators who are played: they sit down, are rung on the telephones of their desks, and wrap up when a call is over."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from komek.registers.staff import actions as personnel
from komek.registers.staff import queries as staff
from komek.rooms.calls import actions as calls
from komek.rooms.intake import actions as intake
from komek.rooms.intake import queries as contacts
from komek.rooms.intake.rules import SeatIsBusy, SeatState, State

if TYPE_CHECKING:
    from komek.registers.staff.models import Agent

OPERATOR = "operator"


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

    def end(self, *, at: datetime) -> bool:
        """Everybody goes home who is not in a call any more; false while somebody is."""
        self.look(at=at)
        for agent_id in list(self.seats):
            # Whoever still talks is asked again.
            with suppress(SeatIsBusy):
                intake.leave(self.agents[agent_id], at=at)
                del self.seats[agent_id]
        return not self.seats


def hired(seats: Sequence[int]) -> list["Agent"]:
    """Somebody for each of these desks, hired once; they have no password, so nobody signs in as them."""
    known = {agent.username: agent for agent in staff.agents(role=OPERATOR)}
    return [
        known.get(f"played{seat}")
        or personnel.hire(
            username=f"played{seat}",
            name=f"Played {seat}",
            role=OPERATOR,
            languages=("kk", "ru", "en") if seat % 2 else ("ru", "kk", "en"),
        )
        for seat in seats
    ]
