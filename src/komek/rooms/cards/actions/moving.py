"""How a card moves along the line; the table of transitions decides, and every move is a line of the history."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from komek.platform import unit
from komek.platform.facts import announce
from komek.platform.transactions import together
from komek.registers.staff.models import Agent
from komek.rooms.cards import queries, rules
from komek.rooms.cards.actions import writing
from komek.rooms.cards.facts import (
    CardClosed,
    CardDone,
    CardReopened,
    CardSentBack,
    CardTakenIntoWork,
    CardWithdrawn,
)
from komek.rooms.cards.models import Card, Entry
from komek.rooms.cards.rules import Kind, Outcome, Status
from komek.rooms.channels.rules import cleaned


@together
def route(card_id: int, *, owner_code: str, at: datetime) -> Card:
    """The card has a service now, and the service owns it; a card on its way only changes its owner."""
    card = queries.locked(card_id)
    if card.status == Status.ROUTED:
        return _hand_to(card, owner_code, at=at)
    owner_was = card.owner_code
    card.owner_code = _owner(owner_code)
    return _move(card, Status.ROUTED, verb="routed", at=at, data={"owner": owner_code, "owner_was": owner_was})


@together
def own(card_id: int, *, owner_code: str, at: datetime) -> Card:
    """Somebody else answers for the card from now on; its status stays."""
    card = queries.locked(card_id)
    if card.status in rules.FINAL:
        raise rules.CardIsOver(card.number)
    return _hand_to(card, owner_code, at=at)


@together
def take_into_work(card_id: int, *, at: datetime) -> Card:
    """A service has begun; the second service of a card changes nothing."""
    card = queries.locked(card_id)
    if card.status == Status.IN_WORK:
        return card
    _move(card, Status.IN_WORK, verb="taken_into_work", at=at)
    announce(CardTakenIntoWork(card.id, at))
    return card


@together
def finish(card_id: int, *, at: datetime) -> Card:
    """Every service has reported; the second line owns the card while it checks."""
    card = queries.locked(card_id)
    owner_was, card.owner_code = card.owner_code, rules.SECOND_LINE
    _move(card, Status.DONE, verb="done", at=at, data={"owner": rules.SECOND_LINE, "owner_was": owner_was})
    announce(CardDone(card.id, at))
    return card


@together
def send_back(card_id: int, *, at: datetime) -> Card:
    """The work goes on, under who owned the card before it was called done."""
    card = queries.locked(card_id)
    status = Status.IN_WORK if card.status == Status.DONE else Status.ROUTED
    owner_was = card.owner_code
    if card.status == Status.DONE:
        card.owner_code = _owner_before_done(card)
    _move(card, status, verb="sent_back", at=at, data={"owner": card.owner_code, "owner_was": owner_was})
    announce(CardSentBack(card.id, at))
    return card


@together
def close(card_id: int, *, outcome: Outcome, by: Agent | None, at: datetime) -> Card:
    """Close what the controller accepted; the resident may still reopen it."""
    try:
        ended = Outcome(outcome)
    except ValueError as failure:
        raise rules.WrongOutcome(outcome) from failure
    card = queries.locked(card_id)
    card.closed_at, card.outcome = at, ended
    _move(card, Status.CLOSED, verb="closed", by=by, at=at, data={"outcome": ended.value})
    announce(CardClosed(card.id, ended.value, by.id if by is not None else None, at))
    return card


@together
def reopen(card_id: int, *, reason: str, at: datetime, by: Agent | None = None) -> Card:
    """The same number again, with the second line as its owner; what was only answered becomes work."""
    said = _reason(reason)
    card = queries.locked(card_id)
    if card.status not in {*rules.FINAL, Status.DONE}:
        raise rules.ForbiddenMove(card.number, card.status, Status.REGISTERED)
    data = {"outcome_was": card.outcome, "kind_was": card.kind, "owner_was": card.owner_code}
    card.owner_code, card.closed_at, card.outcome = rules.SECOND_LINE, None, ""
    card.kind = card.kind if card.kind in rules.WORK else Kind.REQUEST
    card.reopened += 1
    _move(card, Status.REGISTERED, verb="reopened", by=by, at=at, note=said, data=data)
    announce(CardReopened(card.id, said, card.reopened, at))
    return card


@together
def withdraw(card_id: int, *, by: Agent | None, at: datetime, reason: str = "") -> Card:
    """The resident does not want it any more."""
    card = queries.locked(card_id)
    card.closed_at, card.outcome = at, Outcome.WITHDRAWN
    _move(card, Status.WITHDRAWN, verb="withdrawn", by=by, at=at, note=reason)
    announce(CardWithdrawn(card.id, by.id if by is not None else None, at))
    return card


def _move(
    card: Card,
    status: Status,
    *,
    verb: str,
    at: datetime,
    by: Agent | None = None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
) -> Card:
    was = card.status
    card.move_to(status)
    unit.save(card)
    writing.write(card, verb=verb, by=by, at=at, was=was, note=note, data=data)
    return card


def _hand_to(card: Card, owner_code: str, *, at: datetime) -> Card:
    owner_was, card.owner_code = card.owner_code, _owner(owner_code)
    if owner_was != card.owner_code:
        unit.save(card, "owner_code")
        writing.write(card, verb="owned", by=None, at=at, data={"owner": card.owner_code, "owner_was": owner_was})
    return card


def _owner(code: str) -> str:
    if not code.strip():
        raise rules.OwnerNeeded
    return code.strip()[:40]


def _owner_before_done(card: Card) -> str:
    done = Entry.objects.filter(card=card, verb="done").order_by("-id").values_list("data", flat=True).first()
    return str((done or {}).get("owner_was") or card.owner_code)


def _reason(text: str) -> str:
    if not text.strip():
        raise rules.ReasonNeeded
    return cleaned(text)[: rules.LONGEST_NOTE]
