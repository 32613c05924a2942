"""Taking contacts: my state, the queue, what is written down by hand, and the draft of the card."""

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from komek.desks.operator.forms import EntryForm, SeatForm
from komek.desks.operator.views.screen import address_of, operators_only, screen
from komek.platform.clock import now
from komek.refusal import Refusal
from komek.rooms.intake import actions as intake
from komek.rooms.intake.rules import Arrival, DraftIsNewer, Urgency
from komek.ui.refusals import said, status_of
from komek.ui.rights import me


@operators_only
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The whole workstation: my seat, the queue, the contact at hand and its card."""
    return screen(request)


@operators_only
@require_POST
def seat(request: HttpRequest) -> HttpResponse:
    """Ready, on a break, or away."""
    form = SeatForm(request.POST)
    if form.is_valid():
        try:
            _sit(me(request), **form.cleaned_data)
        except Refusal as refusal:
            messages.error(request, said(refusal))
    return redirect("operator:home")


@operators_only
@require_POST
def entry(request: HttpRequest) -> HttpResponse:
    """Write down a contact that came past the queue and take it at once."""
    form = EntryForm(request.POST)
    if not form.is_valid():
        return screen(request, entry=form, status=422)
    told, agent = form.cleaned_data, me(request)
    arrival = Arrival(
        channel="desk",
        language=told["language"],
        urgency=Urgency.URGENT if told["urgent"] else Urgency.NORMAL,
        handle_kind="phone" if told["phone"] else None,
        handle_value=told["phone"] or None,
        name=told["name"],
        outer_id=f"{agent.pk}:{told['key']}" if told["key"] else None,
    )
    try:
        contact = intake.enter(arrival, by=agent, at=now())
    except Refusal as refusal:
        form.add_error(None, said(refusal))
        return screen(request, entry=form, status=status_of(refusal))
    return redirect(address_of(contact.pk))


@operators_only
@require_POST
def contact(request: HttpRequest, contact_id: int, verb: str) -> HttpResponse:
    """Accept, decline, pick from the queue, end, wrap up."""
    agent = me(request)
    try:
        if verb == "accept":
            intake.accept(contact_id, by=agent, at=now())
        elif verb == "pick":
            intake.pick(contact_id, by=agent, at=now())
        elif verb == "decline":
            intake.decline(contact_id, by=agent, reason=request.POST.get("reason", "")[:40], at=now())
        elif verb == "end":
            intake.end(contact_id, by=agent, at=now())
        elif verb == "wrap-up":
            intake.wrap_up(contact_id, by=agent, at=now())
        else:
            raise Http404
    except Refusal as refusal:
        messages.error(request, said(refusal))
        return redirect("operator:home")
    if verb in {"accept", "pick", "end"}:
        return redirect(address_of(contact_id))
    return redirect("operator:home")


@operators_only
@require_POST
def draft(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Keep what was typed so far; a newer draft is shown, never overwritten."""
    try:
        told = json.loads(request.body)
        data, revision = dict(told["data"]), int(told["revision"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return JsonResponse({"detail": _("The draft could not be read.")}, status=400)
    try:
        saved = intake.save_draft(contact_id, data=data, revision=revision, by=me(request), at=now())
    except DraftIsNewer as newer:
        return JsonResponse({"detail": said(newer), "revision": newer.revision, "data": newer.saved}, status=409)
    except Refusal as refusal:
        return JsonResponse({"code": refusal.code, "detail": said(refusal)}, status=status_of(refusal))
    return JsonResponse({"revision": saved.revision})


def _sit(agent: Any, *, state: str, reason: str) -> None:
    if state == "ready":
        intake.take_seat(agent, at=now())
    elif state == "break":
        intake.take_break(agent, reason=reason or "rest", at=now())
    else:
        intake.leave(agent, at=now())
