"""Verbs of intake: contacts arrive, are offered and accepted, and end; seats are taken and left.

Locks are taken in one order, contacts before seats; offering takes only what nobody holds, so it never waits.
"""

from collections.abc import Mapping
from datetime import datetime

import structlog
from django.db import transaction

from komek.platform.facts import announce
from komek.registers.catalog import queries as catalog
from komek.registers.catalog.rules import UnknownTopic
from komek.registers.residents import actions as residents
from komek.registers.residents import queries as people
from komek.registers.residents.models import Handle
from komek.registers.residents.rules import UnreadableHandle, normalized
from komek.registers.staff.models import Agent
from komek.registers.staff.rules import Right, RightMissing
from komek.rooms.channels import actions as channels
from komek.rooms.channels.rules import LANGUAGES
from komek.rooms.intake import queries, rules
from komek.rooms.intake.facts import (
    ContactAbandoned,
    ContactAccepted,
    ContactArrived,
    ContactEnded,
    ContactOffered,
    ContactPutBack,
    ContactSettled,
    ContactWrappedUp,
    DraftSaved,
    OfferWithdrawn,
    SeatChanged,
)
from komek.rooms.intake.models import Contact, Draft, Seat, SeatChange
from komek.rooms.intake.rules import Arrival, SeatState, State, Urgency

log = structlog.get_logger("komek.intake")


@transaction.atomic
def arrive(arrival: Arrival, *, at: datetime) -> Contact:
    """Let somebody in: whatever is wrong with what else came along, the words are kept and somebody will look.

    The same `outer_id` of the same partner is the same contact, however often it is sent.
    """
    outer_id = rules.tidy_id(arrival.outer_id) if arrival.outer_id is not None else None
    language = arrival.language if arrival.language in LANGUAGES else LANGUAGES[0]
    conversation = channels.open_conversation(
        arrival.channel, language=language, at=at, outer_id=outer_id, partner_id=arrival.partner_id
    )
    if outer_id is not None and (arrived := queries.last_of(conversation)):
        return arrived
    conversation.resident_id, conversation.handle = _who(arrival, language=language, at=at)
    conversation.save(update_fields=["resident", "handle"])
    if arrival.text.strip() or arrival.file_ids:
        channels.hear(conversation, text=arrival.text, at=at, file_ids=arrival.file_ids)
    contact = Contact.objects.create(
        conversation=conversation,
        channel=conversation.channel,
        language=language,
        urgency=Urgency(arrival.urgency),
        state=State.WAITING,
        resident_id=conversation.resident_id,
        topic_hint=_topic_hint(arrival.topic_code, at=at),
        place_hint=rules.tidy_place(arrival.place),
        arrived_at=at,
    )
    announce(ContactArrived(contact.id, contact.channel, language, contact.urgency, at))
    offer_waiting(at=at)
    return contact


@transaction.atomic
def take_seat(agent: Agent, *, at: datetime) -> Seat:
    """Be ready for work; somebody who is busy already stays busy."""
    if not agent.may(Right.TAKE_CONTACTS):
        raise RightMissing(Right.TAKE_CONTACTS)
    Seat.objects.get_or_create(agent=agent, defaults={"state": SeatState.OFF, "since": at})
    seat = Seat.objects.select_for_update().get(agent=agent)
    if seat.state in {SeatState.OFF, SeatState.BREAK}:
        _sit(seat, SeatState.READY, at=at)
        offer_waiting(at=at)
        seat.refresh_from_db()
    return seat


@transaction.atomic
def take_break(agent: Agent, *, reason: str, at: datetime) -> Seat:
    """Pause; an offer goes back to the queue, a wrap-up ends, a conversation is finished first."""
    return _stand_up(agent, SeatState.BREAK, reason=reason[:40], at=at)


@transaction.atomic
def leave(agent: Agent, *, at: datetime) -> Seat:
    """Go home; an offer goes back to the queue, a wrap-up ends, a conversation is finished first."""
    return _stand_up(agent, SeatState.OFF, reason="", at=at)


@transaction.atomic
def offer_waiting(*, at: datetime) -> int:
    """Offer those who wait to those who are free; returns how many offers were made."""
    seats = {
        seat.agent_id: seat
        for seat in Seat.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("agent")
        .filter(state=SeatState.READY, agent__is_active=True)
    }
    if not seats:
        return 0
    free = [rules.Free(seat.agent_id, frozenset(seat.agent.languages), seat.since) for seat in seats.values()]
    spoken = {language for seat in free for language in seat.languages}
    contacts = Contact.objects.select_for_update(skip_locked=True).in_bulk(queries.next_for(spoken, most=len(free)))
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
        contact.save(update_fields=["state", "offered_to", "offered_at"])
        announce(ContactOffered(contact_id, agent_id, at))
        _sit(seats[agent_id], SeatState.OFFERED, at=at)
    return len(offers)


