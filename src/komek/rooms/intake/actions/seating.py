"""Where an agent is: ready for work, on a break, gone."""

from datetime import datetime

from komek.platform import unit
from komek.platform.facts import announce
from komek.platform.transactions import together
from komek.registers.staff.models import Agent
from komek.registers.staff.rules import Right, RightMissing
from komek.rooms.intake import rules
from komek.rooms.intake.actions import moves, offering
from komek.rooms.intake.facts import AgentSentAway
from komek.rooms.intake.models import Contact, Seat
from komek.rooms.intake.rules import SeatState, State


@together
def take_seat(agent: Agent, *, at: datetime) -> Seat:
    """Be ready for work; somebody who is busy already stays busy."""
    if not agent.may(Right.TAKE_CONTACTS):
        raise RightMissing(Right.TAKE_CONTACTS)
    seat = _seat(agent, at=at)
    if seat.state in {SeatState.OFF, SeatState.BREAK}:
        moves.sit(seat, SeatState.READY, at=at)
        offering.offer_waiting(at=at)
    return seat


@together
def take_break(agent: Agent, *, reason: str, at: datetime) -> Seat:
    """Pause; an offer goes back to the queue, a wrap-up ends, a conversation is finished first."""
    return _stand_up(agent, SeatState.BREAK, reason=reason[:40], at=at)


@together
def leave(agent: Agent, *, at: datetime) -> Seat:
    """Go home; an offer goes back to the queue, a wrap-up ends, a conversation is finished first."""
    return _stand_up(agent, SeatState.OFF, reason="", at=at)


@together
def send_away(agent: Agent, *, by: Agent, at: datetime) -> Seat:
    """Leave for somebody who went home and forgot to say so; whoever talks with a resident is left alone."""
    if not by.may(Right.MANAGE_QUEUES):
        raise RightMissing(Right.MANAGE_QUEUES)
    seat = moves.seat_of(agent.id)
    if seat is None or seat.state == SeatState.OFF:
        raise rules.NotHere(agent.name)
    seat = _stand_up(agent, SeatState.OFF, reason=rules.SENT_AWAY, at=at)
    announce(AgentSentAway(agent.id, by.id, at))
    return seat


def _stand_up(agent: Agent, state: SeatState, *, reason: str, at: datetime) -> Seat:
    moves.give_offers_back(agent, reason=reason or state.value, at=at)
    wrapping = Contact.objects.select_for_update().filter(accepted_by=agent, state=State.WRAP_UP).order_by("id")
    for contact in wrapping:
        moves.finish(unit.keep(contact), agent_id=agent.id, at=at)
    seat = _seat(agent, at=at)
    talking = Contact.objects.filter(accepted_by=agent, state=State.ACCEPTED).exists()
    offered = Contact.objects.filter(offered_to=agent, state=State.OFFERED).exists()
    if talking or offered:
        raise rules.SeatIsBusy
    if seat.state != state or seat.reason != reason:
        moves.sit(seat, state, reason=reason, at=at)
    offering.offer_waiting(at=at)
    return seat


def _seat(agent: Agent, *, at: datetime) -> Seat:
    """The seat for changing; whoever never had one is away."""
    found = moves.seat_of(agent.id)
    return found or unit.add(Seat(agent=agent, state=SeatState.OFF, since=at))
