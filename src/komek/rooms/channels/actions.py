"""Verbs of channels: open a conversation, hear what is said, tell something, and deliver it.

Delivering is done at least once: a sending that was interrupted is made again. The row is never locked while an
outside system is spoken to.
"""

from collections.abc import Iterable
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Q

from komek.platform import clock, jobs, plugs, unit
from komek.platform.facts import announce
from komek.platform.models import StoredFile
from komek.platform.transactions import together
from komek.registers.residents.models import Handle, Resident
from komek.registers.staff.models import Agent
from komek.rooms.channels import queries, rules
from komek.rooms.channels.facts import MessageFailed, MessageHeard, MessageKept, MessageQueued, MessageSent
from komek.rooms.channels.models import Attachment, Conversation, Message
from komek.rooms.channels.ports import Channel, NotDelivered, Receipt
from komek.rooms.channels.rules import Direction, State

log = structlog.get_logger("komek.channels")


@together
def open_conversation(
    channel: str,
    *,
    handle: Handle | None = None,
    resident: Resident | None = None,
    language: str,
    at: datetime,
    outer_id: str | None = None,
    partner_id: int | None = None,
) -> Conversation:
    """Begin a conversation; the one that the other side already knows by `outer_id` is gone on with."""
    if channel not in plugs.names(Channel):
        raise rules.UnknownChannel(channel[:16])
    begun = Conversation(
        channel=channel,
        handle=handle,
        resident=resident,
        partner_id=partner_id,
        outer_id=outer_id,
        language=rules.checked_language(language),
        started_at=at,
    )
    if outer_id is not None and (known := queries.known(channel, partner_id=partner_id, outer_id=outer_id)):
        return known
    return unit.add(begun)


@together
def identify(conversation: Conversation, *, resident_id: int | None, handle: Handle | None = None) -> None:
    """Note who is on the other side, and where they are answered; a handle that is known already stays."""
    conversation.resident_id = resident_id
    if conversation.handle_id is None:
        conversation.handle = handle or _first_handle(resident_id)
    unit.save(conversation, "resident", "handle")


@together
def hear(
    conversation: Conversation, *, text: str, at: datetime, file_ids: Iterable[int] = (), outer_id: str = ""
) -> Message:
    """Keep what the resident said; a photo may come without words."""
    files = _files(file_ids)
    message = unit.add(
        Message(
            conversation=conversation,
            direction=Direction.IN,
            text="" if files and not text.strip() else rules.cleaned(text),
            language=conversation.language,
            at=at,
            state=State.RECEIVED,
            outer_id=outer_id,
        )
    )
    _attach(message, files)
    announce(MessageHeard(message.id, conversation.id, conversation.channel, at))
    return message


@together
def tell(
    conversation: Conversation,
    *,
    text: str,
    kind: str = "text",
    language: str | None = None,
    by: Agent | None = None,
    at: datetime,
    key: str | None = None,
    file_ids: Iterable[int] = (),
) -> Message:
    """Say something to the resident by the channel they came by; the same `key` is said once.

    What needs nobody outside to carry it is there at once; everything else is a job.
    """
    if key is not None and not unit.is_new(conversation) and (told := Message.objects.filter(key=key).first()):
        return told
    files = _files(file_ids)
    message = unit.add(
        Message(
            conversation=conversation,
            direction=Direction.OUT,
            kind=kind,
            text=rules.cleaned(text),
            language=rules.checked_language(language or conversation.language),
            at=at,
            author=by,
            state=State.QUEUED,
            key=key,
        )
    )
    _attach(message, files)
    announce(
        MessageQueued(message.id, conversation.id, conversation.channel, kind, by.id if by is not None else None, at)
    )
    if _is_near(conversation.channel):
        _hand_on(message, at=at)
    else:
        jobs.defer(deliver, message_id=message.id)
    return message


def _is_near(channel: str) -> bool:
    """Whether this channel needs nobody outside; one that is not plugged in has to wait until it is."""
    try:
        return not plugs.plugged(Channel, channel).speaks_outside  # type: ignore[type-abstract]  # a port is asked for
    except plugs.NotPlugged:
        return False


def _hand_on(message: Message, *, at: datetime) -> None:
    """Send inside the transaction: nothing leaves it."""
    channel = plugs.plugged(Channel, message.conversation.channel)  # type: ignore[type-abstract]  # a port is asked for
    message.attempts = 1
    try:
        receipt = channel.send(to=address(message.conversation), text=message.text)
    except NotDelivered as failure:
        _give_up(message, reason=str(failure), permanent=failure.permanent, at=at)
    else:
        _accept(message, receipt=receipt, at=at)


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


@together
def called_back(message_id: int, *, by: Agent, at: datetime) -> Message:
    """The resident was told by voice what the kept message says."""
    message = _locked(message_id)
    if message.state != State.KEPT:
        raise rules.NotKept(message_id)
    _sent(message, by=by, at=at)
    return message


