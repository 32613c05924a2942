"""Suggestions as somebody types: places, topics, answers, cards nearby."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from komek.desks.operator.views.screen import operators_only
from komek.platform.clock import now
from komek.registers.catalog import queries as catalog
from komek.registers.places import queries as places
from komek.registers.places.rules import ImpossiblePoint
from komek.rooms.cards import queries as card_queries
from komek.rooms.knowledge import queries as knowledge


@operators_only
@require_GET
def suggest(request: HttpRequest, what: str) -> HttpResponse:
    """Suggestions as somebody types: places, topics, answers, cards nearby."""
    asked = request.GET.get("q", "")[:200].strip()
    language = get_language() or "kk"
    if what == "places":
        return render(request, "operator/places.html", {"found": places.suggest(asked, limit=8) if asked else []})
    if what == "topics":
        return render(request, "operator/topics.html", {"found": catalog.search(asked, language) if asked else []})
    if what == "answers":
        return render(
            request,
            "operator/answers.html",
            {"found": knowledge.search(asked, language, now(), limit=5) if asked else [], "asked": asked},
        )
    if what == "nearby":
        try:
            lat, lon = float(request.GET["lat"]), float(request.GET["lon"])
            near = card_queries.nearby(lat, lon, at=now())
        except (KeyError, ValueError, ImpossiblePoint):
            return HttpResponse("")
        return render(request, "operator/nearby.html", {"found": near})
    raise Http404
