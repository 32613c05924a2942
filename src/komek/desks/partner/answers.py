"""What other systems are answered."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Literal

from django.conf import settings
from django.urls import reverse
from ninja import Field, Schema

from komek.registers.catalog.rules import Priority
from komek.registers.staff.rules import Kind as ServiceKind
from komek.rooms.cards.rules import Outcome, Status
from komek.rooms.channels.rules import Direction
from komek.rooms.routing import queries as routing
from komek.ui import files as links


class Problem(Schema):
    """Why not: `code` is for programs and never changes, `detail` is for people, in the language of Accept-Language."""

    code: str
    detail: str
    fields: dict[str, str] | None = Field(None, description="What is wrong with which field.")


class ServiceOnCard(Schema):
    """A service that has the card now."""

    code: str
    due_at: datetime | None


class CardAnswer(Schema):
    """A card and what has become of it. Two clocks: `due_at` is promised by the service, `legal_due_on` by law."""

    number: str
    outer_id: str | None
    status: Status
    outcome: Outcome | None
    topic_code: str | None
    district_code: str | None
    services: list[ServiceOnCard]
    due_at: datetime | None
    legal_due_on: date | None
    paused: bool
    answer: str | None = Field(..., description="What was answered, when the question needed no work.")
    reopened: int
    received_at: datetime
    registered_at: datetime | None
    closed_at: datetime | None
    status_url: str = Field(..., description="Where the resident follows the card; give it to nobody else.")


class CardsAnswer(Schema):
    """A page of cards; `next` is where the next one begins, null at the end."""

    cards: list[CardAnswer]
    next: int | None


class FileAnswer(Schema):
    """A file as it is kept: cleaned of where and by whom it was made."""

    name: str
    media_type: str
    size: int
    url: str = Field(..., description="Valid for an hour.")


class FilesAnswer(Schema):
    """What was kept."""

    files: list[FileAnswer]


class MessageAnswer(Schema):
    """Something said: by the resident, or by the centre to the resident."""

    id: int
    by: Literal["resident", "centre"]
    kind: str = Field(..., description="`text`, or the moment that is told: `registered`, `passed_on`, `done` …")
    text: str
    language: str
    at: datetime
    files: list[FileAnswer]


class MessagesAnswer(Schema):
    """A page of messages in the order they were said; `next` is where the next one begins, null at the end."""

    messages: list[MessageAnswer]
    next: int | None


class TopicAnswer(Schema):
    """What a card may be about, and the time that is promised: `30m`, `4h`, `3wd` (working days), `now`, `handover`."""

    code: str
    group_code: str
    name_kk: str
    name_ru: str
    name_en: str
    service_code: str
    priority: Priority
    norm: str


class TopicsAnswer(Schema):
    topics: list[TopicAnswer]


class ServiceAnswer(Schema):
    """A city body or company that does the work."""

    code: str
    kind: ServiceKind
    name_kk: str
    name_ru: str
    name_en: str
    district_code: str


class ServicesAnswer(Schema):
    services: list[ServiceAnswer]


class DistrictAnswer(Schema):
    code: str
    name_kk: str
    name_ru: str
    name_en: str


class DistrictsAnswer(Schema):
    districts: list[DistrictAnswer]


def card(found: Any) -> CardAnswer:
    """One card of a partner, with its services and clocks."""
    return cards([found])[0]


def cards(found: Iterable[Any]) -> list[CardAnswer]:
    """Cards with their services and clocks, which are asked for once for all."""
    listed = list(found)
    outlooks = routing.outlooks([one.id for one in listed])
    return [_card(one, outlooks) for one in listed]


def _card(found: Any, outlooks: Mapping[int, routing.Outlook]) -> CardAnswer:
    outlook = outlooks[found.id]
    return CardAnswer(
        number=found.number,
        outer_id=found.conversation.outer_id,
        status=Status(found.status),
        outcome=Outcome(found.outcome) if found.outcome else None,
        topic_code=found.topic_code or None,
        district_code=found.district_code or None,
        services=[ServiceOnCard(code=one.code, due_at=one.due_at) for one in outlook.assignments],
        due_at=outlook.due_at,
        legal_due_on=outlook.legal_due_on,
        paused=outlook.paused_at is not None,
        answer=found.answer or None,
        reopened=found.reopened,
        received_at=found.received_at,
        registered_at=found.registered_at,
        closed_at=found.closed_at,
        status_url=_public(reverse("resident:status", args=[found.number, found.access_code])),
    )


def message(said: Any) -> MessageAnswer:
    """One message with its files."""
    return MessageAnswer(
        id=said.id,
        by="resident" if said.direction == Direction.IN else "centre",
        kind=said.kind,
        text=said.text,
        language=said.language,
        at=said.at,
        files=[file(attached.file) for attached in said.attachments.all()],
    )


def file(stored: Any) -> FileAnswer:
    """One file with a link that works for an hour."""
    return FileAnswer(
        name=stored.original_name,
        media_type=stored.media_type,
        size=stored.size,
        url=_public(links.link(stored.id)),
    )


def _public(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"
