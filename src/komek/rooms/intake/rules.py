"""States of a contact and of a seat, and who is offered what."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from komek.refusal import Refusal

OFFER_LASTS = timedelta(seconds=20)
LONGEST_WRAP_UP = timedelta(minutes=3)
LARGEST_DRAFT = 200_000
LONGEST_ID = 200
NO_ANSWER = "no answer"
# Its contacts are distributed by a switch, which also works while we do not: intake only writes down to whom.
BY_SWITCH = "phone"
# The reason of a seat that its person has not left by themselves.
SENT_AWAY = "sent_away"
PLACE_TEXTS = {"text": 500, "house_number": 24, "district_code": 40, "landmark": 500}
PLACE_NUMBERS = ("street_id", "house_id")


class State(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    WRAP_UP = "wrap_up"
    ENDED = "ended"
    ABANDONED = "abandoned"


class Verb(StrEnum):
    """What a line of a contact's history says of an agent."""

    OFFERED = "offered"
    TAKEN_BACK = "taken_back"
    ACCEPTED = "accepted"
    PUT_BACK = "put_back"


class Urgency(StrEnum):
    """How soon somebody must answer; unknown words mean the ordinary."""

    URGENT = "urgent"
    NORMAL = "normal"

    @classmethod
    def _missing_(cls, value: object) -> "Urgency":  # noqa: ARG003 - the signature of the standard library
        return cls.NORMAL


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
    # A caller whose operator's line died waits again, whatever the operator's screen has made of it.
    State.WRAP_UP: frozenset({State.ENDED, State.WAITING}),
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


class NoSuchContact(Refusal):
    def __init__(self, contact: object) -> None:
        super().__init__("no_such_contact", "There is no contact %(contact)s.", contact=contact)


class OfferIsOver(Refusal):
    """The offer was not answered in time and the contact waits again; it can be taken from the queue."""

    def __init__(self, contact_id: int) -> None:
        super().__init__(
            "offer_is_over",
            "The offer of contact %(contact)s is over. If it still waits, take it from the queue.",
            contact=contact_id,
        )


class RungBySwitch(Refusal):
    """A caller is connected by the telephone: taking the contact alone would take nobody's call."""

    def __init__(self, contact_id: int) -> None:
        super().__init__(
            "rung_by_switch", "Contact %(contact)s is a call: the telephone rings who is next.", contact=contact_id
        )


class ContactIsOver(Refusal):
    def __init__(self, contact_id: int) -> None:
        super().__init__("contact_is_over", "Contact %(contact)s has ended already.", contact=contact_id)


class SeatIsBusy(Refusal):
    """A person with somebody on the line neither pauses nor leaves."""

    def __init__(self) -> None:
        super().__init__("seat_is_busy", "Finish the contact at hand first.")


class NotHere(Refusal):
    def __init__(self, name: str) -> None:
        super().__init__("agent_not_here", "%(name)s has left already.", name=name)


class DraftNotReadable(Refusal):
    def __init__(self) -> None:
        super().__init__("draft_not_readable", "The draft could not be read. What was saved before is still there.")


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


def tidy_place(told: object) -> dict[str, object]:
    """What can be believed of a place somebody sent: known words cut to size, a point on the globe, ids as numbers.

    The rest is dropped without a word, because a place never keeps a contact out.
    """
    if not isinstance(told, Mapping):
        return {}
    place: dict[str, object] = {}
    for name, longest in PLACE_TEXTS.items():
        if isinstance(text := told.get(name), str) and (visible := _visible(text)[:longest].strip()):
            place[name] = visible
    for name in PLACE_NUMBERS:
        if isinstance(number := told.get(name), int) and not isinstance(number, bool) and 0 < number < 2**63:
            place[name] = number
    point = [told.get("lat"), told.get("lon")]
    if all(isinstance(side, int | float) and not isinstance(side, bool) and math.isfinite(side) for side in point):
        lat, lon = (float(side) for side in point if isinstance(side, int | float))
        if abs(lat) <= 90 and abs(lon) <= 180:  # noqa: PLR2004 - the globe
            place |= {"lat": lat, "lon": lon}
    return place


def tidy_draft(data: object) -> dict[str, object]:
    """The draft as it can be kept: plain JSON of a bounded size, without NUL; raises DraftNotReadable."""
    if not isinstance(data, Mapping):
        raise DraftNotReadable
    try:
        tidy = {str(_storable(str(name))): _storable(value) for name, value in data.items()}
        size = len(json.dumps(tidy, ensure_ascii=False, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as failure:
        raise DraftNotReadable from failure
    if size > LARGEST_DRAFT:
        raise DraftNotReadable
    return tidy


def tidy_id(outer_id: str) -> str:
    """The other side's name for something, as it can be kept and compared: printable, and never longer than 200."""
    printable = "".join(char for char in outer_id if char.isprintable())
    if len(printable) <= LONGEST_ID:
        return printable
    return f"{printable[: LONGEST_ID - 40]}{sha256(printable.encode()).hexdigest()[:40]}"


def _storable(value: object) -> object:
    """A value without the characters PostgreSQL cannot keep."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "ignore").decode()
    if isinstance(value, Mapping):
        return {str(_storable(str(name))): _storable(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(inner) for inner in value]
    return value


def _visible(text: str) -> str:
    return "".join(char for char in text[:4_000] if char.isprintable() or char == " ")


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
