"""How a card begins: received unread, registered, or answered, explained and handed over in the contact itself.

A `key` makes a verb safe to press twice: the same key of the same contact is the same card.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from komek.platform import unit
from komek.platform.facts import announce
from komek.platform.transactions import together
from komek.registers.residents.models import Resident
from komek.registers.staff.models import Agent
from komek.rooms.cards import queries, rules
from komek.rooms.cards.actions import writing
from komek.rooms.cards.facts import CardAnswered, CardExplained, CardHandedOver, CardReceived, CardRegistered
from komek.rooms.cards.models import Card
from komek.rooms.cards.rules import CardDraft, Kind, Outcome, Status
from komek.rooms.channels.models import Conversation
from komek.rooms.channels.rules import cleaned
from komek.rooms.intake.models import Contact
from komek.rooms.knowledge.models import Article

Fill = Callable[[Card], None]


@together
def receive(*, contact: Contact, text: str, place: object, at: datetime) -> Card:
    """Give a number before anybody has read the text; a contact has one such card, however often it is sent."""

    def fill(card: Card) -> None:
        draft = CardDraft(text=text, language=contact.language, place=place)
        writing.fill(card, draft, kind=Kind.REQUEST, at=at)

    card, is_new = _begun(fill, Status.RECEIVED, contact=contact, channel=contact.channel, at=at, key="received")
    if is_new:
        writing.write(card, verb="received", by=None, at=at, was="")
        announce(CardReceived(card.id, contact.id, at))
    return card


@together
def register(
    draft: CardDraft,
    *,
    contact: Contact | None = None,
    conversation: Conversation | None = None,
    resident: Resident | None = None,
    channel: str,
    by: Agent | None,
    at: datetime,
    key: str | None = None,
) -> Card:
    """Turn what the resident said into a card with a number; routing gives it a service and a clock."""
    kind = _work_kind(draft)

    def fill(card: Card) -> None:
        writing.fill(card, draft, kind=kind, at=at)
        _registered(card, by=by, at=at)

    card, is_new = _begun(
        fill,
        Status.REGISTERED,
        contact=contact,
        conversation=conversation,
        resident=resident,
        channel=channel,
        at=at,
        key=key,
    )
    if is_new:
        writing.write(card, verb="registered", by=by, at=at, was="")
        writing.write_followed(card, draft, by=by, at=at)
        _announce_registered(card, by=by, at=at)
    return card


@together
def classify(card_id: int, *, draft: CardDraft, by: Agent | None, at: datetime) -> Card:
    """Register a received card as what an operator has read in it; the same again from the same person is one click."""
    card = queries.locked(card_id)
    was, kind = card.status, _work_kind(draft)
    if _was_told(card, draft, kind=kind, by=by):
        return card
    if was != Status.RECEIVED:
        raise rules.ForbiddenMove(card.number, was, Status.REGISTERED)
    card.move_to(Status.REGISTERED)
    writing.fill(card, draft, kind=kind, at=card.received_at)
    _registered(card, by=by, at=at)
    card.revision += 1
    unit.save(card)
    writing.write(card, verb="classified", by=by, at=at, was=was)
    writing.write_followed(card, draft, by=by, at=at)
    _announce_registered(card, by=by, at=at)
    return card


@together
def answer(
    draft: CardDraft,
    *,
    contact: Contact | None,
    article_id: int | None = None,
    text: str = "",
    channel: str,
    by: Agent | None,
    at: datetime,
    card_id: int | None = None,
    key: str | None = None,
) -> Card:
    """The question was answered in the contact: a card that is final at once, and counts."""
    ending = _Ending(Status.ANSWERED, Kind.QUESTION, Outcome.ANSWERED, _told(article_id, text))
    card, is_new = _ended(draft, ending, contact=contact, channel=channel, by=by, at=at, card_id=card_id, key=key)
    if is_new:
        announce(CardAnswered(card.id, article_id, _id(by), at))
    return card


@together
def explain(
    draft: CardDraft,
    *,
    contact: Contact | None,
    article_id: int | None = None,
    text: str = "",
    channel: str,
    by: Agent | None,
    at: datetime,
    card_id: int | None = None,
    key: str | None = None,
) -> Card:
    """Not ours: the resident was told where to turn, and nobody is refused without a record."""
    ending = _Ending(Status.EXPLAINED, Kind.NOT_OURS, Outcome.EXPLAINED, _told(article_id, text))
    card, is_new = _ended(draft, ending, contact=contact, channel=channel, by=by, at=at, card_id=card_id, key=key)
    if is_new:
        announce(CardExplained(card.id, _id(by), at))
    return card


@together
def hand_over(
    draft: CardDraft,
    *,
    to: str,
    confirmed_by: str,
    contact: Contact | None,
    channel: str,
    by: Agent | None,
    at: datetime,
    card_id: int | None = None,
    key: str | None = None,
) -> Card:
    """An emergency was handed over live to 101 … 112, and somebody there said that they have it."""
    to, confirmed_by = to.replace("\0", "").strip()[:8], confirmed_by.replace("\0", "").strip()[:200]
    if not to or not confirmed_by:
        raise rules.HandOverUnconfirmed
    told = {"handed_to": to, "hand_over_confirmed_by": confirmed_by}
    ending = _Ending(Status.HANDED_OVER, Kind.EMERGENCY, Outcome.HANDED_OVER, told)
    card, is_new = _ended(draft, ending, contact=contact, channel=channel, by=by, at=at, card_id=card_id, key=key)
    if is_new:
        announce(CardHandedOver(card.id, to, confirmed_by, _id(by), at))
    return card


@dataclass(frozen=True)
class _Ending:
    """How a card ends in the contact itself, and the columns that say so."""

    status: Status
    kind: Kind
    outcome: Outcome
    told: Mapping[str, object]


def _told(article_id: int | None, text: str) -> dict[str, object]:
    if article_id is not None and not Article.objects.filter(id=article_id).exists():
        raise rules.UnknownArticle(article_id)
    return {"answered_by_id": article_id, "answer": cleaned(text) if text.strip() else ""}


def _ended(
    draft: CardDraft,
    ending: _Ending,
    *,
    contact: Contact | None,
    channel: str,
    by: Agent | None,
    at: datetime,
    card_id: int | None,
    key: str | None,
) -> tuple[Card, bool]:
    """A card that is final: a new one, or one that was received or registered before."""

    def fill(card: Card) -> None:
        writing.fill(card, draft, kind=ending.kind, at=card.received_at)
        for column, value in ending.told.items():
            setattr(card, column, value)
        _registered(card, by=by, at=at)
        card.closed_at, card.outcome = at, ending.outcome

    if card_id is None:
        card, is_new = _begun(fill, ending.status, contact=contact, channel=channel, at=at, key=key)
        if is_new:
            writing.write(card, verb=ending.status, by=by, at=at, was="")
            writing.write_followed(card, draft, by=by, at=at)
        return card, is_new
    card = queries.locked(card_id)
    was = card.status
    if was == ending.status and _was_told(card, draft, kind=ending.kind, by=by):
        return card, False
    card.move_to(ending.status)
    fill(card)
    card.revision += 1
    unit.save(card)
    writing.write(card, verb=ending.status, by=by, at=at, was=was)
    writing.write_followed(card, draft, by=by, at=at)
    return card, True


def _was_told(card: Card, draft: CardDraft, *, kind: Kind, by: Agent | None) -> bool:
    """Whether this person has told just this already: the second of two clicks."""
    told = (card.kind, card.text, card.topic_code, card.registered_by_id)
    return card.registered_at is not None and told == (kind, cleaned(draft.text), draft.topic_code or "", _id(by))


def _begun(
    fill: Fill,
    status: Status,
    *,
    contact: Contact | None = None,
    conversation: Conversation | None = None,
    resident: Resident | None = None,
    channel: str,
    at: datetime,
    key: str | None,
) -> tuple[Card, bool]:
    """A new card, or the one that this key has made before; says which."""
    whole_key = f"{contact.id if contact else channel}:{key}"[:200] if key else None
    # A contact that was made just now has made no card yet. Of two clicks at once the slower one is done again.
    is_fresh = contact is not None and unit.is_new(contact)
    if whole_key and not is_fresh and (known := queries.of_key(whole_key)):
        return known, False
    card = Card(
        access_code=writing.new_code(),
        status=status,
        owner_code=rules.FIRST_LINE,
        channel=channel,
        contact=contact,
        conversation_id=conversation.id if conversation else contact.conversation_id if contact else None,
        resident_id=resident.id if resident else contact.resident_id if contact else None,
        received_at=at,
        key=whole_key,
    )
    if contact is not None and is_fresh:
        card.conversation = contact.conversation
    fill(card)
    card.number = writing.next_number(at)
    return unit.add(card), True


def _work_kind(draft: CardDraft) -> Kind:
    if draft.kind not in rules.WORK:
        raise rules.WrongKind(draft.kind)
    return Kind(draft.kind)


def _registered(card: Card, *, by: Agent | None, at: datetime) -> None:
    card.registered_at, card.registered_by = card.registered_at or at, by or card.registered_by
    writing.need_applicant(card)


def _announce_registered(card: Card, *, by: Agent | None, at: datetime) -> None:
    announce(
        CardRegistered(
            card_id=card.id,
            kind=card.kind,
            topic_code=card.topic_code,
            district_code=card.district_code,
            channel=card.channel,
            language=card.language,
            contact_id=card.contact_id,
            by_agent_id=_id(by),
            at=at,
        )
    )


def _id(agent: Agent | None) -> int | None:
    return agent.id if agent is not None else None
