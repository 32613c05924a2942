"""Who came by voice is told by voice: what to say about a card, and how the call went."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from komek.desks.operator.forms import ToldForm
from komek.desks.operator.views.screen import operators_only
from komek.platform.clock import now
from komek.platform.transactions import together
from komek.refusal import Refusal
from komek.rooms.cards import queries as cards
from komek.rooms.channels import actions as channels
from komek.rooms.channels import queries as conversations
from komek.rooms.channels.rules import MOST_CALLS
from komek.rooms.feedback import actions as feedback
from komek.rooms.feedback import queries as surveys
from komek.rooms.feedback.rules import Answer
from komek.ui.refusals import said
from komek.ui.rights import me


def of_card(card: Any) -> dict[str, Any]:
    """What the resident of this card is to hear, and what they are to be asked."""
    kept = conversations.to_say(card.conversation_id) if card.conversation_id else []
    again = kept[-1].next_attempt_at if kept else None
    return {
        "card": card,
        "to_say": kept,
        "through": kept[-1].pk if kept else None,
        "again": again if again and again > now() else None,
        "survey": surveys.open_survey(card.pk, at=now()) if kept else None,
    }


@operators_only
@require_POST
def told(request: HttpRequest, number: str) -> HttpResponse:
    """The call is over: they were told and have answered, or nobody was there."""
    form = ToldForm(request.POST)
    try:
        card = cards.by_number(number)
        if not form.is_valid():
            messages.error(request, str(next(iter(form.errors.values()))[0]))
        elif form.cleaned_data["reached"] == "yes":
            _reached(card, form.cleaned_data, by=me(request))
        else:
            _not_reached(request, card, through=form.cleaned_data["through"])
    except Refusal as refusal:
        messages.error(request, said(refusal))
    return redirect("operator:card", number=number)


@together
def _reached(card: Any, told: dict[str, Any], *, by: Any) -> None:
    channels.told(card.conversation_id, through=told["through"], by=by, at=now())
    # An answer that cannot be taken any more is refused aloud, and is not lost in silence.
    survey = surveys.last_survey(card.pk) if told["answer"] else None
    if survey is None:
        return
    if told["answer"] == Answer.CONFIRMED:
        feedback.confirm(survey.token, score=told["score"], comment=told["comment"], heard_by=by, at=now())
    else:
        feedback.refute(survey.token, reason=told["comment"], heard_by=by, at=now())


def _not_reached(request: HttpRequest, card: Any, *, through: int) -> None:
    reason = gettext("Nobody answered the telephone.")
    if channels.unanswered(card.conversation_id, through=through, reason=reason, by=me(request), at=now()):
        messages.info(request, gettext("They are called again later."))
    else:
        words = gettext("Nobody is called any more: nobody has answered %(calls)s times.")
        messages.warning(request, words % {"calls": MOST_CALLS})
