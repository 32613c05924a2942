"""The whole story of a card as one list: what was written down, ordered, said, asked and decided, the newest first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from komek.registers.staff import queries as staff
from komek.ui.words import word

ICONS = {
    "received": "mail",
    "registered": "file",
    "classified": "list",
    "corrected": "pencil",
    "assigned": "plus",
    "unassigned": "x",
    "redirected": "arrow",
    "paused": "pause",
    "resumed": "clock",
    "extended": "calendar",
    "legally_extended": "scale",
    "resolved": "scale",
    "closed": "check-circle",
    "reopened": "again",
    "withdrawn": "x",
    "answered": "chat",
    "explained": "chat",
    "handed_over": "siren",
    "script_followed": "list",
    "interim_answer": "chat",
    "sent": "arrow",
    "accepted": "check",
    "declined": "x",
    "on_the_way": "truck",
    "on_site": "pin",
    "reported": "camera",
    "returned": "undo",
    "reminded": "megaphone",
    "link_given": "link",
    "links_revoked": "link",
}
TONES = {
    "closed": "live",
    "reported": "live",
    "returned": "danger",
    "reopened": "danger",
    "declined": "warn",
    "paused": "warn",
    "extended": "warn",
    "legally_extended": "warn",
    "handed_over": "danger",
}
# What another line says already, at the same moment and better.
SAID_BY_OTHERS = frozenset({"owned", "taken_into_work", "resident_wrote", "routed", "sent_back", "done"})


@dataclass(frozen=True)
class Moment:
    """One thing that happened."""

    at: datetime
    icon: str
    title: str
    who: str = ""
    text: str = ""
    tone: str = ""
    detail: str = ""
    files: int = 0


def told(
    *,
    entries: Iterable[Any],
    orders: Iterable[Any],
    messages: Iterable[Any],
    escalations: Iterable[Any],
    surveys: Iterable[Any],
) -> list[Moment]:
    """Everything, the newest first; what happened in one moment in the order in which it was written."""
    lines = [
        *_of_the_card(entries),
        *_of_the_orders(orders),
        *_of_the_conversation(messages),
        *_of_the_matters(escalations),
        *_of_the_surveys(surveys),
    ]
    return sorted(lines, key=lambda one: one.at, reverse=True)


def _of_the_card(entries: Iterable[Any]) -> Iterator[Moment]:
    for one in entries:
        if one.verb in SAID_BY_OTHERS:
            continue
        yield Moment(
            one.at,
            ICONS.get(one.verb, "info"),
            word("verb", one.verb),
            who=one.by.name if one.by else "",
            text=one.note,
            tone=TONES.get(one.verb, ""),
            detail=_detail(one.verb, one.data),
        )


def _detail(verb: str, data: dict[str, Any]) -> str:
    """What the line of a history keeps as data, in a few words."""
    if verb == "redirected":
        return f"{_name(data.get('from', ''))} → {_name(data.get('to', ''))}"
    if verb in {"assigned", "unassigned"}:
        return _name(data.get("service", ""))
    if verb == "corrected":
        names = {"text": _("text"), "topic": _("topic"), "place": _("place"), "kind": _("kind")}
        return ", ".join(str(names.get(one, one)) for one in data.get("changed", ()))
    if verb == "closed":
        return word("outcome", str(data.get("outcome", "")))
    if verb == "resolved":
        return word("cause", str(data.get("cause", "")))
    return ""


def _of_the_orders(lines: Iterable[Any]) -> Iterator[Moment]:
    for one in lines:
        yield Moment(
            one.at,
            ICONS.get(one.verb, "wrench"),
            word("verb", one.verb),
            who=one.foreman or (one.by.name if one.by else ""),
            text=one.note,
            tone=TONES.get(one.verb, ""),
            detail=_name(one.order.service_code),
        )


def _of_the_conversation(messages: Iterable[Any]) -> Iterator[Moment]:
    for one in messages:
        heard = one.direction == "in"
        yield Moment(
            one.at,
            "chat" if heard else "mail",
            _("The resident wrote") if heard else _("We wrote to the resident"),
            who=one.author.name if one.author else "",
            text=one.text,
            tone="accent" if heard else "",
            files=len(one.files),
        )


def _of_the_matters(escalations: Iterable[Any]) -> Iterator[Moment]:
    for one in escalations:
        text = word("unrouted", one.detail["code"]) if one.cause == "unrouted" else str(one.detail.get("reason", ""))
        yield Moment(one.opened_at, "alert", word("cause", one.cause), text=text, tone="danger")


def _of_the_surveys(surveys: Iterable[Any]) -> Iterator[Moment]:
    for one in surveys:
        yield Moment(one.asked_at, "mail", _("The resident was asked whether it is done"))
        if one.answered_at and one.answer:
            good = one.answer == "confirmed"
            yield Moment(
                one.answered_at,
                "star" if good else "alert",
                _("The resident confirms") if good else _("The resident says: not done"),
                text=one.comment,
                tone="live" if good else "danger",
                detail="★ " + str(one.score) if one.score else "",
            )


def _name(code: str) -> str:
    found = staff.services([code]).get(code) if code else None
    return found.name() if found else code
