"""What a switch does with contacts, written down: it rings, connects and loses by itself, also while nobody of us is up.

Each of these may be told twice, late, or after something that came later; what is known already stays.
"""

from datetime import datetime

from komek.platform import unit
from komek.platform.facts import announce
from komek.platform.transactions import together
from komek.registers.staff.models import Agent
from komek.rooms.intake import rules
from komek.rooms.intake.actions import moves, offering
from komek.rooms.intake.facts import ContactHastened, ContactOffered, ContactPutBack
from komek.rooms.intake.models import Contact
from komek.rooms.intake.rules import SeatState, State, Urgency, Verb


@together
def ring(contact_id: int, *, agent: Agent, at: datetime) -> Contact:
    """The telephone of this person rings for the contact."""
    contact = moves.locked(contact_id)
    if contact.state == State.OFFERED and contact.offered_to_id != agent.id:
        moves.wait_again(contact, reason="rung elsewhere", at=at)
    if contact.state != State.WAITING:
        return contact
    contact.move_to(State.OFFERED)
    contact.offered_to_id, contact.offered_at = agent.id, at
    unit.save(contact, "state", "offered_to", "offered_at")
    moves.write(contact, Verb.OFFERED, agent_id=agent.id, at=at)
    announce(ContactOffered(contact_id, agent.id, at))
    seat = moves.seat_of(agent.id)
    if seat is not None and seat.state == SeatState.READY:
        moves.sit(seat, SeatState.OFFERED, at=at)
    return contact


@together
def hasten(contact_id: int, *, at: datetime) -> Contact:
    """Somebody who waits has told that a life is in danger."""
    contact = moves.locked(contact_id)
    if contact.urgency != Urgency.URGENT:
        contact.urgency = Urgency.URGENT
        unit.save(contact, "urgency")
        announce(ContactHastened(contact_id, at))
    return contact


@together
def not_answered(contact_id: int, *, agent: Agent, at: datetime) -> Contact:
    """It rang long enough: the contact waits for the next, and whoever did not answer pauses."""
    contact = moves.locked(contact_id)
    if contact.state == State.OFFERED and contact.offered_to_id == agent.id:
        moves.wait_again(contact, reason=rules.NO_ANSWER, at=at)
    moves.pause(agent.id, reason=rules.NO_ANSWER, at=at)
    return contact


@together
def connected(contact_id: int, *, agent: Agent, at: datetime) -> Contact:
    """Whoever was rung before, it is this person who talks with the resident now."""
    contact = moves.locked(contact_id)
    if contact.state in {State.ACCEPTED, State.WRAP_UP, State.ENDED, State.ABANDONED}:
        return contact
    if contact.state == State.OFFERED and contact.offered_to_id != agent.id:
        moves.wait_again(contact, reason="answered elsewhere", at=at)
    return offering.take(contact, by=agent, at=at)


@together
def passed_on(contact_id: int, *, at: datetime) -> Contact:
    """Whoever had the contact has left the call to a colleague: it is nobody's until the colleague has it."""
    contact = moves.locked(contact_id)
    return _let_go(contact, reason="passed on", idle=SeatState.READY, at=at)


@together
def lost(contact_id: int, *, at: datetime) -> Contact:
    """The operator's line died and the caller is in the queue again; what was typed goes along."""
    return _let_go(moves.locked(contact_id), reason="line lost", idle=SeatState.BREAK, at=at)


def _let_go(contact: Contact, *, reason: str, idle: SeatState, at: datetime) -> Contact:
    agent_id = contact.accepted_by_id
    if contact.state not in {State.ACCEPTED, State.WRAP_UP} or agent_id is None:
        return contact
    contact.move_to(State.WAITING)
    contact.accepted_by, contact.accepted_at, contact.ended_at = None, None, None
    unit.save(contact, "state", "accepted_by", "accepted_at", "ended_at")
    moves.write(contact, Verb.PUT_BACK, agent_id=agent_id, at=at)
    announce(ContactPutBack(contact.id, agent_id, reason, at))
    moves.settle_seat(agent_id, at=at, idle=idle, reason=reason if idle is SeatState.BREAK else "")
    return contact
