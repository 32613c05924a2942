"""What has become of a card, as steps that anybody understands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from komek.registers.staff.queries import ServiceCard
from komek.rooms.cards.rules import Outcome, Status
from komek.rooms.feedback.rules import Answer

# What ends a card without any work.
SAID_AT_ONCE = {Status.ANSWERED, Status.EXPLAINED, Status.HANDED_OVER, Status.WITHDRAWN}


@dataclass(frozen=True)
class Step:
    """One step: what it is called, when it was, and whose it is; without a time it is still to come."""

    name: str
    at: datetime | None = None
    note: str = ""
    is_setback: bool = False


@dataclass(frozen=True)
class Journey:
    """All steps in order, and the sentence that says where the card stands."""

    steps: Sequence[Step]
    headline: str

    @property
    def passed(self) -> int:
        """How many steps lie behind."""
        return sum(step.at is not None for step in self.steps)


def of(card: Any, orders: Sequence[Any], services: dict[str, ServiceCard], surveys: Sequence[Any]) -> Journey:
    """The steps of a card, by its orders of the present round: those behind it, and those still to come."""
    steps = [Step(_("Received"), card.received_at)]
    if card.status in SAID_AT_ONCE:
        ends = {
            Status.ANSWERED: _("Answered"),
            Status.EXPLAINED: _("Explained where to turn"),
            Status.HANDED_OVER: _("Handed over to the emergency service"),
            Status.WITHDRAWN: _("Withdrawn"),
        }
        return _told([*steps, Step(ends[Status(card.status)], card.closed_at)])
    if card.reopened:
        refuted = [one for one in surveys if one.answer == Answer.REFUTED]
        at = refuted[-1].answered_at if refuted else card.received_at
        note = refuted[-1].comment if refuted else ""
        name = _("You said: not done. Opened again") if refuted else _("Opened again")
        steps.append(Step(name, at, note, is_setback=True))
    names = ", ".join(
        dict.fromkeys(services[one.service_code].name() for one in orders if one.service_code in services)
    )
    passed_on = min((one.assignment.at for one in orders), default=None)
    steps.append(Step(_("Passed on"), passed_on, names))
    steps += _work(card, orders)
    steps += _end(card, surveys)
    return _told(steps)


def _work(card: Any, orders: Sequence[Any]) -> list[Step]:
    steps = [Step(_("Taken on"), _first(orders, "accepted_at"))]
    on_the_way, on_site = _first(orders, "on_the_way_at"), _first(orders, "on_site_at")
    goes_there = card.topic is None or card.topic.on_site
    if on_the_way or (goes_there and card.closed_at is None):
        steps.append(Step(_("Crew on the way"), on_the_way or on_site))
    if on_site or (goes_there and card.closed_at is None):
        steps.append(Step(_("Crew on site"), on_site))
    done = [one.done_at for one in orders if one.done_at]
    is_done = bool(done) and len(done) == len(orders)
    partly = _("%(done)s of %(all)s services") % {"done": len(done), "all": len(orders)} if done and not is_done else ""
    steps.append(Step(_("Work done"), max(done) if is_done else None, partly))
    # Whoever skipped a step has passed it all the same.
    later = [index for index, step in enumerate(steps) if step.at]
    kept = [step for index, step in enumerate(steps) if step.at or not later or index > later[-1]]
    return [step for step in kept if step.at or card.closed_at is None]


def _end(card: Any, surveys: Sequence[Any]) -> list[Step]:
    closed = {
        Outcome.REFUSED: _("Closed: it will not be done"),
        Outcome.PARTLY: _("Checked: partly done"),
    }.get(card.outcome, _("Checked and closed"))
    steps = [Step(closed if card.closed_at else _("Checked"), card.closed_at)]
    asked = surveys[-1] if surveys and surveys[-1].round == card.reopened else None
    if asked is not None and asked.answer == Answer.CONFIRMED:
        steps.append(Step(_("Confirmed by you"), asked.answered_at))
    elif asked is None or not asked.answer:
        steps.append(Step(_("Your confirmation")))
    return steps


def _first(orders: Sequence[Any], name: str) -> datetime | None:
    return min((at for one in orders if (at := getattr(one, name))), default=None)


def _told(steps: list[Step]) -> Journey:
    return Journey(steps, next(step.name for step in reversed(steps) if step.at))
