"""What is changed on a card after it has a number: its content, and remarks in its history."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from komek.platform import unit
from komek.platform.facts import announce
from komek.platform.transactions import together
from komek.registers.places.rules import Place
from komek.registers.staff.models import Agent
from komek.rooms.cards import queries, rules
from komek.rooms.cards.actions import writing
from komek.rooms.cards.facts import CardCorrected
from komek.rooms.cards.models import Card, Entry
from komek.rooms.cards.rules import Kind
from komek.rooms.channels.rules import cleaned

PLACE = (
    "place_text", "street_id", "house_id", "house_number", "district_code", "lat", "lon", "landmark", "outside",
)  # fmt: skip


@together
def correct(
    card_id: int,
    *,
    revision: int,
    text: str | None = None,
    topic_code: str | None = None,
    place: Place | None = None,
    kind: Kind | None = None,
    appeal_kind: str | None = None,
    by: Agent | None,
    at: datetime,
) -> Card:
    """Change what was written, on top of the revision that was read; what is left out stays as it is.

    A new topic is taken from the version the card was made under.
    """
    card = queries.locked(card_id)
    if card.status in rules.FINAL:
        raise rules.CardIsOver(card.number)
    if card.revision != revision:
        raise rules.CardChanged(card.number)
    before = _content(card)
    if text is not None:
        card.text = cleaned(text)
    if topic_code is not None and topic_code != card.topic_code:
        writing.set_topic(card, topic_code, at=card.received_at)
    if place is not None:
        writing.set_place(card, place)
    if kind is not None or appeal_kind is not None:
        _rename(card, kind, appeal_kind)
    changed = tuple(name for name, value in _content(card).items() if before[name] != value)
    if not changed:
        return card
    card.revision += 1
    unit.save(card)
    was = {name: before[name] for name in changed if name != "text"}
    writing.write(card, verb="corrected", by=by, at=at, data={"changed": list(changed), "was": was})
    announce(CardCorrected(card.id, changed, by.id if by is not None else None, at))
    return card


@together
def note(
    card_id: int, *, verb: str, note: str, by: Agent | None, at: datetime, data: Mapping[str, Any] | None = None
) -> Entry:
    """Add a line to the history of a card, for what a later room did with it."""
    return writing.write(queries.locked(card_id), verb=verb[:32], by=by, at=at, note=note, data=data)


def _rename(card: Card, kind: Kind | None, appeal_kind: str | None) -> None:
    if kind is not None and kind not in rules.WORK:
        raise rules.WrongKind(kind)
    card.kind = kind or card.kind
    card.appeal_kind = writing.appeal_kind(appeal_kind or card.appeal_kind) if card.kind == Kind.APPEAL else ""
    writing.need_applicant(card)


def _content(card: Card) -> dict[str, Any]:
    return {
        "text": card.text,
        "topic": card.topic_code,
        "place": {name: getattr(card, name) for name in PLACE},
        "kind": f"{card.kind}:{card.appeal_kind}" if card.appeal_kind else card.kind,
    }
