"""The telephone: which calls go on, who takes part in them unseen, and who is still to be called back."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from komek.platform.clock import now
from komek.refusal import Refusal
from komek.registers.staff import queries as staff
from komek.registers.staff.rules import Right
from komek.rooms.calls import actions
from komek.rooms.calls import queries as telephone
from komek.rooms.calls.rules import Ear
from komek.ui.json import refused
from komek.ui.refusals import said
from komek.ui.regions import Region, page
from komek.ui.rights import me, needs

LIST = 200
CALL_BACKS = {"now": actions.hasten, "drop": actions.drop}


@needs(Right.JOIN_CALLS)
@require_GET
def calls(request: HttpRequest) -> HttpResponse:
    """The calls of this moment, the call-backs, and who has listened to whom."""
    regions = [
        Region("calls", "supervisor/calls.html", ("calls", "floor"), partial(_calls, me(request).pk)),
        Region("callbacks", "supervisor/callbacks.html", ("callbacks",), _call_backs, "joiners"),
        Region("joinings", "supervisor/joinings.html", ("calls",), _joinings, "joiners"),
    ]
    return page(request, "supervisor/calls_page.html", regions)


@needs(Right.JOIN_CALLS)
@require_POST
def line(request: HttpRequest) -> HttpResponse:
    """Where this supervisor's browser registers, to be rung into calls."""
    try:
        phone = actions.seat_of(me(request), at=now())
    except Refusal as refusal:
        return refused(refusal)
    return JsonResponse(phone.told(), headers={"Cache-Control": "no-store"})


@needs(Right.JOIN_CALLS)
@require_POST
def join(request: HttpRequest, agent_id: int) -> HttpResponse:
    """Take part in somebody's call: my own telephone rings, and whoever answers it is in."""
    try:
        ear = Ear(request.POST.get("ear", ""))
        agent = staff.agent(agent_id)
        actions.join(agent, ear=ear, by=me(request), at=now())
    except ValueError as unknown:
        raise Http404 from unknown
    except Refusal as refusal:
        messages.error(request, said(refusal))
    else:
        messages.success(request, _("Your telephone rings: answer it, and you are in the call."))
    return redirect("supervisor:calls")


@needs(Right.JOIN_CALLS)
@require_POST
def callback(request: HttpRequest, callback_id: int, verb: str) -> HttpResponse:
    """Have somebody called at once, or not at all."""
    if verb not in CALL_BACKS:
        raise Http404
    try:
        CALL_BACKS[verb](callback_id, by=me(request), at=now())
    except Refusal as refusal:
        messages.error(request, said(refusal))
    return redirect("supervisor:calls")


def _calls(my_id: int) -> dict[str, Any]:
    going_on = list(telephone.now()[:LIST])
    handed = telephone.open_hand_overs([call.pk for call in going_on])
    return {
        "talking": [(call, handed.get(call.pk)) for call in going_on if call.agent],
        "waiting": [call for call in going_on if not call.agent],
        "ears": [ear.value for ear in Ear],
        "my_id": my_id,
        "limit": LIST,
        "more": len(going_on) == LIST,
    }


def _call_backs() -> dict[str, Any]:
    return {"waiting": telephone.open_call_backs(), "ended": telephone.ended_call_backs()}


def _joinings() -> dict[str, Any]:
    return {"joinings": telephone.joinings()}
