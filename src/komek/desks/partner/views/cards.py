"""What became of the cards that a partner brought, and what is said about them."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status
from ninja.decorators import decorate_view

from komek.desks.partner import answers, forms, problems
from komek.desks.partner.answers import CardAnswer, CardsAnswer, MessageAnswer, MessagesAnswer
from komek.desks.partner.doors import PartnerKey, as_partner, at_most
from komek.desks.partner.forms import Confirmed, MessageTold, Refuted
from komek.desks.partner.views import repeating
from komek.platform import audit
from komek.platform.clock import now
from komek.platform.idempotency import Answer
from komek.registers.staff.rules import Scope
from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries as card_queries
from komek.rooms.channels import actions as channels
from komek.rooms.channels import queries as channel_queries
from komek.rooms.channels.rules import Direction
from komek.rooms.feedback import actions as feedback
from komek.rooms.feedback import queries as feedback_queries

router = Router()


@router.get(
    "/cards",
    operation_id="list_cards",
    summary="The cards that came by this key",
    auth=PartnerKey(Scope.CARDS_READ),
    response={200: CardsAnswer, **problems.READING},
)
def list_cards(
    request: HttpRequest, after: forms.After = 0, limit: forms.Limit = 50, updated_since: forms.Moment = forms.SINCE
) -> Any:
    """The oldest first. To follow changes, ask from time to time with `updated_since` a little before the last time.

    Needs the scope `cards:read`.
    """
    page = card_queries.page_of_partner(_partner(request).pk, after=after, since=updated_since, limit=limit)
    return CardsAnswer(cards=answers.cards(page.cards), next=page.after)


@router.get(
    "/cards/{number}",
    operation_id="read_card",
    summary="One card",
    auth=PartnerKey(Scope.CARDS_READ),
    response={200: CardAnswer, **problems.FINDING},
)
def read_card(request: HttpRequest, number: forms.Number) -> Any:
    """Needs the scope `cards:read`. A card that came another way is as unknown as a number that was never given."""
    return answers.card(_card(request, number))


@router.get(
    "/cards/{number}/messages",
    operation_id="read_messages",
    summary="What was said about a card",
    auth=PartnerKey(Scope.CARDS_READ),
    response={200: MessagesAnswer, **problems.FINDING},
)
@as_partner
def read_messages(request: HttpRequest, number: forms.Number, after: forms.After = 0, limit: forms.Limit = 50) -> Any:
    """What you have read here counts as delivered to the resident: please show it to them.

    Needs the scope `cards:read`.
    """
    partner, card = _partner(request), _card(request, number)
    page = channel_queries.said_after(card.conversation_id, after=after, limit=limit)
    for_resident = [said.id for said in page.messages if said.direction == Direction.OUT]
    channels.fetched(partner.pk, message_ids=for_resident, at=now())
    audit.read(
        subject=f"conversation:{card.conversation_id}", fields=["text"], by=None, purpose=repeating.owner(request)
    )
    return MessagesAnswer(messages=[answers.message(said) for said in page.messages], next=page.after)


@router.post(
    "/cards/{number}/messages",
    operation_id="add_message",
    summary="What the resident adds",
    auth=PartnerKey(Scope.INTAKE_WRITE),
    response={201: MessageAnswer, **problems.CHANGING},
)
@decorate_view(at_most(forms.LARGEST_BODY))
@as_partner
def add_message(
    request: HttpRequest, number: forms.Number, told: MessageTold, idempotency_key: forms.IdempotencyKey = ""
) -> Status[Any]:
    """Needs the scope `intake:write`. The same `outer_id` of the same card is the same message."""
    card, at = _card(request, number), now()

    def hear() -> Answer:
        said = cards.hear(card.conversation_id, text=told.text, outer_id=told.outer_id, at=at)
        return repeating.answered(201, answers.message(said))

    key = f"message:{card.number}:{told.outer_id}"
    return repeating.once(request, header=idempotency_key, keys=[key], told=forms.sent(told), at=at, do=hear)


@router.post(
    "/cards/{number}/confirm",
    operation_id="confirm",
    summary="The resident says: it is done",
    auth=PartnerKey(Scope.INTAKE_WRITE),
    response={200: CardAnswer, **problems.CHANGING},
)
@decorate_view(at_most(forms.LARGEST_BODY))
@as_partner
def confirm(
    request: HttpRequest, number: forms.Number, told: Confirmed, idempotency_key: forms.IdempotencyKey = ""
) -> Status[Any]:
    """Possible while the centre asks, and once. Needs the scope `intake:write`."""
    card, at = _card(request, number), now()

    def say_yes() -> Answer:
        feedback.confirm(_question(card), score=told.score, comment=told.comment, at=at)
        return repeating.answered(200, answers.card(_card(request, number)))

    return repeating.once(request, header=idempotency_key, told=forms.sent(told), at=at, do=say_yes)


@router.post(
    "/cards/{number}/refute",
    operation_id="refute",
    summary="The resident says: it is not done",
    auth=PartnerKey(Scope.INTAKE_WRITE),
    response={200: CardAnswer, **problems.CHANGING},
)
@decorate_view(at_most(forms.LARGEST_BODY))
@as_partner
def refute(
    request: HttpRequest, number: forms.Number, told: Refuted, idempotency_key: forms.IdempotencyKey = ""
) -> Status[Any]:
    """The same number is opened again, under its first clock. Needs the scope `intake:write`."""
    card, at = _card(request, number), now()

    def say_no() -> Answer:
        feedback.refute(_question(card), reason=told.reason, at=at)
        return repeating.answered(200, answers.card(_card(request, number)))

    return repeating.once(request, header=idempotency_key, told=forms.sent(told), at=at, do=say_no)


def _card(request: HttpRequest, number: str) -> Any:
    return card_queries.of_partner(_partner(request).pk, number)


def _question(card: Any) -> str:
    """The token of what the resident is being asked now."""
    survey = feedback_queries.open_survey(card.id)
    if survey is None:
        raise problems.NothingAsked(card.number)
    return str(survey.token)


def _partner(request: Any) -> Any:
    return request.auth
