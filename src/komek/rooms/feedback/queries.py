"""Questions about notices and answers."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from komek.platform.questions import Question
from komek.platform.remembered import Remembered, rows_version
from komek.rooms.cards.models import Card
from komek.rooms.channels.rules import SPOKEN, State
from komek.rooms.feedback import rules
from komek.rooms.feedback.models import Notice, Survey, Template

# So many messages are looked at together for the list of calls to make.
MOST_NOTICES = 200


def survey(token: str) -> Survey:
    """The question that a link leads to, with its card; raises UnknownSurvey."""
    found = Survey.objects.select_related("card").filter(token=token[:64].replace("\0", "")).first()
    if found is None:
        raise rules.UnknownSurvey
    return found


def open_survey(card_id: int, *, at: datetime | None = None) -> Survey | None:
    """The question of a card that may still be answered; with a time, only if the time to answer is not over."""
    found = last_survey(card_id)
    return found if found is not None and is_open(found, at=at) else None


def is_open(survey: Survey, *, at: datetime | None = None) -> bool:
    """Whether what was asked last about a card may still be answered."""
    card = survey.card
    if survey.answer or card.closed_at is None or survey.round != card.reopened:
        return False
    return at is None or at <= card.closed_at + rules.MAY_REFUTE_FOR


def open_survey_of_conversation(conversation_id: int, *, at: datetime) -> Survey | None:
    """What was asked last in a conversation and may still be answered."""
    asked = Survey.objects.filter(card__conversation_id=conversation_id, answer="").order_by("-id")
    card_id = asked.values_list("card_id", flat=True).first()
    return open_survey(card_id, at=at) if card_id is not None else None


def last_survey(card_id: int) -> Survey | None:
    """What the resident was asked last about a card, answered or not, with the card."""
    return _last_survey.one(card=card_id)


def surveys(card_id: int) -> list[Survey]:
    """Everything the resident was asked about a card, in order."""
    return _surveys(card=card_id)


_surveys = Question(lambda card: Survey.objects.filter(card_id=card).order_by("round"))


def low_scores(*, limit: int) -> dict[int, int]:
    """Contact → its newest score, of the residents who were least content lately, the newest first."""
    low = Survey.objects.filter(score__lte=rules.LOW_SCORE, answered_at__isnull=False, card__contact__isnull=False)
    scores: dict[int, int] = {}
    for contact_id, score in low.order_by("-answered_at").values_list("card__contact_id", "score")[:limit]:
        if contact_id is not None and score is not None:
            scores.setdefault(contact_id, score)
    return scores


@dataclass(frozen=True)
class ToTell:
    """A card whose resident came by voice and waits for a call: what they are to hear, in order, and since when."""

    card: Card
    texts: tuple[str, ...]
    since: datetime


def to_tell(*, at: datetime, most: int = MOST_NOTICES) -> list[ToTell]:
    """Whom to call about their cards, the longest waiting first; whoever did not answer lately comes later."""
    kept = Notice.objects.filter(
        Q(message__next_attempt_at=None) | Q(message__next_attempt_at__lte=at),
        message__state=State.KEPT,
        message__conversation__channel__in=SPOKEN,
    )
    of_card: dict[int, list[Notice]] = {}
    for notice in kept.select_related("card", "message").order_by("message_id")[:most]:
        of_card.setdefault(notice.card_id, []).append(notice)
    return [ToTell(told[0].card, tuple(one.message.text for one in told), told[0].at) for told in of_card.values()]


def notices(card_id: int) -> list[Notice]:
    """What the resident was told about a card, in order."""
    return list(Notice.objects.filter(card_id=card_id).select_related("message").order_by("id"))


_last_survey = Question(lambda card: Survey.objects.select_related("card").filter(card_id=card).order_by("-round")[:1])


def template(moment: str) -> Template | None:
    """The text of one moment."""
    return _templates().get(moment)


_templates = Remembered("feedback.templates", version=rows_version("feedback_template"), load=Template.objects.in_bulk)


def texts() -> dict[str, dict[str, str]]:
    """The texts of the city by moment and language."""
    return {
        one.moment: {language: getattr(one, f"text_{language}") for language in rules.LANGUAGES}
        for one in Template.objects.order_by("moment")
    }
