"""Photos and videos piece by piece: begun, asked how far they are, continued, taken back.

The words of tus: `Upload-Length` with the beginning, `Upload-Offset` with a piece and in every answer, and
`Upload-Complete: ?1` when the file is taken in. Its address is the sender's own name for it.
"""

import re
from typing import Any
from urllib.parse import unquote

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from komek.desks.service.views.foreman import opened
from komek.platform import limits, pieces
from komek.platform.clock import now
from komek.platform.files import Kind
from komek.refusal import Refusal
from komek.rooms.workorders.rules import PROOF_KINDS
from komek.ui.refusals import said, status_of

ACCEPTED = frozenset(Kind(kind) for kind in PROOF_KINDS)
KEY = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)
NUMBER = re.compile(r"\d{1,12}", re.ASCII)
STATUSES = {
    "upload_gone": 404,
    "piece_too_long": 413,
    "file_too_large": 413,
    "piece_broken": 400,
    "upload_headers": 400,
}
# Of one order: a video of a hundred megabytes by the smallest pieces takes some four hundred.
PIECES_PER_MINUTE, PIECES_AT_ONCE = 600, 600


class NotSaid(Refusal):
    def __init__(self, header: str) -> None:
        super().__init__("upload_headers", "“%(header)s” is missing or no number.", header=header)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST", "PATCH", "DELETE"])
def upload(request: HttpRequest, token: str, key: str) -> HttpResponse:
    """One file of one order, for whoever holds its link."""
    if not KEY.fullmatch(key):
        raise Http404
    order = opened(request, token)
    limits.take(f"pieces:{order.pk}", per_minute=PIECES_PER_MINUTE, burst=PIECES_AT_ONCE, at=now())
    owner = f"order:{order.pk}"
    try:
        if request.method == "POST":
            return _state(pieces.begin(**_beginning(request), owner=owner, key=key, at=now(), accept=ACCEPTED), 201)
        if request.method == "PATCH":
            return _state(_piece(request, owner, key))
        if request.method == "DELETE":
            pieces.drop(owner=owner, key=key)
            return HttpResponse(status=204)
        return _state(pieces.find(owner=owner, key=key))
    except pieces.WrongOffset as wrong:
        response = _refused(wrong)
        response["Upload-Offset"] = str(wrong.upload.arrived)
        return response
    except Refusal as refusal:
        return _refused(refusal)


def _beginning(request: HttpRequest) -> dict[str, Any]:
    return {"name": unquote(request.headers.get("Upload-Name", "")), "size": _number(request, "Upload-Length")}


def _piece(request: HttpRequest, owner: str, key: str) -> Any:
    piece = request.body
    # A connection that breaks in the middle of a piece may look like its end.
    if len(piece) != int(request.META.get("CONTENT_LENGTH") or 0):
        raise pieces.PieceBroken
    offset = _number(request, "Upload-Offset")
    told: dict[str, Any] = {"by": None, "purpose": "proof", "at": now(), "accept": ACCEPTED}
    return pieces.add(owner=owner, key=key, offset=offset, piece=piece, **told)


def _number(request: HttpRequest, header: str) -> int:
    told = request.headers.get(header, "")
    if not NUMBER.fullmatch(told):
        raise NotSaid(header)
    return int(told)


def _state(found: Any, status: int = 200) -> HttpResponse:
    if refusal := pieces.refusal_of(found):
        return _refused(refusal, 422)
    response = JsonResponse({"offset": found.arrived, "complete": found.file_id is not None}, status=status)
    response["Upload-Offset"] = str(found.arrived)
    response["Upload-Length"] = str(found.size)
    response["Upload-Complete"] = "?1" if found.file_id is not None else "?0"
    return response


def _refused(refusal: Refusal, status: int | None = None) -> HttpResponse:
    told = {"code": refusal.code, "detail": said(refusal)}
    return JsonResponse(told, status=status or STATUSES.get(refusal.code) or status_of(refusal))
