"""Every way the API says no: one shape, the right status, a sentence in the language of the reader."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as said
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from komek.desks.partner.answers import Problem
from komek.refusal import Refusal
from komek.ui import refusals

View = Callable[..., HttpResponse]

STATUSES = {
    **refusals.STATUSES,
    "key_not_accepted": 401,
    "scope_missing": 403,
    "no_such_contact": 404,
    "body_too_large": 413,
    "file_too_large": 413,
    "too_many_pixels": 413,
    "unknown_topic": 422,
    "text_empty": 422,
    "text_too_long": 422,
    "reason_needed": 422,
    "impossible_point": 422,
    "impossible_place": 422,
    "unreadable_handle": 422,
    "unknown_language": 422,
    "wrong_score": 422,
    "file_not_accepted": 422,
    "heic_not_accepted": 422,
    "file_empty": 422,
    "file_broken": 422,
    "codec_not_accepted": 422,
}
NOT_A_NUMBER = said("This must be a number.")
UNCLEAR = said("This cannot be understood.")
WRONG = {
    "missing": said("This is missing."),
    "extra_forbidden": said("There is no such field."),
    "string_too_long": said("At most %(max_length)s characters."),
    "string_too_short": said("At least %(min_length)s characters."),
    "greater_than_equal": said("At least %(ge)s."),
    "less_than_equal": said("At most %(le)s."),
    "literal_error": said("One of: %(expected)s."),
    "string_pattern_mismatch": said("Only like this: %(pattern)s"),
    "moment": said("Not a moment: write 2026-11-02T09:30:00+05:00."),
    "string_type": said("This must be text."),
    "string_unicode": said("This must be text."),
}
FIELDS = {
    "unknown_topic": "topic_code",
    "text_empty": "text",
    "text_too_long": "text",
    "reason_needed": "reason",
    "impossible_point": "place",
    "impossible_place": "place",
    "unreadable_handle": "resident",
    "wrong_score": "score",
}


class BodyTooLarge(Refusal):
    """Refused by the length that the sender says, before anything is read."""

    def __init__(self, kilobytes: int) -> None:
        super().__init__(
            "body_too_large", "What was sent is too large: send at most %(kilobytes)s kB.", kilobytes=kilobytes
        )


class NothingAsked(Refusal):
    """Nobody has asked the resident yet, or they have answered already."""

    def __init__(self, number: str) -> None:
        super().__init__("nothing_asked", "There is nothing to confirm or refute about %(number)s now.", number=number)


def documented(*statuses: int) -> dict[int, type[Problem]]:
    """The refusals that the schema tells of, for the `response` of an operation."""
    return dict.fromkeys(statuses, Problem)


READING = documented(400, 401, 403, 422, 429)
FINDING = documented(400, 401, 403, 404, 422, 429)
SENDING = documented(400, 401, 403, 409, 413, 422, 429)
CHANGING = documented(400, 401, 403, 404, 409, 413, 422, 429)


def speak_for(api: NinjaAPI) -> None:
    """Teach the API to answer every failure that is the sender's as a Problem."""
    api.add_exception_handler(Refusal, refused)
    api.add_exception_handler(ValidationError, _not_understood)
    api.add_exception_handler(AuthenticationError, _no_key)
    api.add_exception_handler(HttpError, _unreadable)
    api.add_exception_handler(Http404, _not_found)
    for failure in (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError):
        api.add_exception_handler(failure, _unreadable)
    for failure in (RequestDataTooBig, TooManyFilesSent):
        api.add_exception_handler(failure, _too_large)


def refused(_request: HttpRequest, refusal: Any) -> HttpResponse:
    """A rule of the house said no."""
    status = STATUSES.get(refusal.code, refusals.CONFLICT)
    text = refusals.said(refusal)
    fields = {FIELDS[refusal.code]: text} if refusal.code in FIELDS else None
    response = problem(status, refusal.code, text, fields=fields)
    if status == 401:  # noqa: PLR2004 - who are you
        response["WWW-Authenticate"] = "Bearer"
    if "seconds" in refusal.params:
        response["Retry-After"] = str(refusal.params["seconds"])
    return response


def unknown_address(request: HttpRequest) -> HttpResponse:
    """An address of the API that leads nowhere."""
    return _not_found(request, Http404())


def in_json(view: View) -> View:
    """Let a view that was asked by a method it does not know say so as a Problem too."""

    @wraps(view)
    def speaking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code != 405:  # noqa: PLR2004 - method not allowed
            return response
        refusal = problem(405, "method_not_allowed", _("This address is not asked by this method."))
        refusal["Allow"] = response["Allow"]
        return refusal

    return speaking


def problem(status: int, code: str, detail: str, *, fields: dict[str, str] | None = None) -> HttpResponse:
    """One Problem as an answer."""
    told: dict[str, Any] = {"code": code, "detail": detail}
    if fields:
        told["fields"] = fields
    return JsonResponse(told, status=status, json_dumps_params={"ensure_ascii": False})


def _not_understood(_request: HttpRequest, failure: Any) -> HttpResponse:
    fields = {_field(error["loc"]): _said(error) for error in failure.errors}
    return problem(422, "not_understood", _("Some of what was sent cannot be understood."), fields=fields)


def _no_key(_request: HttpRequest, _failure: Any) -> HttpResponse:
    response = problem(401, "key_needed", _("Send your key: Authorization: Bearer komek_…"))
    response["WWW-Authenticate"] = "Bearer"
    return response


def _unreadable(_request: HttpRequest, _failure: Any) -> HttpResponse:
    return problem(400, "unreadable", _("What was sent cannot be read: it is not whole, or not of the kind it says."))


def _too_large(_request: HttpRequest, _failure: Any) -> HttpResponse:
    return problem(413, "body_too_large", _("What was sent is too large. Please send less at once."))


def _not_found(_request: HttpRequest, _failure: Any) -> HttpResponse:
    return problem(404, "not_found", _("There is no such address."))


def _field(where: Iterable[object]) -> str:
    """`("body", "told", "place", "lat")` → `place.lat`: without the place of the parameter and our name for the body."""
    source, *names = [str(name) for name in where]
    if source == "body" and names:
        names = names[1:]
    return ".".join(names) or source


def _said(error: dict[str, Any]) -> str:
    """What is wrong with a field, in words of our own: the library speaks English only."""
    limits = dict(error.get("ctx", {}))
    if "expected" in limits:
        limits["expected"] = str(limits["expected"]).replace("'", "").replace(" or ", ", ")
    number = error["type"].startswith(("int", "float", "finite"))
    return _(NOT_A_NUMBER if number else WRONG.get(error["type"], UNCLEAR)) % limits
