"""What every page knows: where the stream is, which desks this person may open, the city's name."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from komek.registers.staff.rules import Right
from komek.ui.home import desks_of


class May:
    """What this person may, asked in a template by the name of the right: `{% if may.see_numbers %}`."""

    def __init__(self, user: Any) -> None:
        self.user = user

    def __getitem__(self, name: str) -> bool:
        return bool(self.user.may(Right(name)))


def page(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    known = user if user is not None and user.is_authenticated else None
    match = request.resolver_match
    return {
        # Where this page is found again; what answered a POST has no address of its own.
        "here": request.get_full_path() if request.method in {"GET", "HEAD"} else "/",
        "stream_url": settings.STREAM_URL or "/events",
        "desks": desks_of(known) if known else (),
        "open_desk": f"{match.namespace}:home" if match and match.namespace else "",
        # Whether browsers are telephones here, and whether they leave the sound as it is.
        "has_phones": bool(settings.PHONES_URL),
        "sound_as_it_is": settings.PHONES_RAW,
        "may": May(known) if known else {},
    }
