"""What every verb of a card shares: its number, its content, and the line it adds to the history."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from komek.platform import unit
from komek.registers.catalog import queries as catalog
from komek.registers.places import rules as places
from komek.registers.places.models import House, Street
from komek.registers.residents.models import Resident
from komek.registers.staff.models import Agent
from komek.rooms.cards import rules
from komek.rooms.cards.models import Card, Entry
from komek.rooms.cards.rules import AppealKind, CardDraft, Kind, Status
from komek.rooms.channels.rules import checked_language, cleaned
from komek.rooms.knowledge import queries as knowledge


def next_number(at: datetime) -> str:
    """A number nobody has had: the sequence never goes back, not even for a transaction that is undone."""
    serial = unit.here().next_id("card_numbers")
    return rules.number_for(at.astimezone(ZoneInfo(settings.TIME_ZONE)).year, serial)


def new_code() -> str:
    """What the resident types beside the number to see their card; not derived from anything."""
    return "".join(secrets.choice(rules.CODE_LETTERS) for _ in range(rules.CODE_LENGTH))


def fill(card: Card, draft: CardDraft, *, kind: Kind, at: datetime) -> None:
    """Put what was told on the card; the topic is the one in force when the resident came."""
    card.kind = kind
    card.text = cleaned(draft.text)
    card.language = checked_language(draft.language)
    card.appeal_kind = appeal_kind(draft.appeal_kind) if kind is Kind.APPEAL else ""
    set_topic(card, draft.topic_code, at=at)
    set_place(card, draft.place)


def set_topic(card: Card, code: str | None, *, at: datetime) -> None:
    """The topic in the version that was in force at that moment, which the card keeps; raises UnknownTopic."""
    card.topic = catalog.topic(code.replace("\0", "")[:40], at) if code else None
    card.topic_code = card.topic.code if card.topic is not None else ""


def set_place(card: Card, place: object) -> None:
    """The place as the register understood it; raises ImpossiblePlace for what it cannot have said."""
    if place is None:
        place = places.Place(text="")
    if not isinstance(place, places.Place):
        raise rules.ImpossiblePlace
    places.ensure_point(place.lat, place.lon)
    if not place.of_register:
        _check_place(place)
    card.place_text = places.trimmed(place.text)
    card.street_id, card.house_id = place.street_id, place.house_id
    card.house_number = places.trimmed(place.house_number, 24)
    card.district_code = places.trimmed(place.district_code, 40)
    card.lat, card.lon = place.lat, place.lon
    card.landmark = places.trimmed(place.landmark)
    card.outside = place.outside


def _check_place(place: places.Place) -> None:
    if place.house_id is not None and not House.objects.filter(id=place.house_id, street=place.street_id).exists():
        raise rules.ImpossiblePlace
    if place.house_id is None and place.street_id and not Street.objects.filter(id=place.street_id).exists():
        raise rules.ImpossiblePlace


def appeal_kind(text: str) -> str:
    """What the appeal is called by the law; an application, when nothing else was said."""
    try:
        return AppealKind(text or AppealKind.APPLICATION).value
    except ValueError as failure:
        raise rules.WrongKind(text) from failure


def need_applicant(card: Card) -> None:
    """An appeal has a name under it."""
    if card.kind != Kind.APPEAL:
        return
    named = Resident.objects.filter(id=card.resident_id).exclude(name="").exists() if card.resident_id else False
    if not named:
        raise rules.ApplicantNeeded


def write_followed(card: Card, draft: CardDraft, *, by: Agent | None, at: datetime) -> None:
    """Add which emergency script was followed: step by step, and who has it now; raises UnknownScript."""
    followed = draft.followed
    if followed is None:
        return
    script = knowledge.script(followed.script, followed.version)
    ticks = rules.checked_ticks(followed, steps=len(script.steps), at=at)
    data: dict[str, Any] = {
        "script": script.code,
        "version": script.version,
        "steps": [{"step": tick.step, "at": tick.at.astimezone(UTC).isoformat()} for tick in ticks],
    }
    if card.status == Status.HANDED_OVER:
        data |= {"handed_to": card.handed_to, "confirmed_by": card.hand_over_confirmed_by}
    write(card, verb="script_followed", by=by, at=at, data=data)


def write(
    card: Card,
    *,
    verb: str,
    by: Agent | None,
    at: datetime,
    was: str | None = None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
) -> Entry:
    """Add a line to the history: who did what when, and what the card was before."""
    return unit.append(
        Entry(
            card=card,
            at=at,
            by=by,
            verb=verb,
            was=card.status if was is None else was,
            status=card.status,
            note=note[: rules.LONGEST_NOTE].replace("\0", ""),
            data=dict(data or {}),
        )
    )
