"""What every page knows: where the stream is, which desks this person may open, the city's name."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from komek.ui.home import desks_of


def page(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    return {
        # Where this page is found again; what answered a POST has no address of its own.
        "here": request.get_full_path() if request.method in {"GET", "HEAD"} else "/",
        "stream_url": settings.STREAM_URL or "/events",
        "desks": desks_of(user) if user is not None and user.is_authenticated else [],
    }
