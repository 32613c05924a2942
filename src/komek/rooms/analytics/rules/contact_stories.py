"""The story of one contact: how long somebody waited, how long it took, and whether it was settled in the contact."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from komek.rooms.analytics.rules.card_stories import CardStory
from komek.rooms.analytics.rules.instants import earliest, latest, read
from komek.rooms.cards.rules import Status
from komek.rooms.intake import facts as intake

# How a card ends when the operator settles it while the resident is still there.
IN_CONTACT = frozenset({Status.ANSWERED.value, Status.EXPLAINED.value, Status.HANDED_OVER.value})


@dataclass
class ContactStory:
    """What is known of one contact for counting. Topic and district are those of its first card."""

    contact_id: int
    channel: str = ""
    language: str = ""
    urgency: str = ""
    # What was heard.
    arrived_at: datetime | None = None
    offered_at: datetime | None = None
    taken_at: datetime | None = None
    taken_by_id: int | None = None
    put_back_at: datetime | None = None
    abandoned_at: datetime | None = None
    ended_at: datetime | None = None
    wrapped_up_at: datetime | None = None
    # What follows from it.
    accepted_at: datetime | None = None
    agent_id: int | None = None
    waited_seconds: int | None = None
    talk_seconds: int | None = None
    wrap_up_seconds: int | None = None
    # What follows from the cards of the contact.
    cards: int = 0
    topic_code: str = ""
    group_code: str = ""
    district_code: str = ""
    resolved: bool = False
    came_back: bool = False

    def hear(self, fact: Any) -> None:
        """Add what a fact says; in whatever order and however often it is heard."""
        _TELLING[type(fact)](self, fact)


def speaks_of_a_contact(fact: Any) -> bool:
    """Whether a fact belongs to a contact's story."""
    return type(fact) in _TELLING


def settle_contact(story: ContactStory) -> None:
    """Work out what follows from the times: whoever was put back was not accepted yet."""
    put_back = story.put_back_at and story.taken_at and story.put_back_at >= story.taken_at
    story.accepted_at = None if put_back else story.taken_at
    story.agent_id = None if put_back else story.taken_by_id
    story.waited_seconds = _seconds(story.arrived_at, story.accepted_at or story.abandoned_at or story.ended_at)
    story.talk_seconds = _seconds(story.accepted_at, story.ended_at)
    story.wrap_up_seconds = _seconds(story.ended_at, story.wrapped_up_at) if story.accepted_at else None


def tie(contact: ContactStory, cards_of_contact: Iterable[CardStory]) -> None:
    """See what the cards of a contact say of it: resolved when an operator settled every one before it was over."""
    cards = sorted(cards_of_contact, key=lambda story: story.card_id)
    for card in cards:
        card.answered_in_contact = _settled_within(contact, card)
    first = cards[0] if cards else None
    contact.cards = len(cards)
    contact.topic_code = first.topic_code if first else ""
    contact.group_code = first.group_code if first else ""
    contact.district_code = first.district_code if first else ""
    contact.resolved = bool(cards) and all(card.answered_in_contact for card in cards)
    contact.came_back = contact.resolved and any(card.came_back_at for card in cards)


def _settled_within(contact: ContactStory, card: CardStory) -> bool:
    if not card.endings or contact.accepted_at is None:
        return False
    at, ended_as, _ = card.endings[0]
    over = contact.wrapped_up_at
    return ended_as in IN_CONTACT and (over is None or read(at) <= over)


def _seconds(since: datetime | None, until: datetime | None) -> int | None:
    return None if since is None or until is None else max(0, int((until - since).total_seconds()))


def _arrived(story: ContactStory, fact: intake.ContactArrived) -> None:
    story.channel, story.language, story.urgency = fact.channel, fact.language, fact.urgency
    story.arrived_at = fact.at


def _offered(story: ContactStory, fact: intake.ContactOffered) -> None:
    story.offered_at = earliest(story.offered_at, fact.at)


def _taken(story: ContactStory, fact: intake.ContactAccepted) -> None:
    if story.taken_at is None or fact.at >= story.taken_at:
        story.taken_at, story.taken_by_id = fact.at, fact.agent_id


def _put_back(story: ContactStory, fact: intake.ContactPutBack) -> None:
    story.put_back_at = latest(story.put_back_at, fact.at)


def _abandoned(story: ContactStory, fact: intake.ContactAbandoned) -> None:
    story.abandoned_at = fact.at


def _settled(story: ContactStory, fact: intake.ContactSettled) -> None:
    story.ended_at = story.wrapped_up_at = fact.at


def _ended(story: ContactStory, fact: intake.ContactEnded) -> None:
    story.ended_at = fact.at


def _wrapped_up(story: ContactStory, fact: intake.ContactWrappedUp) -> None:
    story.wrapped_up_at = fact.at


_TELLING: dict[type, Callable[[ContactStory, Any], None]] = {
    intake.ContactArrived: _arrived,
    intake.ContactOffered: _offered,
    intake.ContactAccepted: _taken,
    intake.ContactPutBack: _put_back,
    intake.ContactAbandoned: _abandoned,
    intake.ContactSettled: _settled,
    intake.ContactEnded: _ended,
    intake.ContactWrappedUp: _wrapped_up,
}
