"""What was told is handed to its channel.

Delivering is done at least once: a sending that was interrupted is made again. The row is never locked while an
outside system is spoken to.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from komek.platform import clock, jobs, plugs
from komek.platform.transactions import together
from komek.rooms.channels import rules
from komek.rooms.channels.actions import outcomes
from komek.rooms.channels.models import Conversation, Message
from komek.rooms.channels.ports import Channel, NotDelivered, Receipt
from komek.rooms.channels.rules import State


def hand_on(message: Message, *, at: datetime) -> None:
    """Send inside the transaction: nothing leaves it."""
    channel = plugs.plugged(Channel, message.conversation.channel)  # type: ignore[type-abstract]  # a port is asked for
    message.attempts = 1
    try:
        receipt = channel.send(to=address(message.conversation), text=message.text)
    except NotDelivered as failure:
        outcomes.give_up(message, reason=str(failure), permanent=failure.permanent, at=at)
    else:
        outcomes.accept(message, receipt=receipt, at=at)


@jobs.task
def deliver(*, message_id: int) -> None:
    """Send one queued message now; run twice it sends once, unless the first run died on the way."""
    send(message_id, at=clock.now())


def send(message_id: int, *, at: datetime) -> Message | None:
    """Hand a queued message to its channel and note what came of it; None when it is not to be sent now."""
    message = _claim(message_id, at=at)
    if message is None:
        return None
    conversation = message.conversation
    try:
        channel = plugs.plugged(Channel, conversation.channel)  # type: ignore[type-abstract]  # a port is asked for
        receipt = channel.send(to=address(conversation), text=message.text)
    except plugs.NotPlugged as missing:
        return _failed(message_id, reason=str(missing), permanent=False, at=at)
    except NotDelivered as failure:
        return _failed(message_id, reason=str(failure), permanent=failure.permanent, at=at)
    return _taken(message_id, receipt=receipt, at=at)


def address(conversation: Conversation) -> str:
    """Where the other side is reached: a partner by its own id of the conversation, a resident by their handle."""
    if conversation.partner_id is not None:
        return conversation.outer_id or ""
    return conversation.handle.value if conversation.handle else ""


def send_again(*, at: datetime, most: int = 500) -> int:
    """Ask for another try of everything whose time has come; returns how many were asked for."""
    due = Message.objects.filter(state=State.QUEUED, next_attempt_at__lte=at).order_by("next_attempt_at")
    with transaction.atomic():
        ids = list(due.values_list("id", flat=True)[:most])
        for message_id in ids:
            jobs.defer(deliver, message_id=message_id)
    return len(ids)


def _claim(message_id: int, *, at: datetime) -> Message | None:
    """Take the message for one attempt; until it comes back nobody else tries it."""
    with transaction.atomic():
        due = Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=at)
        message = (
            Message.objects.filter(due, id=message_id, state=State.QUEUED)
            .select_for_update(of=("self",), skip_locked=True)
            .select_related("conversation", "conversation__handle")
            .first()
        )
        if message is None:
            return None
        message.attempts += 1
        message.next_attempt_at = at + rules.SENDING_LASTS
        message.save(update_fields=["attempts", "next_attempt_at"])
    return message


@together
def _taken(message_id: int, *, receipt: Receipt, at: datetime) -> Message | None:
    message = outcomes.locked(message_id)
    if message.state != State.QUEUED:
        return None
    outcomes.accept(message, receipt=receipt, at=at)
    return message


@together
def _failed(message_id: int, *, reason: str, permanent: bool, at: datetime) -> Message | None:
    message = outcomes.locked(message_id)
    if message.state != State.QUEUED:
        return None
    outcomes.give_up(message, reason=reason, permanent=permanent, at=at)
    return message