@transaction.atomic
def accept(contact_id: int, *, by: Agent, at: datetime) -> Contact:
    """Take what is offered; of two who try, one has it and the other is told so."""
    contact = _locked(contact_id)
    if contact.state == State.ACCEPTED and contact.accepted_by_id == by.id:
        return contact
    if contact.state == State.WAITING:
        raise rules.OfferIsOver(contact_id)
    return _take(contact, by=by, at=at)


@transaction.atomic
def pick(contact_id: int, *, by: Agent, at: datetime) -> Contact:
    """Take a contact out of the queue by hand; another offer of that moment goes back."""
    contact = _locked(contact_id)
    if contact.state == State.ACCEPTED and contact.accepted_by_id == by.id:
        return contact
    if contact.state == State.WAITING:
        _give_offers_back(by, reason="took another", at=at)
    return _take(contact, by=by, at=at)


@transaction.atomic
def decline(contact_id: int, *, by: Agent, reason: str, at: datetime) -> Contact:
    """Say no to an offer; the seat pauses, else the same contact would come back at once."""
    contact = _locked(contact_id)
    if contact.state == State.WAITING:
        raise rules.OfferIsOver(contact_id)
    if contact.offered_to_id != by.id:
        raise rules.NotYours(contact_id)
    _wait_again(contact, reason=reason[:40] or "declined", at=at)
    _pause(by.id, reason=reason[:40] or "declined", at=at)
    offer_waiting(at=at)
    return contact


@transaction.atomic
def withdraw_expired_offers(*, at: datetime) -> int:
    """Take back what nobody answered; whoever did not answer is paused, and the contact goes to the next."""
    expired = (
        Contact.objects.select_for_update(skip_locked=True)
        .filter(state=State.OFFERED, offered_at__lte=at - rules.OFFER_LASTS)
        .order_by("id")
    )
    contacts = list(expired)
    for contact in contacts:
        agent_id = contact.offered_to_id
        _wait_again(contact, reason=rules.NO_ANSWER, at=at)
        if agent_id is not None:
            _pause(agent_id, reason=rules.NO_ANSWER, at=at)
    if contacts:
        offer_waiting(at=at)
    return len(contacts)


@transaction.atomic
def save_draft(contact_id: int, *, data: Mapping[str, object], revision: int, by: Agent, at: datetime) -> Draft:
    """Keep what was typed on top of the revision that was read; anything newer is shown, never overwritten."""
    tidy = rules.tidy_draft(data)
    contact = _locked(contact_id)
    if contact.accepted_by_id != by.id:
        raise rules.NotYours(contact_id)
    if contact.state not in {State.ACCEPTED, State.WRAP_UP}:
        raise rules.ContactIsOver(contact_id)
    draft, _ = Draft.objects.select_for_update().get_or_create(contact=contact)
    if draft.revision != revision:
        raise rules.DraftIsNewer(contact_id, draft.revision, draft.data)
    draft.data, draft.revision, draft.saved_at, draft.saved_by = tidy, revision + 1, at, by
    draft.save()
    announce(DraftSaved(contact_id, by.id, draft.revision, at))
    return draft


@transaction.atomic
def end(contact_id: int, *, by: Agent, at: datetime) -> Contact:
    """The conversation is over and the wrap-up begins."""
    contact = _mine(contact_id, by=by)
    if contact.state == State.WRAP_UP:
        return contact
    _hang_up(contact, agent_id=by.id, at=at)
    _settle_seat(by.id, at=at)
    return contact


@transaction.atomic
def wrap_up(contact_id: int, *, by: Agent, at: datetime) -> Contact:
    """Everything is written down; the seat is free again. A conversation that still runs is ended too."""
    contact = _mine(contact_id, by=by)
    if contact.state == State.ENDED:
        return contact
    if contact.state == State.ACCEPTED:
        _hang_up(contact, agent_id=by.id, at=at)
    _finish(contact, agent_id=by.id, at=at)
    _settle_seat(by.id, at=at)
    offer_waiting(at=at)
    return contact


@transaction.atomic
def release_wrap_ups(*, at: datetime) -> int:
    """End the wrap-ups that have lasted too long, so that nobody is forgotten behind one."""
    overdue = (
        Contact.objects.select_for_update(skip_locked=True)
        .filter(state=State.WRAP_UP, ended_at__lte=at - rules.LONGEST_WRAP_UP)
        .order_by("id")
    )
    contacts = list(overdue)
    for contact in contacts:
        if contact.accepted_by_id is not None:
            _finish(contact, agent_id=contact.accepted_by_id, at=at)
            _settle_seat(contact.accepted_by_id, at=at)
    if contacts:
        offer_waiting(at=at)
    return len(contacts)


