"""What a refusal looks like to a person: a clear sentence in their language, the right status, nothing lost."""

from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from komek.refusal import Refusal
from komek.ui import words

STATUSES = {
    "right_missing": 403,
    "too_many": 429,
    "link_expired": 403,
    "not_your_order": 404,
    "unknown_survey": 404,
    "no_such_card": 404,
    "wrong_number": 404,
    "unknown_agent": 404,
    "unknown_service": 404,
}
CONFLICT = 409
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


class RefusalMiddleware:
    """Turn a Refusal that a view did not show itself into an answer."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, failure: Exception) -> HttpResponse | None:
        if isinstance(failure, RequestDataTooBig | TooManyFilesSent):
            return _answer(request, _("What was sent is too large. Please send less at once."), 413)
        if isinstance(failure, UnicodeEncodeError | ValueError) and "NUL" in str(failure):
            return _answer(request, _("What was sent has characters that cannot be kept."), 400)
        if not isinstance(failure, Refusal):
            return None
        return _answer(request, said(failure), STATUSES.get(failure.code, CONFLICT), code=failure.code)


def _answer(request: HttpRequest, text: str, status: int, *, code: str = "refused") -> HttpResponse:
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"code": code, "detail": text}, status=status)
    return render(request, "ui/refusal.html", {"text": text, "code": code}, status=status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    text = str(exception) if isinstance(exception, Http404) and exception.args and exception.args[0] else ""
    return render(request, "ui/refusal.html", {"text": text or _("There is no such page.")}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/refusal.html", {"text": _("Something went wrong on our side. Nothing of yours is lost; please try again.")}, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    text = _("This page has been open too long. Go back, reload it and send again.")
    return _answer(request, text, 403)
