"""Rebuilding: every story told anew from what the rooms themselves keep, not from the log of what they announced.

The log says what was announced, the tables what became of it. That both give the same numbers is the proof that
nothing was lost or counted twice on the way (`tests/rooms/analytics/test_rebuild.py`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import connection, models, transaction
from django.db.models import Count

from komek.platform import facts
from komek.platform.transactions import together
from komek.rooms.analytics import rules
from komek.rooms.analytics.actions.counting import clocks, count, describe, describe_promise, descriptions
from komek.rooms.analytics.actions.shelves import (
    CARDS,
    CONTACTS,
    FOLLOWER,
    MESSAGES,
    Kind,
    add_to_tallies,
    city_zone,
    nobody_else_counts,
    take_lock,
    write,
)
from komek.rooms.analytics.models import CardStory, ContactStory, MessageStory, Tally
from komek.rooms.cards.models import Card, Entry
from komek.rooms.cards.rules import FINAL, Status
from komek.rooms.channels.models import Conversation, Message
from komek.rooms.channels.rules import Direction, State
from komek.rooms.control.models import Check
from komek.rooms.control.rules import Verdict
from komek.rooms.feedback.models import Survey
from komek.rooms.intake.models import Contact, ContactEntry
from komek.rooms.intake.rules import Verb
from komek.rooms.routing.models import Assignment
from komek.rooms.workorders.models import OrderEntry, Report

AT_A_TIME = 2_000

log = structlog.get_logger("komek.analytics")


@dataclass(frozen=True)
class Rebuilt:
    """How many stories were told anew."""

    at: datetime
    cards: int
    contacts: int
    messages: int


@together
def rebuild(*, at: datetime) -> Rebuilt:
    """Forget all stories and tallies and make them anew from history; readers see the old ones until it is done.

    What is announced meanwhile is heard afterwards; that some of it is in the tables already does no harm, because
    a story may hear a fact twice.
    """
    take_lock()
    for table in (Tally, CardStory, ContactStory, MessageStory):
        table.objects.all().delete()
    done = Rebuilt(at=at, messages=_rebuild_messages(), cards=_rebuild_cards(), contacts=_rebuild_contacts())
    for chunk in _chunks(CardStory.objects.all()):
        _count(CARDS, map(CARDS.story, CARDS.rows(pk__in=chunk)))
    log.info("analytics.rebuilt", at=at.isoformat(), cards=done.cards, contacts=done.contacts, messages=done.messages)
    return done


def differences(*, at: datetime) -> dict[str, int]:
    """How many rows of which table a rebuild would change; it is made and undone again.

    The city may go on meanwhile: both are told as of one moment, with what was announced but not counted yet.
    """
    found = {}
    with _one_moment(), connection.cursor() as cursor:
        for batch in facts.unread(FOLLOWER):
            count(batch)
        for table, columns in _compared():
            cursor.execute(f"CREATE TEMP TABLE was_{table} ON COMMIT DROP AS SELECT {columns} FROM {table}")  # noqa: S608 - our own names
        rebuild(at=at)
        for table, columns in _compared():
            was, now_is = f"TABLE was_{table}", f"SELECT {columns} FROM {table}"  # noqa: S608 - our own names
            cursor.execute(
                f"SELECT count(*) FROM (({was} EXCEPT ALL {now_is}) UNION ALL ({now_is} EXCEPT ALL {was})) changed"  # noqa: S608 - as above
            )
            if different := cursor.fetchone()[0]:
                found[table] = different
        transaction.set_rollback(True)
    return found


@contextmanager
def _one_moment() -> Iterator[None]:
    """A transaction that sees the city as it is when nobody is counting."""
    if connection.in_atomic_block:
        with transaction.atomic():
            take_lock()
            yield
        return
    with nobody_else_counts(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _compared() -> Iterator[tuple[str, str]]:
    """The tables by name, with all their columns but an id that is only a number."""
    for table in (CardStory, ContactStory, MessageStory, Tally):
        columns = [field.column for field in table._meta.concrete_fields if field.column and field.column != "id"]
        yield table._meta.db_table, ", ".join(columns)


def _rebuild_cards() -> int:
    told = 0
    for chunk in _chunks(Card.objects.all()):
        stories = {number: rules.CardStory(number) for number in chunk}
        for card in descriptions(chunk):
            describe(stories[card["id"]], card)
        for clock in clocks(chunk):
            describe_promise(stories[clock["card_id"]], clock)
        _tell_of_ends(stories)
        _tell_of_work(stories)
        _tell_of_answers(stories)
        for story in stories.values():
            rules.settle(story)
        write(CARDS, map(CARDS.row, stories.values()))
        told += len(stories)
    _see_who_came_back()
    return told


def _tell_of_ends(stories: dict[int, rules.CardStory]) -> None:
    moves = Entry.objects.filter(card_id__in=stories.keys()).exclude(was=models.F("status")).order_by("id")
    for card_id, at, was, status, data in moves.values_list("card_id", "at", "was", "status", "data"):
        story = stories[card_id]
        if status in FINAL:
            rules.end(story, at=at, ended_as=status, outcome=data.get("outcome", status))
        elif status == Status.DONE:
            story.done_at = story.done_at or at
        elif status == Status.REGISTERED and (was in FINAL or was == Status.DONE):
            rules.reopen(story, at=at)


def _tell_of_work(stories: dict[int, rules.CardStory]) -> None:
    for given in Assignment.objects.filter(card_id__in=stories.keys()):
        gone = rules.written(given.withdrawn_at) if given.withdrawn_at else None
        stories[given.card_id].assignments[str(given.id)] = [given.service_code, rules.written(given.at), gone]
    accepted = OrderEntry.objects.filter(order__card_id__in=stories.keys(), verb="accepted").values("order__card_id")
    for row in accepted.annotate(first=models.Min("at")):
        stories[row["order__card_id"]].accepted_at = row["first"]
    reports = Report.objects.filter(order__card_id__in=stories.keys()).annotate(kept=Count("proofs"))
    for said in reports.select_related("order"):
        rules.report(
            stories[said.order.card_id],
            order_id=said.order_id,
            at=said.at,
            proofs=said.kept,
            on_site=said.on_site,
            reason_code=said.reason_code,
        )
    returned = Check.objects.filter(card_id__in=stories.keys(), verdict=Verdict.RETURNED)
    for card_id, check_id in returned.values_list("card_id", "id"):
        stories[card_id].returns.append(check_id)


def _tell_of_answers(stories: dict[int, rules.CardStory]) -> None:
    for survey in Survey.objects.filter(card_id__in=stories.keys()):
        answered = rules.written(survey.answered_at) if survey.answered_at else None
        stories[survey.card_id].surveys[str(survey.id)] = [
            rules.written(survey.asked_at),
            survey.answer,
            answered,
            survey.score,
        ]


def _see_who_came_back() -> None:
    """Who came back within a week, asked of the whole table at once instead of person by person."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE analytics_cardstory")
        cursor.execute(
            "UPDATE analytics_cardstory card SET came_back_at = again.at FROM ("
            " SELECT first.card_id, least("
            "  (SELECT min(said::timestamptz) FROM jsonb_array_elements_text(first.reopenings) said"
            "   WHERE said::timestamptz <= first.received_at + make_interval(secs => %(week)s)),"
            "  (SELECT min(next.received_at) FROM analytics_cardstory next"
            "   WHERE next.resident_id = first.resident_id AND next.topic_code = first.topic_code"
            "   AND next.topic_code <> '' AND next.received_at <= first.received_at + make_interval(secs => %(week)s)"
            "   AND (next.received_at, next.card_id) > (first.received_at, first.card_id)"
            "   AND (next.contact_id IS NULL OR next.contact_id IS DISTINCT FROM first.contact_id))"
            " ) AS at FROM analytics_cardstory first"
            " WHERE first.resident_id IS NOT NULL OR first.reopened > 0"
            ") again WHERE again.card_id = card.card_id AND again.at IS NOT NULL",
            {"week": rules.CAME_BACK_WITHIN.total_seconds()},
        )