@transaction.atomic
def put_back(contact_id: int, *, reason: str, by: Agent, at: datetime) -> Contact:
    """Let an accepted contact wait again, with its draft; whoever may do this to another's is the desk's question."""
    contact = _locked(contact_id)
    agent_id = contact.accepted_by_id
    if contact.state != State.ACCEPTED or agent_id is None:
        raise rules.ForbiddenMove(contact_id, contact.state, State.WAITING)
    contact.move_to(State.WAITING)
    contact.accepted_by, contact.accepted_at = None, None
    contact.save(update_fields=["state", "accepted_by", "accepted_at"])
    log.info("contact.put_back", contact_id=contact_id, by=by.id)
    announce(ContactPutBack(contact_id, agent_id, reason[:40], at))
    _settle_seat(agent_id, at=at)
    offer_waiting(at=at)
    return contact


@transaction.atomic
def abandon(contact_id: int, *, at: datetime) -> Contact:
    """The resident gave up waiting; an operator who was being offered the contact is free again."""
    contact = _locked(contact_id)
    if contact.state == State.ABANDONED:
        return contact
    agent_id = contact.offered_to_id if contact.state == State.OFFERED else None
    if agent_id is not None:
        _wait_again(contact, reason="abandoned", at=at)
    contact.move_to(State.ABANDONED)
    contact.abandoned_at = at
    contact.save(update_fields=["state", "abandoned_at"])
    announce(ContactAbandoned(contact_id, _seconds(contact.arrived_at, at), at))
    if agent_id is not None:
        _free(agent_id, at=at)
    return contact


@transaction.atomic
def settle(contact_id: int, *, at: datetime) -> Contact:
    """End a contact that needs no operator any more: a card was registered by itself."""
    contact = _locked(contact_id)
    if contact.state == State.ENDED:
        return contact
    agent_id = contact.offered_to_id if contact.state == State.OFFERED else None
    if agent_id is not None:
        _wait_again(contact, reason="settled", at=at)
    contact.move_to(State.ENDED)
    contact.ended_at = contact.wrapped_up_at = at
    contact.save(update_fields=["state", "ended_at", "wrapped_up_at"])
    announce(ContactSettled(contact_id, _seconds(contact.arrived_at, at), at))
    if agent_id is not None:
        _free(agent_id, at=at)
    return contact


def _locked(contact_id: int) -> Contact:
    found = Contact.objects.select_for_update().filter(id=contact_id).first()
    if found is None:
        raise rules.NoSuchContact(contact_id)
    return found


def _mine(contact_id: int, *, by: Agent) -> Contact:
    contact = _locked(contact_id)
    if contact.accepted_by_id != by.id:
        raise rules.NotYours(contact_id)
    return contact


def _who(arrival: Arrival, *, language: str, at: datetime) -> tuple[int | None, Handle | None]:
    """The resident and the handle; of several people on one number, none whose name was not said."""
    kind, value = arrival.handle_kind or "", arrival.handle_value or ""
    try:
        sharing = people.people_by(kind, value) if value.strip() else []
        wanted = normalized(kind, value) if value.strip() else ""
    except UnreadableHandle:
        log.warning("contact.unreadable_handle", kind=kind, channel=arrival.channel)
        sharing, wanted = [], ""
    handles = [(kind, value)] if wanted else []
    resident_id = None
    if arrival.name.strip() or (handles and len(sharing) <= 1):
        resident_id = residents.remember(name=arrival.name, handles=handles, language=language, at=at)
    known = Handle.objects.filter(kind=kind, normalized=wanted) if wanted else Handle.objects.none()
    if resident_id is not None:
        known = known.filter(resident_id=resident_id)
    return resident_id, known.order_by("id").first()


def _topic_hint(code: str | None, *, at: datetime) -> str:
    try:
        return catalog.topic(code, at).code if code and "\0" not in code else ""
    except UnknownTopic:
        return ""


def _take(contact: Contact, *, by: Agent, at: datetime) -> Contact:
    if contact.accepted_by_id is not None or (contact.state == State.OFFERED and contact.offered_to_id != by.id):
        raise rules.NotYours(contact.id)
    contact.move_to(State.ACCEPTED)
    contact.accepted_by, contact.accepted_at = by, at
    contact.offered_to, contact.offered_at = None, None
    contact.save(update_fields=["state", "accepted_by", "accepted_at", "offered_to", "offered_at"])
    Draft.objects.get_or_create(contact=contact)
    announce(ContactAccepted(contact.id, by.id, _seconds(contact.arrived_at, at), at))
    seat = _seat(by.id)
    if seat is not None and seat.state not in {SeatState.OFF, SeatState.TALKING}:
        _sit(seat, SeatState.TALKING, at=at)
    return contact


