"""The steps that the verbs of intake are made of; each is called inside the transaction of a verb.

Locks are taken in one order, contacts before seats.
"""

from datetime import datetime

from komek.platform import unit
from komek.platform.facts import announce
from komek.registers.staff.models import Agent
from komek.rooms.intake import rules
from komek.rooms.intake.facts import ContactEnded, ContactWrappedUp, OfferWithdrawn, SeatChanged
from komek.rooms.intake.models import Contact, ContactEntry, Seat, SeatChange
from komek.rooms.intake.rules import SeatState, State, Verb


def locked(contact_id: int) -> Contact:
    found = unit.hold(Contact, contact_id)
    if found is None:
        raise rules.NoSuchContact(contact_id)
    return found


def mine(contact_id: int, *, by: Agent) -> Contact:
    contact = locked(contact_id)
    if contact.accepted_by_id != by.id:
        raise rules.NotYours(contact_id)
    return contact


def wait_again(contact: Contact, *, reason: str, at: datetime) -> None:
    agent_id = contact.offered_to_id
    contact.move_to(State.WAITING)
    contact.offered_to, contact.offered_at = None, None
    unit.save(contact, "state", "offered_to", "offered_at")
    if agent_id is not None:
        write(contact, Verb.TAKEN_BACK, agent_id=agent_id, at=at)
        announce(OfferWithdrawn(contact.id, agent_id, reason, at))


def give_offers_back(agent: Agent, *, reason: str, at: datetime) -> None:
    for contact in Contact.objects.select_for_update().filter(offered_to=agent, state=State.OFFERED).order_by("id"):
        wait_again(unit.keep(contact), reason=reason, at=at)


def hang_up(contact: Contact, *, agent_id: int, at: datetime) -> None:
    contact.move_to(State.WRAP_UP)
    contact.ended_at = at
    unit.save(contact, "state", "ended_at")
    announce(ContactEnded(contact.id, agent_id, seconds(contact.accepted_at, at), at))


def finish(contact: Contact, *, agent_id: int, at: datetime) -> None:
    contact.move_to(State.ENDED)
    contact.wrapped_up_at = at
    unit.save(contact, "state", "wrapped_up_at")
    talked, wrapped = seconds(contact.accepted_at, contact.ended_at or at), seconds(contact.ended_at, at)
    announce(ContactWrappedUp(contact.id, agent_id, talked, wrapped, at))


def pause(agent_id: int, *, reason: str, at: datetime) -> None:
    seat = seat_of(agent_id)
    if seat is not None and seat.state == SeatState.OFFERED:
        sit(seat, SeatState.BREAK, reason=reason, at=at)


def settle_seat(agent_id: int, *, at: datetime, idle: SeatState = SeatState.READY, reason: str = "") -> None:
    """Put the seat where the contacts at hand say it is; with none at hand it is idle in this way."""
    seat = seat_of(agent_id)
    if seat is None or seat.state not in {SeatState.TALKING, SeatState.WRAP_UP}:
        return
    at_hand = set(
        Contact.objects.filter(accepted_by_id=agent_id, state__in=[State.ACCEPTED, State.WRAP_UP]).values_list(
            "state", flat=True
        )
    )
    if State.ACCEPTED in at_hand:
        state, reason = SeatState.TALKING, ""
    elif State.WRAP_UP in at_hand:
        state, reason = SeatState.WRAP_UP, ""
    else:
        state = idle
    if seat.state != state:
        sit(seat, state, reason=reason, at=at)


def seat_of(agent_id: int) -> Seat | None:
    return unit.hold(Seat, agent_id)


def sit(seat: Seat, state: SeatState, *, at: datetime, reason: str = "") -> None:
    was, since = seat.state, seat.since
    if at > since:
        unit.append(SeatChange(agent_id=seat.agent_id, state=was, reason=seat.reason, began_at=since, ended_at=at))
    seat.state, seat.since, seat.reason = state, at, reason
    unit.save(seat, "state", "since", "reason")
    announce(SeatChanged(seat.agent_id, state, was, seconds(since, at), at))


def write(contact: Contact, verb: Verb, *, agent_id: int, at: datetime) -> None:
    """Add a line to the contact's history: its row forgets an offer as soon as the offer is over."""
    unit.append(ContactEntry(contact=contact, verb=verb, agent_id=agent_id, at=at))


def seconds(since: datetime | None, at: datetime) -> int:
    return max(0, int((at - since).total_seconds())) if since is not None else 0
