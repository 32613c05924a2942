"""What a refusal looks like to a person: a clear sentence in their language, the right status, nothing lost."""

import sys
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DatabaseError, DataError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from komek.platform import disk, outage
from komek.refusal import Refusal
from komek.ui import outages, words

STATUSES = {
    "right_missing": 403,
    "too_many": 429,
    "link_expired": 403,
    "not_your_order": 404,
    "unknown_survey": 404,
    "no_such_card": 404,
    "wrong_number": 404,
    "no_such_order": 404,
    "no_such_contact": 404,
    "file_gone": 404,
    "may_not_hear": 403,
    "no_such_recording": 404,
    "not_your_listening": 404,
    "sound_gone": 404,
    "draft_not_readable": 400,
    "unknown_article": 404,
    "unknown_agent": 404,
    "unknown_service": 404,
}
CONFLICT = 409
# How the database and its driver name the one letter they cannot keep.
NUL = "NUL (0x00)"
TOO_BIG = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
# A move that is forbidden names two stored states; people read them as words.
STATES = {"card_forbidden_move": "status", "contact_forbidden_move": "contact", "order_forbidden_move": "order"}

Next = Callable[[HttpRequest], HttpResponse]


def said(refusal: Refusal) -> str:
    """The refusal's sentence in the language of the reader."""
    if not refusal.params:
        return _(refusal.text)
    kind = STATES.get(refusal.code, "")
    params = {
        name: words.word(kind, str(value)) if kind and name in {"was", "to"} else value
        for name, value in refusal.params.items()
    }
    return _(refusal.text) % params


def status_of(refusal: Refusal) -> int:
    """The status of an answer that says this refusal."""
    return STATUSES.get(refusal.code, CONFLICT)


class RefusalMiddleware:
    """Turn a Refusal that a view did not show itself into an answer."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            return _not_opened_so(request, response)
        return response

    def process_exception(self, request: HttpRequest, failure: Exception) -> HttpResponse | None:
        if isinstance(failure, TOO_BIG):
            return _too_big(request)
        if isinstance(failure, UnicodeEncodeError) or (
            isinstance(failure, ValueError | DataError) and NUL in str(failure)
        ):
            return _answer(request, _("What was sent has characters that cannot be kept."), 400)
        if isinstance(failure, Refusal):
            return _answer(request, said(failure), status_of(failure), code=failure.code)
        if disk.is_full(failure):
            return outages.no_room(request)
        return outages.unavailable(request, failure) if outage.is_outage(failure) else None


def _answer(request: HttpRequest, text: str, status: int, *, code: str = "refused") -> HttpResponse:
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"code": code, "detail": text}, status=status)
    return render(request, "ui/refusal.html", {"text": text, "code": code}, status=status)


def _too_big(request: HttpRequest) -> HttpResponse:
    return _answer(request, _("What was sent is too large. Please send less at once."), 413)


def _not_opened_so(request: HttpRequest, response: HttpResponseNotAllowed) -> HttpResponse:
    """An address of a button, typed or loaded again: say so instead of showing an empty page."""
    told = _answer(
        request, _("This address only takes what a button sends. Go back to the page and use the button."), 405
    )
    told["Allow"] = response["Allow"]
    return told


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What could not even be read; a form that is too large is refused before its view is asked."""
    if isinstance(exception, TOO_BIG):
        return _too_big(request)
    return _answer(request, _("What was sent cannot be read."), 400)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What we raised says why; what Django raised itself tells of addresses and is nobody's business."""
    told = exception.args[0] if isinstance(exception, Http404) and exception.args else ""
    text = told if isinstance(told, str) and told else _("There is no such page.")
    return render(request, "ui/refusal.html", {"text": text}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Our own fault; without the database even the page around the sentence cannot ask who is signed in."""
    failure = sys.exc_info()[1]
    if disk.is_full(failure):
        return outages.no_room(request)
    if outage.is_outage(failure):
        return outages.unavailable(request, failure)
    shown = {"text": _("Something went wrong on our side. Nothing of yours is lost; please try again."), "here": "/"}
    try:
        return render(request, "ui/refusal.html", shown, status=500)
    except DatabaseError:
        return HttpResponse(render_to_string("ui/refusal.html", shown), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    text = _("This page has been open too long. Go back, reload it and send again.")
    return _answer(request, text, 403)
