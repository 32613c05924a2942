"""Asking whether it is really done, and hearing the answer: by a link, on the status page, in a reply, or by voice."""

import secrets
from datetime import datetime

from komek.platform import unit
from komek.platform.facts import announce
from komek.platform.transactions import together
from komek.registers.staff.models import Agent
from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries as card_queries
from komek.rooms.cards.models import Card
from komek.rooms.channels import queries as channels
from komek.rooms.channels.rules import TextEmpty, cleaned
from komek.rooms.control import actions as control
from komek.rooms.control.rules import Cause
from komek.rooms.feedback import queries, rules
from komek.rooms.feedback.facts import ConfirmationAsked, ResultConfirmed, ResultRefuted
from komek.rooms.feedback.models import Survey
from komek.rooms.feedback.rules import Answer


@together
def ask(card_id: int, *, at: datetime) -> Survey | None:
    """Ask once a round whether it is really done; None when the card is open again or there is nobody to ask."""
    card = card_queries.locked(card_id)
    if card.closed_at is None or card.conversation_id is None:
        return None
    if known := Survey.objects.filter(card=card, round=card.reopened).first():
        return known
    survey = unit.add(Survey(card=card, round=card.reopened, token=secrets.token_urlsafe(18), asked_at=at))
    announce(ConfirmationAsked(card.id, survey.id, at))
    return survey


@together
def confirm(
    token: str, *, score: int | str | None = None, comment: str = "", heard_by: Agent | None = None, at: datetime
) -> Survey:
    """The resident says that it is done; a low score is a complaint about us, not a request to do it again.

    `heard_by` wrote down what was said by voice.
    """
    card, survey = _unanswered(token, at=at)
    survey.score = rules.check_score(score)
    survey.heard_by = heard_by
    _answer(survey, Answer.CONFIRMED, comment, at=at)
    announce(ResultConfirmed(card.id, survey.id, survey.score, at))
    return survey


@together
def refute(token: str, *, reason: str = "", heard_by: Agent | None = None, at: datetime) -> Survey:
    """The resident says that it is not done: the same number is open again, on its first clock."""
    card, survey = _unanswered(token, at=at)
    survey.heard_by = heard_by
    _answer(survey, Answer.REFUTED, reason, at=at)
    announce(ResultRefuted(card.id, survey.id, survey.comment, at))
    cards.reopen(card.id, reason=survey.comment or Answer.REFUTED, at=at)
    control.escalate(card.id, cause=Cause.REFUTED, detail={"reason": survey.comment}, at=at)
    return survey


@together
def hear_reply(message_id: int, *, at: datetime) -> Survey | None:
    """Understand a reply to our question as confirming or refuting; None when it is about something else."""
    message = channels.message(message_id)
    if unit.is_new(message.conversation):
        return None
    survey = queries.open_survey_of_conversation(message.conversation_id, at=at)
    if survey is None or message.at < survey.asked_at:
        return None
    answer = rules.in_words(message.text)
    if answer is Answer.CONFIRMED:
        return confirm(survey.token, comment=message.text, at=at)
    if answer is Answer.REFUTED:
        return refute(survey.token, reason=message.text, at=at)
    return None


def _unanswered(token: str, *, at: datetime) -> tuple[Card, Survey]:
    """The question for answering, its card locked first: of two answers the second is told so kindly."""
    found = queries.survey(token)
    card = card_queries.locked(found.card_id)
    survey = unit.hold(Survey, found.id) or found
    if survey.answer:
        raise rules.AlreadyAnswered(card.number)
    rules.check_time(card.number, closed_at=card.closed_at if survey.round == card.reopened else None, at=at)
    return card, survey


def _answer(survey: Survey, answer: Answer, comment: str, *, at: datetime) -> None:
    survey.answer, survey.answered_at = answer, at
    try:
        survey.comment = cleaned(comment)[: rules.LONGEST_COMMENT]
    except TextEmpty:
        survey.comment = ""
    unit.save(survey, "answer", "answered_at", "comment", "score", "heard_by")
