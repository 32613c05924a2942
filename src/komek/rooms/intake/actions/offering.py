"""Who is offered what, and what becomes of an offer.

Offering takes only rows that nobody holds, so it never waits for anybody.
"""

from datetime import datetime

from komek.platform import unit
from komek.platform.facts import announce
from komek.platform.transactions import together
from komek.registers.staff.models import Agent
from komek.rooms.intake import queries, rules
from komek.rooms.intake.actions import moves
from komek.rooms.intake.facts import ContactAccepted, ContactOffered
from komek.rooms.intake.models import Contact, Draft, Seat
from komek.rooms.intake.rules import SeatState, State, Urgency, Verb


@together
def offer_waiting(*, at: datetime) -> int:
    """Offer those who wait to those who are free; returns how many offers were made."""
    seats = {
        seat.agent_id: unit.keep(seat)
        for seat in Seat.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("agent")
        .filter(state=SeatState.READY, agent__is_active=True)
    }
    if not seats:
        return 0
    free = [rules.Free(seat.agent_id, frozenset(seat.agent.languages), seat.since) for seat in seats.values()]
    spoken = {language for seat in free for language in seat.languages}
    rows = Contact.objects.select_for_update(skip_locked=True).in_bulk(queries.next_for(spoken, most=len(free)))
    contacts = {contact_id: unit.keep(contact) for contact_id, contact in rows.items()}
    waiting = [
        rules.Waiting(contact.id, contact.language, Urgency(contact.urgency), contact.arrived_at)
        for contact in contacts.values()
        if contact.state == State.WAITING
    ]
    offers = rules.pairs(waiting, free)
    for contact_id, agent_id in offers:
        contact = contacts[contact_id]
        contact.move_to(State.OFFERED)
        contact.offered_to_id, contact.offered_at = agent_id, at
        unit.save(contact, "state", "offered_to", "offered_at")
        moves.write(contact, Verb.OFFERED, agent_id=agent_id, at=at)
        announce(ContactOffered(contact_id, agent_id, at))
        moves.sit(seats[agent_id], SeatState.OFFERED, at=at)
    return len(offers)


@together
def accept(contact_id: int, *, by: Agent, at: datetime) -> Contact:
    """Take what is offered; of two who try, one has it and the other is told so."""
    contact = moves.locked(contact_id)
    if contact.state == State.ACCEPTED and contact.accepted_by_id == by.id:
        return contact
    if contact.state == State.WAITING:
        raise rules.OfferIsOver(contact_id)
    return take(contact, by=by, at=at)


@together
def pick(contact_id: int, *, by: Agent, at: datetime) -> Contact:
    """Take a contact out of the queue by hand; another offer of that moment goes back."""
    contact = moves.locked(contact_id)
    if contact.state == State.ACCEPTED and contact.accepted_by_id == by.id:
        return contact
    if contact.channel == rules.BY_SWITCH:
        raise rules.RungBySwitch(contact_id)
    if contact.state == State.WAITING:
        moves.give_offers_back(by, reason="took another", at=at)
    return take(contact, by=by, at=at)


@together
def decline(contact_id: int, *, by: Agent, reason: str, at: datetime) -> Contact:
    """Say no to an offer; the seat pauses, else the same contact would come back at once."""
    contact = moves.locked(contact_id)
    if contact.state == State.WAITING:
        raise rules.OfferIsOver(contact_id)
    if contact.offered_to_id != by.id:
        raise rules.NotYours(contact_id)
    moves.wait_again(contact, reason=reason[:40] or "declined", at=at)
    moves.pause(by.id, reason=reason[:40] or "declined", at=at)
    offer_waiting(at=at)
    return contact


@together
def withdraw_expired_offers(*, at: datetime) -> int:
    """Take back what nobody answered; whoever did not answer is paused, and the contact goes to the next."""
    expired = (
        Contact.objects.select_for_update(skip_locked=True)
        .filter(state=State.OFFERED, offered_at__lte=at - rules.OFFER_LASTS)
        .exclude(channel=rules.BY_SWITCH)
        .order_by("id")
    )
    contacts = [unit.keep(contact) for contact in expired]
    for contact in contacts:
        agent_id = contact.offered_to_id
        moves.wait_again(contact, reason=rules.NO_ANSWER, at=at)
        if agent_id is not None:
            moves.pause(agent_id, reason=rules.NO_ANSWER, at=at)
    if contacts:
        offer_waiting(at=at)
    return len(contacts)


def take(contact: Contact, *, by: Agent, at: datetime) -> Contact:
    """Put a contact that waits, or is offered to this person, into their hands; raises NotYours."""
    if contact.accepted_by_id is not None or (contact.state == State.OFFERED and contact.offered_to_id != by.id):
        raise rules.NotYours(contact.id)
    contact.move_to(State.ACCEPTED)
    contact.accepted_by, contact.accepted_at = by, at
    contact.offered_to, contact.offered_at = None, None
    unit.save(contact, "state", "accepted_by", "accepted_at", "offered_to", "offered_at")
    Draft.objects.get_or_create(contact=contact)
    moves.write(contact, Verb.ACCEPTED, agent_id=by.id, at=at)
    announce(ContactAccepted(contact.id, by.id, moves.seconds(contact.arrived_at, at), at))
    seat = moves.seat_of(by.id)
    if seat is not None and seat.state not in {SeatState.OFF, SeatState.TALKING}:
        moves.sit(seat, SeatState.TALKING, at=at)
    return contact
