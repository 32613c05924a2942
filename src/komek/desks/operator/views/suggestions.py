"""What the desk says while somebody types: places and topics under their fields; and what the words so far call for."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from komek.desks.operator.views.screen import operators_only
from komek.platform.clock import now
from komek.registers.catalog import queries as catalog
from komek.registers.places.rules import ImpossiblePoint, Place
from komek.rooms.cards import queries as card_queries
from komek.rooms.knowledge import queries as knowledge
from komek.rooms.knowledge.rules import Standing, filled
from komek.rooms.routing import queries as routing
from komek.ui import places
from komek.ui.places import PlaceFields
from komek.ui.rights import me

LONGEST_QUESTION = 500
GUESSES, ANSWERS = 3, 5


@operators_only
@require_GET
def suggest(request: HttpRequest, what: str) -> HttpResponse:
    """The list under a field: places or topics; or one part of the help alone, answers or what is nearby."""
    if what == "places":
        return places.suggest(request)
    asked = request.GET.get("q", "")[:200].strip()
    if what == "topics":
        found: Any = catalog.search(asked, _language()) if asked else []
        return render(request, "operator/topics.html", {"found": found})
    if what == "answers":
        found = knowledge.search(asked, _language(), now(), limit=ANSWERS) if asked else []
        return render(request, "operator/answers.html", {"found": found, "asked": asked})
    if what == "nearby":
        try:
            lat, lon = float(request.GET["lat"]), float(request.GET["lon"])
            near = card_queries.nearby(lat, lon, at=now())
        except (KeyError, ValueError, ImpossiblePoint):
            near = []
        return render(request, "operator/nearby.html", {"near": near, "has_place": True})
    raise Http404


@operators_only
@require_GET
def help_typing(request: HttpRequest) -> HttpResponse:
    """All that helps with what is typed so far: likely topics, where it goes, answers, and what is nearby."""
    text = request.GET.get("text", "")[:LONGEST_QUESTION].strip()
    topic = catalog.find(code) if (code := request.GET.get("topic_code", "")[:24]) else None
    place = _place(request)
    preview = routing.preview(topic=topic, place=place, at=now())
    return render(
        request,
        "operator/help.html",
        {
            "guesses": [] if topic or not text else catalog.search(text, _language(), limit=GUESSES),
            "preview": preview,
            "why": " · ".join(routing.said(reason.as_data()) for reason in preview.why),
            "found": knowledge.search(text, _language(), now(), limit=ANSWERS) if text else [],
            "asked": text,
            "near": _near(place),
            **_script(request, text),
            "has_place": place is not None and place.lat is not None,
        },
    )


def _script(request: HttpRequest, text: str) -> dict[str, Any]:
    """The emergency script that the words or the topic call, or the one that was chosen, in the caller's language."""
    book = knowledge.scripts()
    if book is None:
        return {}
    language = request.GET.get("language", "")[:2] or _language()
    called = knowledge.scripts_for(text, language, topic_code=request.GET.get("topic_code", "")[:24] or None)
    found = [match.script for match in called]
    if chosen := book.by_code.get(request.GET.get("script", "")[:40]):
        found = [chosen, *(one for one in found if one is not chosen)]
    told = [script.told(language) for script in found]
    first = told[0] if told else None
    known = {"operator": me(request).name, "service": book.services[first.primary].get(language)} if first else {}
    return {
        "told": first,
        "steps": [filled(step, known) for step in first.steps] if first else [],
        "others": [(one.code, one.title) for one in told[1:]],
        "all_scripts": [(one.code, one.told(_language()).title) for one in book.scripts],
        "numbers": [(number, _in_words(names)) for number, names in book.services.items()],
        "is_sample": book.standing == Standing.PLACEHOLDER,
    }


def _in_words(names: Mapping[str, str]) -> str:
    return names.get(_language(), "")


def _place(request: HttpRequest) -> Place | None:
    """The place as the form has it; one that cannot be read is no place, because nobody is asked while they type."""
    form = PlaceFields(request.GET)
    if not form.is_valid() or not form.cleaned_data["place_text"]:
        return None
    try:
        return form.place()
    except ImpossiblePoint:
        return None


def _near(place: Place | None) -> list[Any]:
    if place is None or place.lat is None or place.lon is None:
        return []
    return card_queries.nearby(place.lat, place.lon, at=now())


def _language() -> str:
    return get_language() or "kk"
