"""Every decision about one card: a refusal is said where it was taken, and nothing that was typed is lost."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from komek.desks.controller.correcting import conflict_of, wanted
from komek.desks.controller.forms import (
    AssignForm,
    CorrectionForm,
    ExtendForm,
    ReasonForm,
    ResolutionForm,
    ReturnForm,
    VerdictForm,
)
from komek.desks.controller.views.card import card_page
from komek.desks.controller.views.screen import back_to, second_line
from komek.platform.clock import now
from komek.refusal import Refusal
from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries as card_queries
from komek.rooms.cards.rules import CardChanged, Outcome
from komek.rooms.control import actions as control
from komek.rooms.control import queries
from komek.rooms.control.rules import AlreadyDecided, AlreadyResolved
from komek.rooms.routing import actions as routing
from komek.rooms.workorders import actions as workorders
from komek.ui.refusals import said, status_of
from komek.ui.regions import began
from komek.ui.rights import me


@second_line
@require_POST
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """One decision; a refusal is said, and what was typed with it stays."""
    found = card_queries.by_number(number)
    try:
        decide = VERBS[verb]
    except KeyError:
        raise Http404 from None
    try:
        wrong = decide(request, found)
    except CardChanged as refusal:
        return _conflicting(request, found, said(refusal))
    except Refusal as refusal:
        return _refused(request, found, said(refusal), verb=verb, status=status_of(refusal))
    if wrong is not None:
        text = " ".join(str(error) for errors in wrong.errors.values() for error in errors)
        return _refused(request, found, text, verb=verb, status=422)
    return HttpResponseRedirect(back_to(request) or reverse("controller:card", args=[found.number]))


def _refused(request: HttpRequest, found: Any, text: str, *, verb: str, status: int) -> HttpResponse:
    messages.error(request, text)
    if back := back_to(request):
        return HttpResponseRedirect(back)
    # As it stands now: it may be refused because somebody was faster.
    since, found = began(request), card_queries.by_number(found.number)
    return card_page(request, found, since=since, typed={verb.replace("-", "_"): request.POST}, status=status)


def _conflicting(request: HttpRequest, found: Any, text: str) -> HttpResponse:
    """Both versions, field by field; nothing of what was typed is lost, and nothing was overwritten."""
    form = CorrectionForm(request.POST)
    form.is_valid()
    since, found = began(request), card_queries.by_number(found.number)
    conflict = conflict_of(form, found)
    messages.error(request, text)
    return card_page(request, found, since=since, conflict=conflict, status=409)


def _accept(request: HttpRequest, found: Any) -> Form | None:
    form = VerdictForm(request.POST)
    if not form.is_valid():
        return form
    check = _check(found, form.cleaned_data["check"])
    control.accept(check.pk, outcome=Outcome(form.cleaned_data["outcome"]), by=me(request), at=now())
    return None


def _give_back(request: HttpRequest, found: Any) -> Form | None:
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return form
    check = _check(found, form.cleaned_data["check"])
    control.give_back(check.pk, reason=form.cleaned_data["reason"], by=me(request), at=now())
    return None


def _check(found: Any, shown: int | None) -> Any:
    """The check that the page showed: work that was reported since then is another, and nobody has looked at it."""
    check = queries.open_check(found.pk)
    if shown is not None and shown != check.pk:
        raise AlreadyDecided(found.number)
    return check


def _resolve(request: HttpRequest, found: Any) -> Form | None:
    form = ResolutionForm(request.POST)
    if not form.is_valid():
        return form
    shown = form.cleaned_data["escalation"]
    if shown is None:
        control.resolve_all(found.pk, resolution=form.cleaned_data["reason"], by=me(request), at=now())
        return None
    waiting = [one for one in queries.escalations_of(found.pk) if one.resolved_at is None and shown == one.pk]
    if not waiting:
        raise AlreadyResolved(found.number)
    for escalation in waiting:
        control.resolve(escalation.pk, resolution=form.cleaned_data["reason"], by=me(request), at=now())
    return None


def _assign(request: HttpRequest, found: Any) -> Form | None:
    form = AssignForm(request.POST)
    if not form.is_valid():
        return form
    told = form.cleaned_data
    if told["from_service"]:
        routing.redirect(
            found.pk,
            from_service=told["from_service"],
            to_service=told["to_service"],
            reason=told["reason"],
            by=me(request),
            at=now(),
        )
    else:
        routing.assign(found.pk, service_code=told["to_service"], reason=told["reason"], by=me(request), at=now())
    return None


def _extend(request: HttpRequest, found: Any) -> Form | None:
    form = ExtendForm(request.POST)
    if not form.is_valid():
        return form
    told = form.cleaned_data
    routing.extend(found.pk, norm=told["norm"], reason=told["reason"], by=me(request), at=now())
    return None


def _with_a_reason(verb: Callable[..., Any]) -> Callable[[HttpRequest, Any], Form | None]:
    def decide(request: HttpRequest, found: Any) -> Form | None:
        form = ReasonForm(request.POST)
        if not form.is_valid():
            return form
        verb(found.pk, reason=form.cleaned_data["reason"], by=me(request), at=now())
        return None

    return decide


def _resume(request: HttpRequest, found: Any) -> Form | None:
    routing.resume(found.pk, by=me(request), at=now())
    return None


def _correct(request: HttpRequest, found: Any) -> Form | None:
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return form
    revision = form.cleaned_data["revision"]
    cards.correct(found.pk, revision=revision, **wanted(form, found), by=me(request), at=now())
    return None


VERBS = {
    "accept": _accept,
    "give-back": _give_back,
    "resolve": _resolve,
    "assign": _assign,
    "extend": _extend,
    "remind": _with_a_reason(workorders.remind),
    "pause": _with_a_reason(routing.pause),
    "resume": _resume,
    "reopen": _with_a_reason(cards.reopen),
    "correct": _correct,
}
