"""Opening the sound of a call, its bytes by parts, and what was heard of it. Who may is decided by the room."""

import io
from typing import BinaryIO, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET, require_POST

from komek.platform.clock import now
from komek.refusal import Refusal
from komek.registers.staff.rules import Right
from komek.rooms.recordings import actions, queries
from komek.rooms.recordings.rules import OPEN_FOR
from komek.ui import ranges
from komek.ui.refusals import said, status_of
from komek.ui.rights import me, needs

OPUS = "audio/ogg"
listeners = needs(Right.HEAR_OWN_CALLS, Right.HEAR_CALLS, Right.HEAR_CALLS_BY_REASON)


@listeners
@require_POST
def listen(request: HttpRequest, recording_id: int) -> HttpResponse:
    """Write down who listens and why, and say where the sound is."""
    try:
        opened = actions.listen(
            recording_id,
            by=me(request),
            at=now(),
            reason=request.POST.get("reason", ""),
            reviews=request.POST.get("for") == "review",
        )
    except Refusal as refusal:
        return JsonResponse({"refused": said(refusal)}, status=status_of(refusal))
    return JsonResponse(
        {name: reverse(f"listening:{name}", args=[opened.pk]) for name in ("sound", "heard")}, status=201
    )


@listeners
@require_GET
def sound(request: HttpRequest, listening_id: int) -> HttpResponse:
    """The sound by parts, for the one who has opened it, for as long as it is likely to be heard."""
    opened = queries.listening(listening_id, by=me(request), since=now() - OPEN_FOR)
    plain = queries.plain(opened.recording)

    def content() -> BinaryIO:
        return cast("BinaryIO", io.BytesIO(plain))

    asked = request.headers.get("Range", "")
    response = ranges.part(asked, size=len(plain), content=content, media_type=OPUS)
    response = response or HttpResponse(plain, content_type=OPUS)
    response["Accept-Ranges"] = "bytes"
    response["Content-Security-Policy"] = "default-src 'none'"
    patch_cache_control(response, private=True, no_store=True)
    return cast("HttpResponse", response)


@listeners
@require_POST
def heard(request: HttpRequest, listening_id: int) -> HttpResponse:
    """Note which milliseconds were heard."""
    since, until = (request.POST.get(name, "") for name in ("since", "until"))
    if since.isdecimal() and until.isdecimal():
        actions.heard(listening_id, since=int(since[:12]), until=int(until[:12]), by=me(request), at=now())
    return HttpResponse(status=204)


@needs(Right.EXPORT_RECORDINGS)
@require_POST
def export(request: HttpRequest, recording_id: int) -> HttpResponse:
    """The sound as a file, for whoever has the right to give it away."""
    recording, plain = actions.export(recording_id, by=me(request), at=now(), reason=request.POST.get("reason", ""))
    response = HttpResponse(plain, content_type=OPUS)
    name = f"{recording.began_at:%Y-%m-%d-%H%M}-{recording.pk}.ogg"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    patch_cache_control(response, private=True, no_store=True)
    return response
