"""The operator's telephone: a line for the browser, the card of a call before anybody has answered, and what is told of it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from komek.desks.operator.forms import AcceptForm, HandOverForm, InviteForm
from komek.desks.operator.views.screen import address_of, operators_only, screen
from komek.platform.clock import now
from komek.refusal import Refusal
from komek.registers.residents import queries as residents
from komek.registers.residents.rules import HandleKind
from komek.registers.staff import queries as staff
from komek.rooms.calls import actions as calls
from komek.rooms.calls import queries
from komek.rooms.calls.rules import NoNumber, Told
from komek.rooms.cards import queries as cards
from komek.rooms.intake import actions as intake
from komek.rooms.intake import queries as intake_queries
from komek.rooms.intake.rules import State
from komek.ui.json import refused, told_in
from komek.ui.refusals import said
from komek.ui.rights import me


@operators_only
@require_POST
def line(request: HttpRequest) -> HttpResponse:
    """Where this person's browser registers, and as whom."""
    try:
        phone = calls.seat_of(me(request), at=now())
    except Refusal as refusal:
        return refused(refusal)
    return JsonResponse(phone.told(), headers={"Cache-Control": "no-store"})


@operators_only
@require_GET
def ringing(request: HttpRequest, unique_id: str) -> HttpResponse:
    """The desk as it is once this call is answered, brought while it still rings.

    Nothing of a call not heard of yet, nor of one that is somebody else's as far as we have heard: who rings tells us before
    the journal tells that the other was lost.
    """
    call = queries.by_unique_id(unique_id)
    contact = intake_queries.contact(call.contact_id) if call else None
    if contact is None or contact.accepted_by_id not in {None, me(request).pk}:
        return HttpResponse(status=204)
    # Only in the eyes of this page: it is shown in the moment of the answer.
    contact.state, contact.accepted_at = State.ACCEPTED, contact.accepted_at or now()
    return screen(request, current=contact, call=call)


@operators_only
@require_POST
def accept(request: HttpRequest, unique_id: str) -> HttpResponse:
    """The browser has answered; whoever hears of the call only now makes its contact."""
    form = AcceptForm(told_in(request))
    if not form.is_valid():
        return JsonResponse({"detail": form.errors.as_text()}, status=400)
    given: Any = form.cleaned_data
    told = Told(given["number"], given["language"], given["queue"], given["waited"] or 0, given["urgent"])
    try:
        call = calls.accept(unique_id, told=told, by=me(request), at=now())
    except Refusal as refusal:
        return refused(refusal)
    # Who was asked in by a colleague helps: the card stays where it is until the colleague leaves.
    is_mine = intake_queries.contact(call.contact_id).accepted_by_id == me(request).pk
    return JsonResponse({"contact": call.contact_id, "address": address_of(call.contact_id), "mine": is_mine})


@operators_only
@require_POST
def decline(request: HttpRequest, unique_id: str) -> HttpResponse:
    """Not now: the next one is rung, and this person pauses."""
    call = queries.by_unique_id(unique_id)
    if call is None:
        raise Http404
    try:
        intake.decline(call.contact_id, by=me(request), reason="", at=now())
    except Refusal as refusal:
        return refused(refusal)
    return JsonResponse({})


@operators_only
@require_POST
def call_back(request: HttpRequest, callback_id: int) -> HttpResponse:
    """Have somebody called as soon as their turn has come, not at the time that was set."""
    try:
        calls.hasten(callback_id, by=me(request), at=now())
    except Refusal as refusal:
        messages.error(request, said(refusal))
    return redirect("operator:home")


@operators_only
@require_POST
def resident(request: HttpRequest, number: str) -> HttpResponse:
    """The telephone number of whoever this card is of, to be rung now; that it was read is written down."""
    try:
        card = cards.by_number(number)
        if card.resident_id is None:
            raise NoNumber
        told = residents.disclose(card.resident_id, by=me(request).pk, purpose="call")
        found = next((value for kind, value in told.handles if kind == HandleKind.PHONE), None)
        if found is None:
            raise NoNumber
    except Refusal as refusal:
        return refused(refusal)
    return JsonResponse({"number": found}, headers={"Cache-Control": "no-store"})


@operators_only
@require_POST
def quality(request: HttpRequest, unique_id: str) -> HttpResponse:
    """How the call sounded in this browser."""
    try:
        calls.note_quality(unique_id, quality=told_in(request), by=me(request), at=now())
    except Refusal as refusal:
        return refused(refusal)
    return JsonResponse({})


@operators_only
@require_GET
def colleagues(request: HttpRequest) -> HttpResponse:
    """Who could be asked, the free ones first."""
    return render(request, "operator/colleagues.html", {"colleagues": queries.colleagues(me(request))})


@operators_only
@require_POST
def invite(request: HttpRequest, unique_id: str) -> HttpResponse:
    """Ask a colleague into the call."""
    form = InviteForm(told_in(request))
    if not form.is_valid():
        return JsonResponse({"detail": form.errors.as_text()}, status=400)
    try:
        calls.invite(unique_id, colleague=staff.agent(form.cleaned_data["agent"]), by=me(request), at=now())
    except Refusal as refusal:
        return refused(refusal)
    return JsonResponse({})


@operators_only
@require_POST
def hand_over(request: HttpRequest, unique_id: str) -> HttpResponse:
    """Call an emergency service into the call."""
    form = HandOverForm(told_in(request))
    if not form.is_valid():
        return JsonResponse({"detail": form.errors.as_text()}, status=400)
    try:
        calls.hand_over(unique_id, service=form.cleaned_data["service"], by=me(request), at=now())
    except Refusal as refusal:
        return refused(refusal)
    return JsonResponse({})
