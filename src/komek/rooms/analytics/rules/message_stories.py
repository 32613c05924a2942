"""The story of one message in the networks: when it was said and when it was first answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from komek.rooms.channels import facts as channels
from komek.rooms.channels.rules import SPOKEN, Direction
from komek.rooms.feedback.rules import Moment

# A receipt that a machine writes is no answer; notices are sent under the name of their moment.
RECEIPTS = frozenset({Moment.RECEIVED.value})


@dataclass
class MessageStory:
    """One message that came in, or one that answered."""

    message_id: int
    conversation_id: int = 0
    channel: str = ""
    direction: str = ""
    said_at: datetime | None = None
    answered_at: datetime | None = None


def is_network(channel: str) -> bool:
    """Whether people write to us there and wait for an answer; who speaks waits in seconds and is answered while speaking."""
    return channel not in SPOKEN


def is_answer(kind: str) -> bool:
    """Whether a message that went out answers those before it."""
    return kind not in RECEIPTS


def told_by(fact: Any) -> MessageStory | None:
    """The story that a fact begins; None when the fact is not counted."""
    if isinstance(fact, channels.MessageHeard):
        direction = Direction.IN
    elif isinstance(fact, channels.MessageSent) and is_answer(fact.kind):
        direction = Direction.OUT
    else:
        return None
    if not is_network(fact.channel):
        return None
    return MessageStory(
        message_id=fact.message_id,
        conversation_id=fact.conversation_id,
        channel=fact.channel,
        direction=direction.value,
        said_at=fact.at,
    )


def find_answers(stories: Iterable[MessageStory]) -> None:
    """Note when each message was first answered in its conversation; an answer found before may prove earlier."""
    in_order = sorted(
        (story for story in stories if story.said_at),
        # At one moment the message stands before its answer.
        key=lambda story: (story.conversation_id, story.said_at, story.direction == Direction.OUT, story.message_id),
    )
    answer: MessageStory | None = None
    for story in reversed(in_order):
        if answer and answer.conversation_id != story.conversation_id:
            answer = None
        if story.direction == Direction.OUT:
            answer = story
        elif answer and answer.said_at and (story.answered_at is None or answer.said_at < story.answered_at):
            story.answered_at = answer.said_at
