"""Telling the resident what has become of their card, once an occasion, in their language."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings

from komek.platform import unit
from komek.platform.facts import announce
from komek.platform.languages import pick
from komek.platform.transactions import together
from komek.registers.staff import queries as staff
from komek.rooms.cards import queries as card_queries
from komek.rooms.cards.models import Card
from komek.rooms.channels import actions as channels
from komek.rooms.channels import queries as conversations
from komek.rooms.channels.rules import SPOKEN
from komek.rooms.feedback import queries, rules
from komek.rooms.feedback.facts import ResidentNotified
from komek.rooms.feedback.models import Notice, Template
from komek.rooms.feedback.rules import Moment
from komek.rooms.knowledge import queries as knowledge
from komek.rooms.knowledge.models import Article
from komek.rooms.routing import queries as routing
from komek.rooms.workorders import queries as workorders

log = structlog.get_logger("komek.feedback")


@together
def notify(card_id: int, *, moment: Moment | str, occasion: str, at: datetime, **params: str) -> Notice | None:
    """Tell the resident of one moment, once an occasion; what is not given is read from the card as it stands.

    None when there is nobody to tell, or when they have heard it by voice.
    """
    card = card_queries.card(card_id)
    kind = Moment(moment)
    if card.conversation_id is None or (card.channel in SPOKEN and kind in rules.SAID_BY_VOICE):
        return None
    if known := _noticed(card, occasion):
        return known
    template = queries.template(kind)
    text = pick(template, "text", card.language) if template else ""
    if not text:
        log.error("feedback.text_missing", moment=kind.value, language=card.language)
        return None
    message = channels.tell(
        conversations.conversation(card.conversation_id),
        text=rules.filled(text, _values(card, text, params, at=at)),
        kind=kind.value,
        language=card.language,
        at=at,
        key=f"card:{card.id}:{occasion}",
    )
    notice = unit.add(Notice(card=card, moment=kind, occasion=occasion, message=message, at=at))
    announce(ResidentNotified(card.id, kind, message.id, at))
    return notice


@together
def set_texts(texts: Mapping[str, Mapping[str, str]]) -> int:
    """Put the texts of the city in place, by moment and language; one broken text, and none is taken."""
    for moment, said in texts.items():
        for language, text in said.items():
            rules.check_text(moment, language, text)
    for moment, said in texts.items():
        columns = {f"text_{language}": said.get(language, "").strip() for language in rules.LANGUAGES}
        Template.objects.update_or_create(moment=moment, defaults=columns)
    return len(texts)


def _noticed(card: Card, occasion: str) -> Notice | None:
    told = unit.children(card, Notice, "card_id")
    if told is not None:
        return next((notice for notice in told if notice.occasion == occasion), None)
    return Notice.objects.filter(card=card, occasion=occasion).first()


def _values(card: Card, text: str, given: Mapping[str, str], *, at: datetime) -> dict[str, str]:
    """Only what the text asks for is looked up."""
    values = {"number": card.number, **given}
    if "{link}" in text and "link" not in values:
        values["link"] = rules.card_link(settings.PUBLIC_URL, card.number, card.access_code)
    if ("{service}" in text and "service" not in values) or ("{due}" in text and "due" not in values):
        outlook = routing.outlook(card.id)
        names = [pick(line.service, "name", card.language) or line.code for line in outlook.assignments]
        values.setdefault("service", ", ".join(names) or _owner(card))
        zone = ZoneInfo(settings.TIME_ZONE)
        values.setdefault("due", rules.due_words(outlook.due_at, card.language, zone, at=at))
    if "{text}" in text and "text" not in values:
        values["text"] = _said(card)
    return values


def _owner(card: Card) -> str:
    owner = staff.services([card.owner_code]).get(card.owner_code)
    return owner.name(card.language) if owner else card.owner_code


def _said(card: Card) -> str:
    """What was answered; else what the services said they did, or why not; else how the card ended."""
    if card.answer:
        return rules.sentence(card.answer)
    if card.answered_by_id:
        articles = knowledge.answers(Article.objects.filter(id=card.answered_by_id), card.language)
        return rules.plain(articles[0].body) if articles else ""
    told = []
    for order in workorders.reported([card.id]).get(card.id, []):
        reason = rules.REASONS.get(order.reason_code, {}).get(card.language, "")
        told += [rules.sentence(part) for part in (order.text, reason) if part.strip()]
    return " ".join(dict.fromkeys(told)) or rules.ENDED.get(card.outcome, {}).get(card.language, "")
