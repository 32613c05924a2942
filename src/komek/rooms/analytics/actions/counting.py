"""Counting: a batch of facts told into the stories they belong to, in a handful of statements however many they are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q

from komek.platform.transactions import together
from komek.rooms.analytics import rules
from komek.rooms.analytics.actions.shelves import CARDS, CONTACTS, MESSAGES, Shelf, add_to_tallies, take_lock
from komek.rooms.cards.models import Card
from komek.rooms.channels.rules import Direction
from komek.rooms.routing.models import Clock


@together
def count(batch: Sequence[tuple[Any, int]]) -> None:
    """Tell the stories on by these facts and bring the tallies up to them; facts may come twice and out of order."""
    take_lock()
    facts = [fact for fact, _ in batch]
    cards, contacts, messages = Shelf(CARDS), Shelf(CONTACTS), Shelf(MESSAGES)
    _hear_contacts(contacts, facts)
    _hear_cards(cards, facts)
    _tie_contacts(cards, contacts)
    _hear_messages(messages, facts)
    difference = cards.put_back()
    difference.update(contacts.put_back())
    difference.update(messages.put_back())
    add_to_tallies(difference)


def _hear_contacts(contacts: Shelf[rules.ContactStory], facts: Iterable[Any]) -> None:
    heard = [fact for fact in facts if rules.speaks_of_a_contact(fact)]
    if not heard:
        return
    contacts.fetch(contact_id__in={fact.contact_id for fact in heard})
    for fact in heard:
        contacts.story(fact.contact_id).hear(fact)
    for story in contacts.stories.values():
        rules.settle_contact(story)


def _hear_cards(cards: Shelf[rules.CardStory], facts: Iterable[Any]) -> None:
    heard = [fact for fact in facts if rules.speaks_of_a_card(fact)]
    if not heard:
        return
    spoken_of = {fact.card_id for fact in heard}
    cards.fetch(card_id__in=spoken_of)
    for fact in heard:
        cards.story(fact.card_id).hear(fact)
    for card in descriptions(spoken_of):
        describe(cards.stories[card["id"]], card)
    for clock in clocks(spoken_of):
        describe_promise(cards.stories[clock["card_id"]], clock)
    for story in cards.stories.values():
        rules.settle(story)
    _see_who_came_back(cards)


def descriptions(card_ids: Iterable[int]) -> Iterable[Mapping[str, Any]]:
    """What these cards say of themselves now."""
    return Card.objects.filter(id__in=list(card_ids)).values(
        "id",
        "kind",
        "topic_code",
        "topic__group_code",
        "district_code",
        "channel",
        "language",
        "contact_id",
        "resident_id",
        "received_at",
        "registered_at",
    )


def describe(story: rules.CardStory, card: Mapping[str, Any]) -> None:
    """Write into a story what its card says of itself."""
    story.kind, story.channel, story.language = card["kind"], card["channel"], card["language"]
    story.topic_code, story.group_code = card["topic_code"], card["topic__group_code"] or ""
    story.district_code = card["district_code"]
    story.contact_id, story.resident_id = card["contact_id"], card["resident_id"]
    story.received_at, story.registered_at = card["received_at"], card["registered_at"]


def clocks(card_ids: Iterable[int]) -> Iterable[Mapping[str, Any]]:
    """What the clocks of these cards say now."""
    return Clock.objects.filter(card_id__in=list(card_ids)).values("card_id", "due_at", "paused_at", "missed_at")


def describe_promise(story: rules.CardStory, clock: Mapping[str, Any]) -> None:
    """Write into a story what its clock says."""
    story.due_at, story.paused_at, story.missed_at = clock["due_at"], clock["paused_at"], clock["missed_at"]


def _see_who_came_back(cards: Shelf[rules.CardStory]) -> None:
    """Look again at the residents whose cards changed, a week before and after those cards."""
    changed = set(cards.changed())
    touched = [
        story
        for number in changed
        for story in (cards.before(number), cards.stories[number])
        if story and story.resident_id is not None and story.topic_code and story.received_at
    ]
    times = [story.received_at for story in touched if story.received_at]
    people, topics = {story.resident_id for story in touched}, {story.topic_code for story in touched}
    if touched:
        span = (min(times) - rules.CAME_BACK_WITHIN, max(times) + rules.CAME_BACK_WITHIN)
        cards.fetch(resident_id__in=people, topic_code__in=topics, received_at__range=span)
    of_person: dict[tuple[int | None, str], list[rules.CardStory]] = defaultdict(list)
    for story in cards.stories.values():
        if story.resident_id is not None and story.topic_code:
            of_person[story.resident_id, story.topic_code].append(story)
    for number, story in cards.stories.items():
        seen = story.resident_id in people and story.topic_code in topics
        # What came after the last change neither sees it nor has all of its own week at hand.
        if number in changed or (seen and story.received_at and story.received_at <= max(times)):
            story.came_back_at = rules.came_back_at(story, of_person[story.resident_id, story.topic_code])


def _tie_contacts(cards: Shelf[rules.CardStory], contacts: Shelf[rules.ContactStory]) -> None:
    """See what the cards say of their contacts, for every pair of which one side changed."""
    changed = set(contacts.changed())
    for number in cards.changed():
        known = [story for story in (cards.before(number), cards.stories[number]) if story]
        changed |= {story.contact_id for story in known if story.contact_id is not None}
    if not changed:
        return
    contacts.fetch(contact_id__in=changed)
    cards.fetch(contact_id__in=changed)
    of_contact = defaultdict(list)
    for card in cards.stories.values():
        of_contact[card.contact_id].append(card)
    for number in changed & contacts.stories.keys():
        rules.tie(contacts.stories[number], of_contact[number])


def _hear_messages(messages: Shelf[rules.MessageStory], facts: Iterable[Any]) -> None:
    heard = {story.message_id: story for story in map(rules.told_by, facts) if story}
    if not heard:
        return
    since = min(story.said_at for story in heard.values() if story.said_at)
    conversations = {story.conversation_id for story in heard.values()}
    unsettled = Q(direction=Direction.IN) & (Q(answered_at__isnull=True) | Q(answered_at__gt=since))
    later = Q(said_at__gte=since) | unsettled
    messages.fetch(later, conversation_id__in=conversations)
    for number, story in heard.items():
        messages.stories.setdefault(number, story)
    rules.find_answers(messages.stories.values())
