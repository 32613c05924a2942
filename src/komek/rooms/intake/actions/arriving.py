"""How contacts come in, and who they are from."""

from datetime import datetime

import structlog

from komek.platform import unit
from komek.platform.facts import announce
from komek.platform.transactions import together
from komek.registers.catalog import queries as catalog
from komek.registers.catalog.rules import UnknownTopic
from komek.registers.residents import actions as residents
from komek.registers.residents import queries as people
from komek.registers.residents.models import Handle
from komek.registers.residents.rules import UnknownResident, UnreadableHandle
from komek.registers.staff.models import Agent
from komek.rooms.channels import actions as channels
from komek.rooms.channels.rules import LANGUAGES
from komek.rooms.intake import queries, rules
from komek.rooms.intake.actions import moves, offering
from komek.rooms.intake.facts import ContactArrived, ContactIdentified
from komek.rooms.intake.models import Contact
from komek.rooms.intake.rules import Arrival, State, Urgency

log = structlog.get_logger("komek.intake")


@together
def arrive(arrival: Arrival, *, at: datetime, offer: bool = True) -> Contact:
    """Let somebody in: whatever is wrong with what else came along, the words are kept and somebody will look.

    The same `outer_id` of the same partner is the same contact, however often it is sent. Without `offer` nobody is
    asked to take it: the caller already knows who will.
    """
    outer_id = rules.tidy_id(arrival.outer_id) if arrival.outer_id is not None else None
    language = arrival.language if arrival.language in LANGUAGES else LANGUAGES[0]
    conversation = channels.open_conversation(
        arrival.channel, language=language, at=at, outer_id=outer_id, partner_id=arrival.partner_id
    )
    if outer_id is not None and not unit.is_new(conversation) and (arrived := queries.last_of(conversation)):
        return arrived
    resident_id, handle = _who(arrival, language=language, at=at)
    channels.identify(conversation, resident_id=resident_id, handle=handle)
    if arrival.text.strip() or arrival.file_ids:
        channels.hear(conversation, text=arrival.text, at=at, file_ids=arrival.file_ids)
    contact = unit.add(
        Contact(
            conversation=conversation,
            channel=conversation.channel,
            language=language,
            urgency=Urgency(arrival.urgency),
            state=State.WAITING,
            resident_id=resident_id,
            topic_hint=_topic_hint(arrival.topic_code, at=at),
            place_hint=rules.tidy_place(arrival.place),
            arrived_at=at,
        )
    )
    announce(ContactArrived(contact.id, contact.channel, language, contact.urgency, at))
    if offer:
        offering.offer_waiting(at=at)
    return contact


@together
def enter(arrival: Arrival, *, by: Agent, at: datetime) -> Contact:
    """Write down a contact that reached this person past the queue, and take it."""
    contact = arrive(arrival, at=at, offer=False)
    return offering.pick(contact.id, by=by, at=at)


@together
def identify(contact_id: int, *, resident_id: int, by: Agent, at: datetime) -> Contact:
    """Say who it is: one of several people on a number, or somebody who has just told their name."""
    contact = moves.mine(contact_id, by=by)
    if not people.exists(resident_id):
        raise UnknownResident(resident_id)
    if contact.resident_id == resident_id:
        return contact
    contact.resident_id = resident_id
    unit.save(contact, "resident")
    channels.identify(contact.conversation, resident_id=resident_id)
    announce(ContactIdentified(contact_id, resident_id, by.id, at))
    return contact


def _who(arrival: Arrival, *, language: str, at: datetime) -> tuple[int | None, Handle | None]:
    """The resident and the handle; what cannot be read as a handle is left out, the name is remembered all the same."""
    kind, value = arrival.handle_kind or "", arrival.handle_value or ""
    if value.strip():
        try:
            met = residents.meet(kind, value, name=arrival.name, language=language, at=at)
        except UnreadableHandle:
            log.warning("contact.unreadable_handle", kind=kind, channel=arrival.channel)
        else:
            return met.resident_id, met.handle
    if arrival.name.strip():
        return residents.remember(name=arrival.name, language=language, at=at), None
    return None, None


def _topic_hint(code: str | None, *, at: datetime) -> str:
    try:
        return catalog.topic(code, at).code if code and "\0" not in code else ""
    except UnknownTopic:
        return ""
