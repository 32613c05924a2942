"""Two people have corrected one card: what each of them wrote, field by field, and what is saved of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from komek.desks.controller.forms import CorrectionForm, line_ends
from komek.platform.languages import pick
from komek.registers.catalog import queries as catalog
from komek.rooms.cards import queries as cards
from komek.rooms.cards.rules import Kind
from komek.ui.words import word

# Each field of the form that may differ, with the name under which a history and a choice know it.
FIELDS = {"text": "text", "topic_code": "topic", "kind": "kind", "place": "place"}
PLACE = ("place_text", "landmark", "street_id", "house_id", "lat", "lon")


@dataclass(frozen=True)
class Difference:
    """One field that two people see differently; `keep` is whose is proposed, empty when a person must choose."""

    name: str
    title: str
    theirs: str
    mine: str
    keep: str


@dataclass(frozen=True)
class Conflict:
    """What was typed, beside what the card says now."""

    by: str
    at: datetime | None
    revision: int
    differences: tuple[Difference, ...]
    typed: dict[str, str]

    @property
    def differs_in_text(self) -> bool:
        return any(one.name == "text" for one in self.differences)


def wanted(form: CorrectionForm, card: Any) -> dict[str, Any]:
    """What of the form is to be saved: what differs from the card, and what was chosen from a conflict."""
    told = form.cleaned_data
    mine = {name for name in FIELDS.values() if form.data.get(f"keep-{name}", "mine") == "mine"}
    found: dict[str, Any] = {}
    if "text" in mine:
        found["text"] = told["text"]
    if "topic" in mine and told["topic_code"] != card.topic_code:
        found["topic_code"] = told["topic_code"]
    if "kind" in mine and told["kind"] != card.kind:
        found["kind"] = Kind(told["kind"])
    if "place" in mine and any(told[name] != getattr(card, name) for name in PLACE):
        found["place"] = form.place()
    return found


def written(card: Any) -> dict[str, str]:
    """What the form of a card shows before anybody types, so that it comes back as the same."""
    place = {name: _said(getattr(card, name)) for name in PLACE}
    return {
        "text": card.text,
        "topic_code": card.topic_code,
        "kind": card.kind,
        "revision": str(card.revision),
        **place,
        "place": _one(place),
    }


def conflict_of(form: CorrectionForm, card: Any) -> Conflict:
    """Both versions. What only one of the two has changed is proposed; what both have, a person decides.

    Whoever has chosen before, and met a third meanwhile, finds the same chosen.
    """
    told = form.cleaned_data
    since = cards.corrections_since(card, told.get("revision") or card.revision)
    theirs_changed = {name for entry in since for name in entry.data.get("changed", ())}
    place = {name: _said(told.get(name)) for name in PLACE}
    on_card, typed = written(card), {name: str(told.get(name, "")) for name in FIELDS} | {"place": _one(place)}
    shown = {
        "text": (card.text, typed["text"]),
        "topic": (_topic(card.topic_code), _topic(typed["topic_code"])),
        "kind": (word("kind", card.kind), word("kind", typed["kind"])),
        "place": _in_lines(on_card, place),
    }
    titles = {"text": _("What happened"), "topic": _("Topic"), "kind": _("Kind"), "place": _("Place")}
    differences = []
    for field, name in FIELDS.items():
        if on_card[field] == typed[field]:
            continue
        keep = form.data.get(f"keep-{name}", "")
        if keep not in {"theirs", "mine"}:
            untouched = line_ends(form.data.get(f"was-{field}", "\0")) == typed[field]
            keep = "theirs" if untouched else ("" if name in theirs_changed else "mine")
        differences.append(Difference(name, titles[name], *shown[name], keep))
    last = since[-1] if since else None
    return Conflict(
        by=last.by.name if last and last.by else "",
        at=last.at if last else None,
        revision=card.revision,
        differences=tuple(differences),
        typed={name: str(form.data.get(name, "")) for name in CorrectionForm.base_fields if name != "revision"},
    )


def _said(value: Any) -> str:
    return "" if value is None else str(value)


def _one(place: dict[str, str]) -> str:
    return "|".join(place[name] for name in PLACE)


def _in_lines(theirs: dict[str, str], mine: dict[str, str]) -> tuple[str, str]:
    """Two places in words; where the words are the same, the points tell them apart."""
    lines = [", ".join(filter(None, (one["place_text"], one["landmark"]))) for one in (theirs, mine)]
    if lines[0] == lines[1]:
        lines = [f"{line} ({one['lat']} {one['lon']})" for line, one in zip(lines, (theirs, mine), strict=True)]
    return lines[0], lines[1]


def _topic(code: str) -> str:
    found = catalog.find(code) if code else None
    return pick(found, "name") if found else code
