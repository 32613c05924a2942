"""The part of one card: everything in which it differs from other cards of the same life."""

from dataclasses import dataclass, field
from typing import Any

from komek.registers.places.rules import Place

EXTENDED_BY = "1wd"
NOWHERE = Place(text="")
# Every occasion at which somebody says something.
SAID = ("text", "answer", "hand_over", "assign", "decline", "extend", "resolve", "pause", "give_back", "report_1",
        "report_2", "report_3", "not_reached", "confirm", "refute", "withdraw")  # fmt: skip


@dataclass
class Part:
    """Who and what a life is about; `said` are the words, each under the name of the occasion.

    Agents are rows of the register of staff, or whatever has their id: only the rooms look inside.
    """

    language: str
    topic_code: str
    said: dict[str, str]
    place: Place = NOWHERE
    urgency: str = "normal"
    appeal_kind: str = ""
    phone: str = ""
    name: str = ""
    outer_id: str = ""
    partner_id: int | None = None
    photo_id: int | None = None
    # A photo of the place before the work and one after it.
    proofs: dict[str, int] = field(default_factory=dict)
    article_id: int | None = None
    handed_to: str = ""
    score: int = 5
    extended_by: str = EXTENDED_BY
    # Who has it by the rules, in their order, and who gets it from the second line.
    services: tuple[str, ...] = ()
    other_service: str = ""
    operator: Any = None
    caller: Any = None
    controller: Any = None
    # Who works on the order of a service; nobody's name stands under what came by no account.
    dispatchers: dict[str, Any] = field(default_factory=dict)
