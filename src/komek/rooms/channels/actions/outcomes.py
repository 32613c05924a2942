"""What becomes of a message: it is sent, kept, or has failed; and it is said so."""

from datetime import datetime

import structlog

from komek.platform import unit
from komek.platform.facts import announce
from komek.registers.staff.models import Agent
from komek.rooms.channels import rules
from komek.rooms.channels.facts import MessageFailed, MessageKept, MessageSent
from komek.rooms.channels.models import Message
from komek.rooms.channels.ports import Receipt
from komek.rooms.channels.rules import State

log = structlog.get_logger("komek.channels")


def accept(message: Message, *, receipt: Receipt, at: datetime) -> None:
    message.outer_id = receipt.outer_id
    if not receipt.kept:
        sent(message, by=None, at=at)
        return
    message.state, message.next_attempt_at, message.failure = State.KEPT, None, ""
    unit.save(message, "state", "next_attempt_at", "failure", "outer_id", "attempts")
    announce(MessageKept(message.id, message.conversation_id, message.conversation.channel, message.kind, at))


def sent(message: Message, *, by: Agent | None, at: datetime) -> None:
    message.state, message.sent_at, message.sent_by = State.SENT, at, by
    message.next_attempt_at, message.failure = None, ""
    unit.save(message, "state", "sent_at", "sent_by", "next_attempt_at", "failure", "outer_id", "attempts")
    announce(MessageSent(message.id, message.conversation_id, message.conversation.channel, message.kind, at))


def give_up(message: Message, *, reason: str, permanent: bool, at: datetime) -> None:
    """Note a failure; what may still succeed is tried again later."""
    given_up = permanent or message.attempts >= rules.MOST_ATTEMPTS
    message.state = State.FAILED if given_up else State.QUEUED
    message.next_attempt_at = None if given_up else rules.next_attempt(message.attempts, at)
    message.failure = reason[:300]
    unit.save(message, "state", "next_attempt_at", "failure", "attempts")
    log.warning("message.failed", message_id=message.id, reason=reason[:300], given_up=given_up)
    announce(failure(message, permanent=given_up, at=at))


def failure(message: Message, *, permanent: bool, at: datetime) -> MessageFailed:
    channel = message.conversation.channel
    return MessageFailed(message.id, message.conversation_id, channel, message.kind, permanent, at)


def locked(message_id: int) -> Message:
    found = unit.hold(Message, message_id)
    if found is None:
        raise rules.NoSuchMessage(message_id)
    return found
