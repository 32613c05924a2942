"""What happens to a contact while it is with somebody, and how it ends."""

from collections.abc import Mapping
from datetime import datetime

import structlog

from komek.platform import unit
from komek.platform.facts import announce
from komek.platform.transactions import together
from komek.registers.staff.models import Agent
from komek.rooms.intake import rules
from komek.rooms.intake.actions import moves, offering
from komek.rooms.intake.facts import ContactAbandoned, ContactPutBack, ContactSettled, DraftSaved
from komek.rooms.intake.models import Contact, Draft
from komek.rooms.intake.rules import SeatState, State, Verb

log = structlog.get_logger("komek.intake")


@together
def save_draft(contact_id: int, *, data: Mapping[str, object], revision: int, by: Agent, at: datetime) -> Draft:
    """Keep what was typed on top of the revision that was read; anything newer is shown, never overwritten."""
    tidy = rules.tidy_draft(data)
    contact = _at_hand(contact_id, by=by)
    draft = unit.hold(Draft, contact_id) or unit.add(Draft(contact=contact))
    if draft.revision != revision:
        raise rules.DraftIsNewer(contact_id, draft.revision, draft.data)
    return _kept(draft, tidy, by=by, at=at)


@together
def clear_draft(contact_id: int, *, by: Agent, at: datetime) -> None:
    """What was typed stands on a card now; the next card of the contact begins empty, with a revision of its own."""
    _at_hand(contact_id, by=by)
    draft = unit.hold(Draft, contact_id)
    if draft is not None:
        _kept(draft, {}, by=by, at=at)


def _at_hand(contact_id: int, *, by: Agent) -> Contact:
    contact = moves.mine(contact_id, by=by)
    if contact.state not in {State.ACCEPTED, State.WRAP_UP}:
        raise rules.ContactIsOver(contact_id)
    return contact


def _kept(draft: Draft, data: dict[str, object], *, by: Agent, at: datetime) -> Draft:
    draft.data, draft.revision, draft.saved_at, draft.saved_by = data, draft.revision + 1, at, by
    unit.save(draft)
    announce(DraftSaved(draft.contact_id, by.id, draft.revision, at))
    return draft


@together
def end(contact_id: int, *, by: Agent, at: datetime) -> Contact:
    """The conversation is over and the wrap-up begins."""
    contact = moves.mine(contact_id, by=by)
    if contact.state == State.WRAP_UP:
        return contact
    moves.hang_up(contact, agent_id=by.id, at=at)
    moves.settle_seat(by.id, at=at)
    return contact


@together
def wrap_up(contact_id: int, *, by: Agent, at: datetime) -> Contact:
    """Everything is written down; the seat is free again. A conversation that still runs is ended too."""
    contact = moves.mine(contact_id, by=by)
    if contact.state == State.ENDED:
        return contact
    if contact.state == State.ACCEPTED:
        moves.hang_up(contact, agent_id=by.id, at=at)
    moves.finish(contact, agent_id=by.id, at=at)
    moves.settle_seat(by.id, at=at)
    offering.offer_waiting(at=at)
    return contact


@together
def release_wrap_ups(*, at: datetime) -> int:
    """End the wrap-ups that have lasted too long, so that nobody is forgotten behind one."""
    overdue = (
        Contact.objects.select_for_update(skip_locked=True)
        .filter(state=State.WRAP_UP, ended_at__lte=at - rules.LONGEST_WRAP_UP)
        .order_by("id")
    )
    contacts = [unit.keep(contact) for contact in overdue]
    for contact in contacts:
        if contact.accepted_by_id is not None:
            moves.finish(contact, agent_id=contact.accepted_by_id, at=at)
            moves.settle_seat(contact.accepted_by_id, at=at)
    if contacts:
        offering.offer_waiting(at=at)
    return len(contacts)


@together
def put_back(contact_id: int, *, reason: str, by: Agent, at: datetime) -> Contact:
    """Let an accepted contact wait again, with its draft; the seat pauses, else the same contact would come back.

    Whoever may do this to the contact of another is the desk's question.
    """
    contact = moves.locked(contact_id)
    agent_id = contact.accepted_by_id
    if contact.state != State.ACCEPTED or agent_id is None:
        raise rules.ForbiddenMove(contact_id, contact.state, State.WAITING)
    contact.move_to(State.WAITING)
    contact.accepted_by, contact.accepted_at = None, None
    unit.save(contact, "state", "accepted_by", "accepted_at")
    log.info("contact.put_back", contact_id=contact_id, by=by.id)
    moves.write(contact, Verb.PUT_BACK, agent_id=agent_id, at=at)
    announce(ContactPutBack(contact_id, agent_id, reason[:40], at))
    moves.settle_seat(agent_id, at=at, idle=SeatState.BREAK, reason=reason[:40])
    offering.offer_waiting(at=at)
    return contact


@together
def abandon(contact_id: int, *, at: datetime) -> Contact:
    """The resident gave up waiting; an operator who was being offered the contact is free again."""
    contact = moves.locked(contact_id)
    if contact.state == State.ABANDONED:
        return contact
    agent_id = contact.offered_to_id if contact.state == State.OFFERED else None
    if agent_id is not None:
        moves.wait_again(contact, reason="abandoned", at=at)
    contact.move_to(State.ABANDONED)
    contact.abandoned_at = at
    unit.save(contact, "state", "abandoned_at")
    announce(ContactAbandoned(contact_id, moves.seconds(contact.arrived_at, at), at))
    if agent_id is not None:
        _free(agent_id, at=at)
    return contact


@together
def settle(contact_id: int, *, at: datetime) -> Contact:
    """End a contact that needs no operator any more: a card was registered by itself."""
    contact = moves.locked(contact_id)
    if contact.state == State.ENDED:
        return contact
    agent_id = contact.offered_to_id if contact.state == State.OFFERED else None
    if agent_id is not None:
        moves.wait_again(contact, reason="settled", at=at)
    contact.move_to(State.ENDED)
    contact.ended_at = contact.wrapped_up_at = at
    unit.save(contact, "state", "ended_at", "wrapped_up_at")
    announce(ContactSettled(contact_id, moves.seconds(contact.arrived_at, at), at))
    if agent_id is not None:
        _free(agent_id, at=at)
    return contact


def _free(agent_id: int, *, at: datetime) -> None:
    seat = moves.seat_of(agent_id)
    if seat is not None and seat.state == SeatState.OFFERED:
        moves.sit(seat, SeatState.READY, at=at)
        offering.offer_waiting(at=at)
