"""What the resident's views share: who asks how often, whose card it is, and pages that are the same for everybody."""

import time
from collections.abc import Callable, Hashable
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from komek.platform import limits
from komek.platform.clock import now
from komek.rooms.cards import queries as card_queries
from komek.ui.renderings import Renderings

# What is shown to everybody is asked of the city once in so many seconds, however many people look.
FRESH_SECONDS = 60.0
kept = Renderings(most=400)


def language() -> str:
    """The reader's language, one of ours."""
    return (get_language() or "kk")[:2]


def address(request: HttpRequest) -> str:
    """Whose tries are counted together."""
    return request.META.get("REMOTE_ADDR") or "local"


def slowly(request: HttpRequest, what: str, *, per_minute: float, burst: int) -> None:
    """Let somebody try so often, or raise TooMany with the seconds until the next try."""
    limits.take(f"{what}:{address(request)}", per_minute=per_minute, burst=burst, at=now())


def card_of(request: HttpRequest, number: str, code: str) -> Any:
    """The card of a number and its code; nobody tries all codes."""
    slowly(request, "status", per_minute=60, burst=60)
    return card_queries.by_code(number, code)


def of_this_minute(name: str, make: Callable[[], str], *about: Hashable, seconds: float = FRESH_SECONDS) -> str:
    """What everybody reads alike in a language, made once in a while."""
    text, _ = kept.begun_since(time.monotonic() - seconds, (name, language(), *about), make)
    return text


def part(
    template: str, load: Callable[[], dict[str, Any]], *about: Hashable, seconds: float = FRESH_SECONDS
) -> SafeString:
    """A part of a page that shows nothing of a person, rendered without a request."""
    html = of_this_minute(template, lambda: render_to_string(template, load()), *about, seconds=seconds)
    return mark_safe(html)  # noqa: S308  rendered by our own autoescaped template
