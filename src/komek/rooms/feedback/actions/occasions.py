"""The occasions on which something has to be decided before the resident is told."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from komek.platform.transactions import together
from komek.registers.staff import queries as staff
from komek.rooms.cards import queries as card_queries
from komek.rooms.cards.rules import FINAL, Outcome, Status
from komek.rooms.feedback import queries, rules
from komek.rooms.feedback.actions.answering import ask
from komek.rooms.feedback.actions.telling import notify
from komek.rooms.feedback.models import Notice
from komek.rooms.feedback.rules import Answer, Moment
from komek.rooms.routing import queries as routing

NOBODY_WAITS = frozenset({*FINAL, Status.DONE})


def tell_passed_on(assignment_id: int, *, at: datetime) -> Notice | None:
    """Say who has the card now, once for all services of one moment; a redirection and a reopening say it themselves."""
    assignment = routing.assignment(assignment_id)
    if assignment is None or assignment.withdrawn_at or assignment.why.get("code") == "redirected":
        return None
    if assignment.card.registered_at == at:
        # The notice of the registration says it in one breath.
        return None
    if assignment.card.reopened and assignment.by_id is None:
        return None
    occasion = f"passed_on:{at.isoformat()}"
    return notify(assignment.card_id, moment=Moment.PASSED_ON, occasion=occasion, at=at)


def tell_redirected(card_id: int, *, service: str, reason: str, at: datetime) -> Notice | None:
    """Say at the same time that another service has the card, and why (Code 350-VI, article 65)."""
    card = card_queries.card(card_id)
    return notify(
        card_id,
        moment=Moment.REDIRECTED,
        occasion=f"redirected:{at.isoformat()}",
        at=at,
        service=_name(service, card.language),
        reason=reason,
    )


def tell_late(card_id: int, *, due_at: datetime, at: datetime) -> Notice | None:
    """Say that a promise was broken; not to somebody whose work is done and only waits for a check."""
    card = card_queries.card(card_id)
    if card.status in NOBODY_WAITS:
        return None
    return notify(
        card_id,
        moment=Moment.DELAYED,
        occasion=f"late:{due_at.isoformat()}",
        at=at,
        reason=rules.TAKES_LONGER[card.language],
        due=rules.TOLD_LATER[card.language],
    )


def tell_extended(
    card_id: int, *, moment: Moment, until: datetime | date | None, reason: str, at: datetime
) -> Notice | None:
    """Say until when a promise was moved, and why."""
    card = card_queries.card(card_id)
    said = until.isoformat() if until else ""
    return notify(
        card_id,
        moment=moment,
        occasion=f"{moment}:{said}",
        at=at,
        reason=reason,
        due=rules.due_words(until, card.language, ZoneInfo(settings.TIME_ZONE), at=at),
    )


def tell_reopened(card_id: int, *, occasion: str, at: datetime) -> Notice | None:
    """Say that it is open again; whoever told us by voice that it is not done has heard so in the same call."""
    survey = queries.last_survey(card_id)
    if survey is not None and survey.answer == Answer.REFUTED and survey.heard_by_id is not None:
        return None
    return notify(card_id, moment=Moment.REOPENED, occasion=occasion, at=at)


def tell_handed_over(card_id: int, *, to: str, at: datetime) -> Notice | None:
    """Say which emergency service has the message now."""
    name = _name(to, card_queries.card(card_id).language)
    return notify(card_id, moment=Moment.HANDED_OVER, occasion="handed_over", at=at, service=name)


@together
def tell_closed(card_id: int, *, outcome: str, at: datetime) -> Notice | None:
    """Say how it ended and ask whether it is so; None when the card was opened again before we could ask."""
    survey = ask(card_id, at=at)
    if survey is None:
        return None
    moment = Moment.DONE if outcome in (Outcome.DONE, Outcome.PARTLY) else Moment.CLOSED
    link = rules.answer_link(settings.PUBLIC_URL, survey.token)
    return notify(card_id, moment=moment, occasion=f"closed:{survey.round}", at=at, link=link)


def _name(code: str, language: str) -> str:
    found = staff.services([code]).get(code)
    return found.name(language) if found else code