def _wait_again(contact: Contact, *, reason: str, at: datetime) -> None:
    agent_id = contact.offered_to_id
    contact.move_to(State.WAITING)
    contact.offered_to, contact.offered_at = None, None
    contact.save(update_fields=["state", "offered_to", "offered_at"])
    if agent_id is not None:
        announce(OfferWithdrawn(contact.id, agent_id, reason, at))


def _hang_up(contact: Contact, *, agent_id: int, at: datetime) -> None:
    contact.move_to(State.WRAP_UP)
    contact.ended_at = at
    contact.save(update_fields=["state", "ended_at"])
    announce(ContactEnded(contact.id, agent_id, _seconds(contact.accepted_at, at), at))


def _finish(contact: Contact, *, agent_id: int, at: datetime) -> None:
    contact.move_to(State.ENDED)
    contact.wrapped_up_at = at
    contact.save(update_fields=["state", "wrapped_up_at"])
    talked, wrapped = _seconds(contact.accepted_at, contact.ended_at or at), _seconds(contact.ended_at, at)
    announce(ContactWrappedUp(contact.id, agent_id, talked, wrapped, at))


def _stand_up(agent: Agent, state: SeatState, *, reason: str, at: datetime) -> Seat:
    _give_offers_back(agent, reason=reason or state.value, at=at)
    wrapping = Contact.objects.select_for_update().filter(accepted_by=agent, state=State.WRAP_UP).order_by("id")
    for contact in wrapping:
        _finish(contact, agent_id=agent.id, at=at)
    Seat.objects.get_or_create(agent=agent, defaults={"state": SeatState.OFF, "since": at})
    seat = Seat.objects.select_for_update().get(agent=agent)
    talking = Contact.objects.filter(accepted_by=agent, state=State.ACCEPTED).exists()
    offered = Contact.objects.filter(offered_to=agent, state=State.OFFERED).exists()
    if talking or offered:
        raise rules.SeatIsBusy
    if seat.state != state or seat.reason != reason:
        _sit(seat, state, reason=reason, at=at)
    offer_waiting(at=at)
    return seat


def _give_offers_back(agent: Agent, *, reason: str, at: datetime) -> None:
    for contact in Contact.objects.select_for_update().filter(offered_to=agent, state=State.OFFERED).order_by("id"):
        _wait_again(contact, reason=reason, at=at)


def _pause(agent_id: int, *, reason: str, at: datetime) -> None:
    seat = _seat(agent_id)
    if seat is not None and seat.state == SeatState.OFFERED:
        _sit(seat, SeatState.BREAK, reason=reason, at=at)


def _free(agent_id: int, *, at: datetime) -> None:
    seat = _seat(agent_id)
    if seat is not None and seat.state == SeatState.OFFERED:
        _sit(seat, SeatState.READY, at=at)
        offer_waiting(at=at)


def _settle_seat(agent_id: int, *, at: datetime) -> None:
    """Put the seat where the contacts at hand say it is."""
    seat = _seat(agent_id)
    if seat is None or seat.state not in {SeatState.TALKING, SeatState.WRAP_UP}:
        return
    at_hand = set(
        Contact.objects.filter(accepted_by_id=agent_id, state__in=[State.ACCEPTED, State.WRAP_UP]).values_list(
            "state", flat=True
        )
    )
    if State.ACCEPTED in at_hand:
        state = SeatState.TALKING
    elif State.WRAP_UP in at_hand:
        state = SeatState.WRAP_UP
    else:
        state = SeatState.READY
    if seat.state != state:
        _sit(seat, state, at=at)


def _seat(agent_id: int) -> Seat | None:
    return Seat.objects.select_for_update().filter(agent_id=agent_id).first()


def _sit(seat: Seat, state: SeatState, *, at: datetime, reason: str = "") -> None:
    was, since = seat.state, seat.since
    if at > since:
        SeatChange.objects.create(
            agent_id=seat.agent_id, state=was, reason=seat.reason, began_at=since, ended_at=at
        )
    seat.state, seat.since, seat.reason = state, at, reason
    seat.save(update_fields=["state", "since", "reason"])
    announce(SeatChanged(seat.agent_id, state, was, _seconds(since, at), at))


def _seconds(since: datetime | None, at: datetime) -> int:
    return max(0, int((at - since).total_seconds())) if since is not None else 0
