"""Questions about conversations and messages."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, QuerySet

from komek.platform import unit
from komek.platform.questions import Question
from komek.rooms.channels import rules
from komek.rooms.channels.models import Attachment, Conversation, Message
from komek.rooms.channels.rules import State

MOST_KEPT = 200
MOST_SAID = 200


@dataclass(frozen=True)
class Page:
    """Some messages, the newest first; `before` is where the next page begins, None at the end."""

    messages: list[Message]
    before: int | None


@dataclass(frozen=True)
class ForwardPage:
    """Some messages, the oldest first; `after` is where the next page begins, None at the end."""

    messages: list[Message]
    after: int | None


def conversation(conversation_id: int) -> Conversation:
    """One conversation; raises NoSuchConversation."""
    found = unit.known(Conversation, conversation_id) or Conversation.objects.filter(id=conversation_id).first()
    if found is None:
        raise rules.NoSuchConversation(conversation_id)
    return found


def known(channel: str, *, partner_id: int | None, outer_id: str) -> Conversation | None:
    """The conversation that the other side calls by that name."""
    if partner_id is None:
        return _known.one(channel=channel, outer_id=outer_id)
    return _known_to_partner.one(channel=channel, partner=partner_id, outer_id=outer_id)


_known = Question(
    lambda channel, outer_id: Conversation.objects.filter(channel=channel, partner_id=None, outer_id=outer_id)[:1]
)
_known_to_partner = Question(
    lambda channel, partner, outer_id: Conversation.objects.filter(
        channel=channel, partner_id=partner, outer_id=outer_id
    )[:1]
)


def message(message_id: int) -> Message:
    """One message with its conversation; raises NoSuchMessage."""
    found = (
        unit.known(Message, message_id) or Message.objects.select_related("conversation").filter(id=message_id).first()
    )
    if found is None:
        raise rules.NoSuchMessage(message_id)
    return found


def said(conversation_id: int, *, limit: int = MOST_SAID, files: bool = True) -> list[Message]:
    """The last messages of a conversation in the order they were said, with their files; at most two queries."""
    found = _said(conversation=conversation_id)[:limit][::-1]
    if files:
        sent: dict[int, list[Attachment]] = defaultdict(list)
        for one in _attached(messages=[message.pk for message in found]) if found else ():
            sent[one.message_id].append(one)
        for message in found:
            message.files = sent[message.pk]
    return found


_FILES = Prefetch("attachments", queryset=Attachment.objects.select_related("file").order_by("id"))
_attached = Question(
    lambda messages: Attachment.objects.select_related("file").filter(message_id=messages.any).order_by("id")
)
_said = Question(
    lambda conversation: (
        Message.objects.select_related("author").filter(conversation_id=conversation).order_by("-id")[:MOST_SAID]
    )
)


def talk(conversation_id: int) -> list[Any]:
    """The last messages of a conversation in order, each with how many files it `carried`; one query."""
    return _talk(conversation=conversation_id)[::-1]


_talk = Question(
    lambda conversation: (
        Message.objects.filter(conversation_id=conversation)
        .annotate(carried=Count("attachments"))
        .order_by("-id")[:MOST_SAID]
    )
)


def said_after(conversation_id: int, *, after: int = 0, limit: int = 100) -> ForwardPage:
    """What was said in a conversation since a message, in order, with its files; two queries."""
    newer = _with_files().filter(conversation_id=conversation_id, id__gt=after)
    found = list(newer.order_by("id")[: limit + 1])
    return ForwardPage(found[:limit], found[limit - 1].id if len(found) > limit else None)


def files_of(conversation_id: int) -> list[int]:
    """The ids of the files the resident sent, in order."""
    sent = Attachment.objects.filter(message__conversation_id=conversation_id, message__direction=rules.Direction.IN)
    return list(sent.order_by("id").values_list("file_id", flat=True))


def first_words(conversation_ids: list[int]) -> dict[int, str]:
    """What each conversation began with, for a list of contacts; one query."""
    rows = (
        Message.objects.filter(conversation_id__in=conversation_ids, direction=rules.Direction.IN)
        .order_by("conversation_id", "id")
        .distinct("conversation_id")
        .values_list("conversation_id", "text")
    )
    return dict(rows)


def call_backs() -> list[Message]:
    """Messages that wait for somebody to call the resident, the oldest first."""
    kept = Message.objects.filter(state=State.KEPT, conversation__channel__in=rules.SPOKEN)
    return list(kept.select_related("conversation", "conversation__resident", "author").order_by("id")[:MOST_KEPT])


def to_say(conversation_id: int) -> list[Message]:
    """What a resident is to be told by voice, in order."""
    return _to_say(conversation=conversation_id)


_to_say = Question(
    lambda conversation: Message.objects.filter(
        conversation_id=conversation, state=State.KEPT, conversation__channel__in=rules.SPOKEN
    ).order_by("id")
)


def kept_for(partner_id: int, *, after: int = 0, limit: int = 100) -> list[Message]:
    """Messages that wait for a partner to fetch them, in order, beginning after the last one they have."""
    kept = Message.objects.filter(state=State.KEPT, conversation__partner_id=partner_id, id__gt=after)
    return list(kept.select_related("conversation").order_by("id")[:limit])


def page(*, before: int | None = None, limit: int = 50, state: State | None = None) -> Page:
    """Messages of all conversations, newest first, by key: a page deep in the past costs what the first costs."""
    rows = Message.objects.select_related("conversation")
    if before is not None:
        rows = rows.filter(id__lt=before)
    if state is not None:
        rows = rows.filter(state=state)
    found = list(rows.order_by("-id")[: limit + 1])
    return Page(found[:limit], found[limit - 1].id if len(found) > limit else None)


def _with_files() -> QuerySet[Message]:
    return Message.objects.select_related("author").prefetch_related(_FILES)
