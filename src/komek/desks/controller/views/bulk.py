"""One decision about many cards: each is decided by itself, and each says what became of it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from komek.desks.controller.forms import BulkForm
from komek.desks.controller.views.screen import back_to, second_line
from komek.platform import idempotency
from komek.platform.clock import now
from komek.platform.idempotency import Answer
from komek.refusal import Refusal
from komek.registers.staff import queries as staff
from komek.rooms.cards import queries as cards
from komek.rooms.control import actions as control
from komek.rooms.routing import actions as routing
from komek.rooms.workorders import actions as workorders
from komek.ui.refusals import said
from komek.ui.rights import me

# What one page of the board shows.
MOST_AT_ONCE = 50


@dataclass(frozen=True)
class Result:
    """What became of one card; `refusal` says why nothing did."""

    number: str
    refusal: str = ""


@second_line
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Do it for every card that was chosen; what was done before under this key is not done again."""
    numbers = list(dict.fromkeys(request.POST.getlist("card")))[:MOST_AT_ONCE]
    back = back_to(request) or reverse("controller:home")
    if not numbers:
        messages.error(request, _("No card was chosen."))
        return HttpResponseRedirect(back)
    form = BulkForm(request.POST)
    if not form.is_valid():
        return _shown(request, form, [Result(number) for number in numbers], back=back, status=422)
    at, by = now(), me(request)
    results = [_one(number, form.cleaned_data, by=by, at=at) for number in numbers]
    return _shown(request, form, results, back=back, done=True)


def _one(number: str, told: dict[str, Any], *, by: Any, at: datetime) -> Result:
    """A transaction of its own: what one card refuses is no matter of the others."""
    try:
        card = cards.by_number(number)
        do = _verb(told, card.pk, by=by, at=at)
        if told["key"]:
            wish = idempotency.digest(*(told[name] for name in ("verb", "norm", "to_service", "reason")))
            keys = [f"bulk:{told['key']}:{card.number}"]
            idempotency.once(f"agent:{by.pk}", keys=keys, digest=wish, at=at, do=lambda: _done(do))
        else:
            do()
    except Refusal as refusal:
        return Result(number, said(refusal))
    return Result(card.number)


def _verb(told: dict[str, Any], card_id: int, *, by: Any, at: datetime) -> Callable[[], object]:
    who: dict[str, Any] = {"by": by, "at": at}
    why: dict[str, Any] = {"reason": told["reason"], **who}
    to = told["to_service"]
    verbs: dict[str, Callable[[], object]] = {
        "remind": lambda: workorders.remind(card_id, **why),
        "extend": lambda: routing.extend(card_id, norm=told["norm"], **why),
        "pause": lambda: routing.pause(card_id, **why),
        "resume": lambda: routing.resume(card_id, **who),
        "redirect": lambda: routing.pass_on(card_id, to_service=to, **why),
        "assign": lambda: routing.assign(card_id, service_code=to, **why),
        "resolve": lambda: control.resolve_all(card_id, resolution=told["reason"], **who),
    }
    return verbs[told["verb"]]


def _done(do: Callable[[], object]) -> Answer:
    do()
    return Answer(200, {})


def _shown(
    request: HttpRequest, form: BulkForm, results: list[Result], *, back: str, done: bool = False, status: int = 200
) -> HttpResponse:
    """What became of each; what was refused can be sent again, with everything that was typed."""
    again = [one for one in results if one.refusal or not done]
    shown = {
        "results": results,
        "again": again,
        "done": sum(not one.refusal for one in results) if done else 0,
        "bulk": form,
        "key": secrets.token_hex(8),
        "services": staff.services().values(),
        "back": back,
        "here": back,
    }
    return render(request, "controller/bulk.html", shown, status=status)
