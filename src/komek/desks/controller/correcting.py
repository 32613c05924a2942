"""Two people have corrected one card: what each of them wrote, field by field, and what is saved of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from komek.desks.controller.forms import CorrectionForm
from komek.platform.languages import pick
from komek.registers.catalog import queries as catalog
from komek.rooms.cards import queries as cards
from komek.rooms.cards.rules import Kind
from komek.ui.words import word

FIELDS = ("text", "topic", "kind", "place")


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
    mine = {name for name in FIELDS if form.data.get(f"keep-{name}", "mine") == "mine"}
    found: dict[str, Any] = {}
    if "text" in mine:
        found["text"] = told["text"]
    if "topic" in mine and told["topic_code"] != card.topic_code:
        found["topic_code"] = told["topic_code"]
    if "kind" in mine and told["kind"] != card.kind:
        found["kind"] = Kind(told["kind"])
    if "place" in mine and _place(told) != _place_of(card):
        found["place"] = form.place()
    return found


def conflict_of(form: CorrectionForm, card: Any) -> Conflict:
    """Both versions. What only one of the two has changed is proposed; what both have, a person decides."""
    told = form.cleaned_data
    since = cards.corrections_since(card, told.get("revision") or card.revision)
    theirs_changed = {name for entry in since for name in entry.data.get("changed", ())}
    pairs = {
        "text": (card.text, told.get("text", "")),
        "topic": (_topic(card.topic_code), _topic(told.get("topic_code", ""))),
        "kind": (word("kind", card.kind), word("kind", told.get("kind", card.kind))),
        "place": (_in_a_line(_place_of(card)), _in_a_line(_place(told))),
    }
    was = form.data
    titles = {"text": _("What happened"), "topic": _("Topic"), "kind": _("Kind"), "place": _("Place")}
    differences = []
    for name, (theirs, mine) in pairs.items():
        if theirs == mine:
            continue
        untouched = f"was-{name}" in was and was[f"was-{name}"] == _raw(told, name)
        keep = "theirs" if untouched else ("" if name in theirs_changed else "mine")
        differences.append(Difference(name, titles[name], theirs, mine, keep))
    last = since[-1] if since else None
    return Conflict(
        by=last.by.name if last and last.by else "",
        at=last.at if last else None,
        revision=card.revision,
        differences=tuple(differences),
        typed={name: str(form.data.get(name, "")) for name in CorrectionForm.base_fields if name != "revision"},
    )


def _raw(told: dict[str, Any], name: str) -> str:
    """What the form showed before anybody typed, as the form says it."""
    if name == "place":
        return _in_a_line(_place(told))
    return str(told.get({"topic": "topic_code"}.get(name, name), ""))


def _place(told: dict[str, Any]) -> tuple[str, str]:
    return told.get("place_text", ""), told.get("landmark", "")


def _place_of(card: Any) -> tuple[str, str]:
    return card.place_text, card.landmark


def _in_a_line(place: tuple[str, str]) -> str:
    return ", ".join(filter(None, place))


def _topic(code: str) -> str:
    found = catalog.find(code) if code else None
    return pick(found, "name") if found else code
