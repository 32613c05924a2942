"""Checks in a row: one at a time, with everything that is needed to decide it, and one key to decide it by."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from komek.desks.controller.forms import OUTCOMES, REASONS, ExtendForm, ReturnForm, VerdictForm
from komek.desks.controller.views.card import Seen, clock_bar, outcome_of, place_marks
from komek.desks.controller.views.screen import SECOND_LINE, counts, second_line
from komek.platform import idempotency, live
from komek.platform import presence as looking
from komek.platform.clock import now
from komek.platform.idempotency import Answer
from komek.refusal import Refusal
from komek.rooms.cards.rules import Outcome
from komek.rooms.control import actions as control
from komek.rooms.control import queries
from komek.rooms.control.rules import NothingToCheck
from komek.rooms.routing import actions as routing
from komek.rooms.routing import queries as routing_queries
from komek.ui import presence
from komek.ui.fields import RowId
from komek.ui.refusals import said
from komek.ui.regions import Region, began, page
from komek.ui.rights import me


@second_line
@require_GET
def checks(request: HttpRequest) -> HttpResponse:
    """What services say is done and nobody has looked at yet: the one that is asked for, or the longest waiting."""
    since = began(request)
    regions = [
        counts("checks"),
        Region(
            "queue",
            "controller/queue.html",
            ("control",),
            lambda: {"page": queries.open_checks(reports=False)},
            audience=SECOND_LINE,
        ),
    ]
    if request.headers.get("X-Region") in {one.name for one in regions}:
        return page(request, "controller/checks_page.html", regions)
    check = _chosen(request)
    address = f"{reverse('controller:checks')}?check={check.pk}" if check else ""
    here = None
    if check is None:
        # The next check brings those who look at it along.
        regions.append(Region("here", "ui/here.html", (), dict))
        regions.append(Region("check", "controller/no_check.html", ("control",), dict))
    else:
        here, others = presence.of_card(check.card_id, me(request), "controller")
        shown = Shown(check, me(request), here)
        regions += [others, Region("check", "controller/check.html", shown.topics, shown.load)]
    return page(request, "controller/checks_page.html", regions, since=since, here=here, address=address)


@second_line
@require_POST
def decide(request: HttpRequest, check_id: int, verb: str) -> HttpResponse:
    """Accept, return or extend; sent again under the same key it is done once. A script is answered in JSON."""
    wants_json = request.headers.get("Accept", "").startswith("application/json")
    forms: dict[str, Any] = {"accept": VerdictForm, "give-back": ReturnForm, "extend": ExtendForm}
    if verb not in forms:
        raise Http404
    form = forms[verb](request.POST)
    check = queries.check(check_id)
    try:
        if not form.is_valid():
            text = " ".join(str(error) for errors in form.errors.values() for error in errors)
            return _said(request, text, check, status=422, wants_json=wants_json)
        _once(request, check, verb, form.cleaned_data, by=me(request))
    except Refusal as refusal:
        if wants_json:
            raise
        return _said(request, said(refusal), check, status=409, wants_json=False)
    if wants_json:
        return JsonResponse({"check": check.pk, "verb": verb})
    stays = f"?check={check.pk}" if verb == "extend" else ""
    return HttpResponseRedirect(reverse("controller:checks") + stays)


def _once(request: HttpRequest, check: Any, verb: str, told: dict[str, Any], *, by: Any) -> None:
    at, key = now(), request.POST.get("key", "")[:64]

    def do() -> Answer:
        if verb == "accept":
            control.accept(check.pk, outcome=Outcome(told["outcome"]), by=by, at=at)
        elif verb == "give-back":
            control.give_back(check.pk, reason=told["reason"], by=by, at=at)
        else:
            routing.extend(check.card_id, norm=told["norm"], reason=told["reason"], by=by, at=at)
        return Answer(200, {})

    if not key:
        do()
        return
    wish = idempotency.digest(check.pk, verb, told)
    idempotency.once(f"agent:{by.pk}", keys=[f"check:{key}"], digest=wish, at=at, do=do)


def _said(request: HttpRequest, text: str, check: Any, *, status: int, wants_json: bool) -> HttpResponse:
    if wants_json:
        return JsonResponse({"detail": text}, status=status)
    messages.error(request, text)
    return HttpResponseRedirect(f"{reverse('controller:checks')}?check={check.pk}")


def _chosen(request: HttpRequest) -> Any:
    asked = RowId().clean(request.GET.get("check", ""))
    if asked is not None:
        with suppress(NothingToCheck):
            return queries.check(asked)
    return queries.next_check()


@dataclass(frozen=True)
class Shown:
    """One check as it is put before somebody."""

    check: Any
    reader: Any
    here: looking.Here

    @property
    def topics(self) -> tuple[str, ...]:
        return (f"controlled:{self.check.card_id}",)

    def load(self) -> dict[str, Any]:
        card = self.check.card
        seen = Seen(card)
        outlook = seen.outlook
        topics = (*self.topics, looking.topic(self.here.place), "control", "board")
        return {
            **seen.proofs(),
            "check": self.check,
            "card": card,
            "outlook": outlook,
            "bar": clock_bar(outlook.clock, routing_queries.pauses(card.pk), now()),
            "outcome": outcome_of(seen.reports),
            "outcomes": OUTCOMES,
            "reasons": REASONS,
            "marks": place_marks(card),
            # A page that moves on without being loaded anew goes on hearing, and says where its reader is now.
            "pass": live.pass_for(topics),
            "here_note": looking.note_for(self.here),
            "topics": " ".join(self.topics),
            "here_topic": looking.topic(self.here.place),
        }
