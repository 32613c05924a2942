"""The recording of the call that goes on: paused for a typed reason, taken up again, and its last minute once more."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET, require_POST

from komek.desks.operator.views.screen import address_of, operators_only
from komek.platform.clock import now
from komek.refusal import Refusal
from komek.rooms.calls import queries as calls
from komek.rooms.recordings import actions as recordings
from komek.ui.refusals import said
from komek.ui.rights import me


@operators_only
@require_POST
def pause(request: HttpRequest, unique_id: str) -> HttpResponse:
    """Write down nothing for a minute at most."""
    try:
        recordings.pause(unique_id, cause=request.POST.get("cause", ""), by=me(request), at=now())
    except Refusal as refusal:
        messages.error(request, said(refusal))
    return _back(unique_id)


@operators_only
@require_POST
def resume(request: HttpRequest, unique_id: str) -> HttpResponse:
    """Write down everything again."""
    try:
        recordings.resume(unique_id, by=me(request), at=now())
    except Refusal as refusal:
        messages.error(request, said(refusal))
    return _back(unique_id)


@operators_only
@require_GET
def replay(request: HttpRequest, unique_id: str) -> HttpResponse:
    """What was said in the last minute of my own call."""
    response = HttpResponse(recordings.replay(unique_id, by=me(request), at=now()), content_type="audio/wav")
    response["Content-Security-Policy"] = "default-src 'none'"
    patch_cache_control(response, private=True, no_store=True)
    return response


def _back(unique_id: str) -> HttpResponse:
    call = calls.by_unique_id(unique_id)
    if call is None:
        raise Http404
    return redirect(address_of(call.contact_id))
