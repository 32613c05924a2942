"""A conversation is begun, somebody is heard in it, and something is told."""

from collections.abc import Iterable
from datetime import datetime

from komek.platform import jobs, plugs, unit
from komek.platform.facts import announce
from komek.platform.models import StoredFile
from komek.platform.transactions import together
from komek.registers.residents.models import Handle, Resident
from komek.registers.staff.models import Agent
from komek.rooms.channels import queries, rules
from komek.rooms.channels.actions.delivering import deliver, hand_on
from komek.rooms.channels.facts import MessageHeard, MessageQueued
from komek.rooms.channels.models import Attachment, Conversation, Message
from komek.rooms.channels.ports import Channel
from komek.rooms.channels.rules import Direction, State


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
        hand_on(message, at=at)
    else:
        jobs.defer(deliver, message_id=message.id)
    return message


def _is_near(channel: str) -> bool:
    """Whether this channel needs nobody outside; one that is not plugged in has to wait until it is."""
    try:
        return not plugs.plugged(Channel, channel).speaks_outside  # type: ignore[type-abstract]  # a port is asked for
    except plugs.NotPlugged:
        return False


def _first_handle(resident_id: int | None) -> Handle | None:
    return Handle.objects.filter(resident_id=resident_id).order_by("id").first() if resident_id else None


def _files(file_ids: Iterable[int]) -> list[StoredFile]:
    wanted = list(dict.fromkeys(file_ids))
    return list(StoredFile.objects.filter(id__in=wanted).order_by("id")) if wanted else []


def _attach(message: Message, files: list[StoredFile]) -> None:
    if files:
        for file in files:
            unit.append(Attachment(message=message, file=file))