@together
def not_reached(message_id: int, *, reason: str, by: Agent, at: datetime) -> Message:
    """Nobody answered and nobody will be called again: the message has failed, and says why."""
    message = _locked(message_id)
    if message.state != State.KEPT:
        raise rules.NotKept(message_id)
    message.state, message.failure, message.sent_by = State.FAILED, rules.cleaned(reason)[:300], by
    unit.save(message, "state", "failure", "sent_by")
    announce(_failure(message, permanent=True, at=at))
    return message


@together
def told(conversation_id: int, *, through: int, by: Agent, at: datetime) -> int:
    """All that was kept for the resident up to this message was said in one call; returns how much it was."""
    said = _to_say(conversation_id, through=through)
    for message in said:
        _sent(message, by=by, at=at)
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
            announce(_failure(message, permanent=False, at=at))
            left += 1
    return left


def _to_say(conversation_id: int, *, through: int) -> list[Message]:
    """What a partner still has to fetch is kept as well, and nobody's to say."""
    kept = (
        Message.objects.filter(conversation_id=conversation_id, state=State.KEPT, id__lte=through)
        .filter(conversation__channel__in=rules.SPOKEN)
        .select_related("conversation")
        .select_for_update(of=("self",))
        .order_by("id")
    )
    return [unit.keep(message) for message in kept]


@together
def fetched(partner_id: int, *, message_ids: Iterable[int], at: datetime) -> int:
    """A partner has these messages now, even before they were put aside for it; returns how many were new to it."""
    waiting = [State.KEPT, State.QUEUED]
    kept = (
        Message.objects.filter(id__in=list(message_ids), state__in=waiting, conversation__partner_id=partner_id)
        .select_related("conversation")
        .select_for_update(of=("self",))
        .order_by("id")
    )
    messages = [unit.keep(message) for message in kept]
    for message in messages:
        _sent(message, by=None, at=at)
    return len(messages)


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
    message = _locked(message_id)
    if message.state != State.QUEUED:
        return None
    _accept(message, receipt=receipt, at=at)
    return message


def _accept(message: Message, *, receipt: Receipt, at: datetime) -> None:
    message.outer_id = receipt.outer_id
    if not receipt.kept:
        _sent(message, by=None, at=at)
        return
    message.state, message.next_attempt_at, message.failure = State.KEPT, None, ""
    unit.save(message, "state", "next_attempt_at", "failure", "outer_id", "attempts")
    announce(MessageKept(message.id, message.conversation_id, message.conversation.channel, message.kind, at))


def _sent(message: Message, *, by: Agent | None, at: datetime) -> None:
    message.state, message.sent_at, message.sent_by = State.SENT, at, by
    message.next_attempt_at, message.failure = None, ""
    unit.save(message, "state", "sent_at", "sent_by", "next_attempt_at", "failure", "outer_id", "attempts")
    announce(MessageSent(message.id, message.conversation_id, message.conversation.channel, message.kind, at))


@together
def _failed(message_id: int, *, reason: str, permanent: bool, at: datetime) -> Message | None:
    message = _locked(message_id)
    if message.state != State.QUEUED:
        return None
    _give_up(message, reason=reason, permanent=permanent, at=at)
    return message


def _give_up(message: Message, *, reason: str, permanent: bool, at: datetime) -> None:
    """Note a failure; what may still succeed is tried again later."""
    given_up = permanent or message.attempts >= rules.MOST_ATTEMPTS
    message.state = State.FAILED if given_up else State.QUEUED
    message.next_attempt_at = None if given_up else rules.next_attempt(message.attempts, at)
    message.failure = reason[:300]
    unit.save(message, "state", "next_attempt_at", "failure", "attempts")
    log.warning("message.failed", message_id=message.id, reason=reason[:300], given_up=given_up)
    announce(_failure(message, permanent=given_up, at=at))


def _failure(message: Message, *, permanent: bool, at: datetime) -> MessageFailed:
    channel = message.conversation.channel
    return MessageFailed(message.id, message.conversation_id, channel, message.kind, permanent, at)


def _locked(message_id: int) -> Message:
    found = unit.hold(Message, message_id)
    if found is None:
        raise rules.NoSuchMessage(message_id)
    return found


def _first_handle(resident_id: int | None) -> Handle | None:
    return Handle.objects.filter(resident_id=resident_id).order_by("id").first() if resident_id else None


def _files(file_ids: Iterable[int]) -> list[StoredFile]:
    wanted = list(dict.fromkeys(file_ids))
    return list(StoredFile.objects.filter(id__in=wanted).order_by("id")) if wanted else []


def _attach(message: Message, files: list[StoredFile]) -> None:
    if files:
        for file in files:
            unit.append(Attachment(message=message, file=file))