def _rebuild_contacts() -> int:
    told = 0
    for chunk in _chunks(Contact.objects.all()):
        stories = {contact.id: _contact_story(contact) for contact in Contact.objects.filter(pk__in=chunk)}
        for entry in ContactEntry.objects.filter(contact_id__in=chunk).order_by("id"):
            _tell_of_offers(stories[entry.contact_id], entry)
        cards = defaultdict(list)
        for card in map(CARDS.story, CARDS.rows(contact_id__in=chunk)):
            cards[card.contact_id].append(card)
        for story in stories.values():
            rules.settle_contact(story)
            rules.tie(story, cards[story.contact_id])
        answered = [card.card_id for of_one in cards.values() for card in of_one if card.answered_in_contact]
        CardStory.objects.filter(card_id__in=answered).update(answered_in_contact=True)
        write(CONTACTS, map(CONTACTS.row, stories.values()))
        _count(CONTACTS, stories.values())
        told += len(stories)
    return told


def _contact_story(contact: Contact) -> rules.ContactStory:
    return rules.ContactStory(
        contact_id=contact.id,
        channel=contact.channel,
        language=contact.language,
        urgency=contact.urgency,
        arrived_at=contact.arrived_at,
        abandoned_at=contact.abandoned_at,
        ended_at=contact.ended_at,
        wrapped_up_at=contact.wrapped_up_at,
    )


def _tell_of_offers(story: rules.ContactStory, entry: ContactEntry) -> None:
    if entry.verb == Verb.OFFERED:
        story.offered_at = story.offered_at or entry.at
    elif entry.verb == Verb.ACCEPTED:
        story.taken_at, story.taken_by_id = entry.at, entry.agent_id
    elif entry.verb == Verb.PUT_BACK:
        story.put_back_at = entry.at


def _rebuild_messages() -> int:
    told = 0
    for chunk in _chunks(Conversation.objects.all()):
        messages = Message.objects.filter(conversation_id__in=chunk).select_related("conversation")
        stories = [story for story in map(_message_story, messages) if story]
        rules.find_answers(stories)
        write(MESSAGES, map(MESSAGES.row, stories))
        _count(MESSAGES, stories)
        told += len(stories)
    return told


def _message_story(message: Message) -> rules.MessageStory | None:
    heard = message.direction == Direction.IN
    answered = message.direction == Direction.OUT and message.state == State.SENT and rules.is_answer(message.kind)
    if not (heard or answered) or not rules.is_network(message.conversation.channel):
        return None
    return rules.MessageStory(
        message_id=message.id,
        conversation_id=message.conversation_id,
        channel=message.conversation.channel,
        direction=message.direction,
        said_at=message.at if heard else message.sent_at,
    )


def _chunks(rows: models.QuerySet[Any]) -> Iterator[list[int]]:
    """The keys of a table, some thousand at a time, in order."""
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_A_TIME]):
        yield chunk
        last = chunk[-1]


def _count(kind: Kind[Any], stories: Iterable[Any]) -> None:
    zone = city_zone()
    counted = rules.Tallies()
    for story in stories:
        counted.update(kind.counts(story, zone=zone))
    add_to_tallies(counted)
