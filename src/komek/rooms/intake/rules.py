"""States of a contact and of a seat, and who is offered what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from komek.refusal import Refusal

OFFER_LASTS = timedelta(seconds=20)
LONGEST_WRAP_UP = timedelta(minutes=3)


class State(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    WRAP_UP = "wrap_up"
    ENDED = "ended"
    ABANDONED = "abandoned"


class Urgency(StrEnum):
    URGENT = "urgent"
    NORMAL = "normal"


class SeatState(StrEnum):
    OFF = "off"
    READY = "ready"
    OFFERED = "offered"
    TALKING = "talking"
    WRAP_UP = "wrap_up"
    BREAK = "break"


TRANSITIONS: dict[State, frozenset[State]] = {
    State.WAITING: frozenset({State.OFFERED, State.ACCEPTED, State.ABANDONED, State.ENDED}),
    State.OFFERED: frozenset({State.ACCEPTED, State.WAITING, State.ABANDONED}),
    State.ACCEPTED: frozenset({State.WRAP_UP, State.WAITING}),
    State.WRAP_UP: frozenset({State.ENDED}),
    State.ENDED: frozenset(),
    State.ABANDONED: frozenset(),
}


class ForbiddenMove(Refusal):
    def __init__(self, contact_id: int, was: str, to: str) -> None:
        super().__init__(
            "contact_forbidden_move",
            "Contact %(contact)s is %(was)s and cannot become %(to)s. Somebody else may have taken it.",
            contact=contact_id,
            was=was,
            to=to,
        )


class NotYours(Refusal):
    def __init__(self, contact_id: int) -> None:
        super().__init__("contact_not_yours", "Contact %(contact)s is with somebody else.", contact=contact_id)


class DraftIsNewer(Refusal):
    """Somebody, or another window, saved the draft meanwhile; `saved` is what stands there now."""

    def __init__(self, contact_id: int, revision: int, saved: dict[str, object]) -> None:
        super().__init__(
            "draft_is_newer",
            "The draft of contact %(contact)s was saved elsewhere meanwhile. Nothing was overwritten.",
            contact=contact_id,
        )
        self.revision = revision
        self.saved = saved


@dataclass(frozen=True)
class Arrival:
    """What an adapter knows when somebody reaches out. Handles are `(kind, value)` of the register of residents."""

    channel: str
    text: str = ""
    language: str = "kk"
    urgency: Urgency = Urgency.NORMAL
    handle_kind: str | None = None
    handle_value: str | None = None
    name: str = ""
    outer_id: str | None = None
    partner_id: int | None = None
    file_ids: Sequence[int] = ()
    topic_code: str | None = None
    place: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Waiting:
    contact_id: int
    language: str
    urgency: Urgency
    since: datetime


@dataclass(frozen=True)
class Free:
    agent_id: int
    languages: frozenset[str]
    since: datetime


def pairs(waiting: Iterable[Waiting], free: Iterable[Free]) -> list[tuple[int, int]]:
    """Who is offered what: urgent first, then the longest wait; to the one longest free who speaks the language.

    Of two who have waited equally long for work, the one with fewer languages is taken: rare skills stay free.
    """
    seats = sorted(free, key=lambda seat: (len(seat.languages), seat.since, seat.agent_id))
    offers = []
    for contact in sorted(waiting, key=lambda w: (w.urgency != Urgency.URGENT, w.since, w.contact_id)):
        seat = next((seat for seat in seats if contact.language in seat.languages), None)
        if seat:
            seats.remove(seat)
            offers.append((contact.contact_id, seat.agent_id))
    return offers
