"""What is kept: somebody calls the resident and tells them, or a partner fetches it."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from komek.platform import unit
from komek.platform.facts import announce
from komek.platform.transactions import together
from komek.registers.staff.models import Agent
from komek.rooms.channels import rules
from komek.rooms.channels.actions import outcomes
from komek.rooms.channels.facts import CallDue
from komek.rooms.channels.models import Message
from komek.rooms.channels.rules import State


@together
def called_back(message_id: int, *, by: Agent, at: datetime) -> Message:
    """The resident was told by voice what the kept message says."""
    message = outcomes.locked(message_id)
    if message.state != State.KEPT:
        raise rules.NotKept(message_id)
    outcomes.sent(message, by=by, at=at)
    return message


@together
def not_reached(message_id: int, *, reason: str, by: Agent, at: datetime) -> Message:
    """Nobody answered and nobody will be called again: the message has failed, and says why."""
    message = outcomes.locked(message_id)
    if message.state != State.KEPT:
        raise rules.NotKept(message_id)
    message.state, message.failure, message.sent_by = State.FAILED, rules.cleaned(reason)[:300], by
    unit.save(message, "state", "failure", "sent_by")
    announce(outcomes.failure(message, permanent=True, at=at))
    return message


@together
def told(conversation_id: int, *, through: int, by: Agent, at: datetime) -> int:
    """All that was kept for the resident up to this message was said in one call; returns how much it was."""
    said = _to_say(conversation_id, through=through)
    for message in said:
        outcomes.sent(message, by=by, at=at)
    return len(said)


@together
def unanswered(conversation_id: int, *, through: int, reason: str, by: Agent, at: datetime) -> int:
    """Nobody answered: it is tried again later, and after the last call has failed; returns how much is still to be said."""
    left = 0
    for message in _to_say(conversation_id, through=through):
        # Keeping it was the first attempt.
        if message.attempts >= rules.MOST_CALLS:
            not_reached(message.pk, reason=reason, by=by, at=at)
        else:
            message.attempts, message.next_attempt_at = message.attempts + 1, at + rules.BETWEEN_CALLS
            unit.save(message, "attempts", "next_attempt_at")
            announce(outcomes.failure(message, permanent=False, at=at))
            left += 1
    return left


@together
def call_again(*, at: datetime, most: int = 500) -> int:
    """Say of those who did not answer and are due again that they are; returns how much is to be told to them."""
    due = _held(_spoken().filter(next_attempt_at__lte=at), most=most)
    for message in due:
        message.next_attempt_at = None
        unit.save(message, "next_attempt_at")
        announce(CallDue(message.id, message.conversation_id, message.conversation.channel, at))
    return len(due)


@together
def fetched(partner_id: int, *, message_ids: Iterable[int], at: datetime) -> int:
    """A partner has these messages now, even before they were put aside for it; returns how many were new to it."""
    waiting = Message.objects.filter(id__in=list(message_ids), state__in=[State.KEPT, State.QUEUED])
    messages = _held(waiting.filter(conversation__partner_id=partner_id))
    for message in messages:
        outcomes.sent(message, by=None, at=at)
    return len(messages)


def _to_say(conversation_id: int, *, through: int) -> list[Message]:
    return _held(_spoken().filter(conversation_id=conversation_id, id__lte=through))


def _spoken() -> QuerySet[Message]:
    """What a partner still has to fetch is kept as well, and nobody's to say."""
    return Message.objects.filter(state=State.KEPT, conversation__channel__in=rules.SPOKEN)


def _held(messages: QuerySet[Message], *, most: int | None = None) -> list[Message]:
    """Locked, in order."""
    ours = messages.select_related("conversation").select_for_update(of=("self",)).order_by("id")
    return [unit.keep(message) for message in ours[:most]]
