"""What people and programs are told while the database is away or the disk is full: come back, and when."""

import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from komek.platform import disk, outage

log = structlog.get_logger("komek.outage")

Next = Callable[[HttpRequest], HttpResponse]

READS = frozenset({"GET", "HEAD", "OPTIONS"})
# They say themselves how the node is.
FOR_MACHINES = frozenset({"/healthz", "/readyz"})
RETRY_AFTER_SECONDS = 5
# Somebody has to make room.
ROOM_AFTER_SECONDS = 60
# What failed faster than this met a connection that was dead before; what took longer has waited long enough.
AT_ONCE_SECONDS = 1.0


class OutageMiddleware:
    """Tell who comes during an outage so at once, and ask a read again when its connection turned out to be dead.

    What changes something is never asked again here: the lost server may have kept it.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if outage.is_away() and request.path not in FOR_MACHINES:
            return _come_back(request)
        if request.method not in READS and disk.is_short(settings.HOME):
            return no_room(request)
        began = time.monotonic()
        response = self.get_response(request)
        met_outage = getattr(response, "met_outage", False)
        if met_outage and request.method in READS and time.monotonic() - began < AT_ONCE_SECONDS:
            return self.get_response(request)
        return response


def unavailable(request: HttpRequest, failure: BaseException | None) -> HttpResponse:
    """The answer to a request that met an outage; the connections that led to the lost server are closed."""
    outage.let_go(failure)
    return _come_back(request)


def no_room(request: HttpRequest) -> HttpResponse:
    """The disk is full: what was brought is refused as a whole, and reading goes on."""
    log.error("disk.full", path=request.path)
    text = _(
        "Komek cannot take anything in at the moment: its disk is full. What you sent was not kept; "
        "please try again in a few minutes."
    )
    return _later(request, text, code="no_room", seconds=ROOM_AFTER_SECONDS)


def _come_back(request: HttpRequest) -> HttpResponse:
    text = _("Komek is not reachable for a moment. Nothing is lost; please try again.")
    response = _later(request, text, code="unavailable", seconds=RETRY_AFTER_SECONDS)
    response.met_outage = True  # type: ignore[attr-defined]
    return response


def _later(request: HttpRequest, text: str, *, code: str, seconds: int) -> HttpResponse:
    """Without the database nobody knows who is signed in, so the page shows only the sentence."""
    response: HttpResponse
    if request.headers.get("Accept", "").startswith("application/json") or request.path.startswith("/api/"):
        told = {"code": code, "detail": text}
        response = JsonResponse(told, status=503, json_dumps_params={"ensure_ascii": False})
    else:
        response = HttpResponse(render_to_string("ui/refusal.html", {"text": text, "here": "/"}), status=503)
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    return response
