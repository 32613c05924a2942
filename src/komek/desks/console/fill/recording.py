"""A life played once, moment by moment: which rows there are after each step, and what was announced."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction

from komek.desks.console.deferred import deferred
from komek.desks.console.fill import tables
from komek.desks.console.fill.lives import Life
from komek.desks.console.fill.parts import Part
from komek.desks.console.fill.playing import Player
from komek.desks.console.fill.steps import Step
from komek.platform import facts

MOVES_THE_PROMISE = frozenset({Step.EXTEND, Step.RESUME})
A_MOMENT = timedelta(seconds=41, microseconds=17)
# Between two steps so many seconds go by: no two stretches of a life are equally long, so each is known by its length.
LENGTHS = (1013, 1621, 2417, 3181, 1907, 2803, 3607, 1201, 2207, 1409, 3001, 2609, 1801, 3301, 1103, 2003, 2503, 1303,
           2903, 1511, 3413, 2311)  # fmt: skip


@dataclass
class Moment:
    """How the card stands after a step."""

    step: Step
    at: datetime
    rows: tables.Rows
    heard: list[object]

    @property
    def due_at(self) -> datetime | None:
        """What is promised now."""
        told = self._clock.get("due_at")
        return datetime.fromisoformat(told) if told else None

    @property
    def legal_due_on(self) -> date | None:
        """Until which day an appeal has to be answered."""
        told = self._clock.get("legal_due_on")
        return date.fromisoformat(told) if told else None

    @property
    def _clock(self) -> dict[str, Any]:
        return next(iter(self.rows.get("routing.Clock", {}).values()), {})


@dataclass
class Recording:
    """A life from its first step to its last."""

    life: Life
    card_id: int | None = None
    contact_id: int = 0
    moments: list[Moment] = field(default_factory=list)


def record(
    life: Life, part: Part, marked: tables.Marked, *, since: datetime, times: Iterable[datetime] | None = None
) -> Recording:
    """Play a life and write down what is there after each step; it is undone before this returns."""
    recording = Recording(life)
    here = transaction.savepoint()
    try:
        marked.begin()
        given = iter(times) if times is not None else None
        with deferred() as later, facts.overheard() as heard:
            player = Player(life, part, later)
            at = since
            for place, step in enumerate(life.steps):
                at = next(given) if given else _next(recording, step, at, LENGTHS[place])
                player.go_on(step, at=at)
                recording.moments.append(Moment(step, at, marked.rows(), list(heard)))
                _check_promise(recording)
            recording.card_id, recording.contact_id = player.card_id, player.contact_id
    finally:
        transaction.savepoint_rollback(here)
    return recording


def _next(recording: Recording, step: Step, at: datetime, seconds: int) -> datetime:
    """Some time later; a promise is broken when it has run out."""
    later = at + timedelta(seconds=seconds, microseconds=seconds)
    due_at = recording.moments[-1].due_at if step is Step.MISS else None
    return max(later, due_at + A_MOMENT).astimezone(UTC) if due_at else later


def _check_promise(recording: Recording) -> None:
    """What moves a promise has to move it here too, else nobody could tell the old one from the new."""
    before, now = recording.moments[-2:] if len(recording.moments) > 1 else (None, recording.moments[-1])
    if now.step in MOVES_THE_PROMISE and before is not None and before.due_at == now.due_at:
        message = f"In the life «{recording.life.name}» the step «{now.step}» has moved no promise."
        raise RuntimeError(message)
