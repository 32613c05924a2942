"""What scripts of our pages send and are told: small objects, and refusals in the reader's language."""

import json
from typing import Any

from django.http import HttpRequest, JsonResponse

from komek.refusal import Refusal
from komek.ui.refusals import said, status_of


def told_in(request: HttpRequest) -> dict[str, Any]:
    """The object that was sent; an empty one for whatever cannot be read, so that a form says what is missing."""
    try:
        found = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def refused(refusal: Refusal) -> JsonResponse:
    """A refusal as a script shows it."""
    return JsonResponse({"code": refusal.code, "detail": said(refusal)}, status=status_of(refusal))
