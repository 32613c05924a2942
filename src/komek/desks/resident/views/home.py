"""The first page: what happened, what is known, and the ways to us; and one answer of the knowledge base."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from komek.desks.resident import hints
from komek.desks.resident.forms import StatusForm
from komek.desks.resident.views.shared import language, part, slowly
from komek.platform.clock import now
from komek.rooms.analytics import queries as analytics
from komek.rooms.analytics.rules import Dimension, Measure
from komek.rooms.knowledge import actions as knowledge_actions
from komek.rooms.knowledge import queries as knowledge

LONGEST_SEARCH = 200
POPULAR = 6
LATELY = timedelta(days=14)


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What happened? Answers first, then every way to us; and what is happening in the city now."""
    asked = request.GET.get("q", "")[:LONGEST_SEARCH].replace("\0", "").strip()
    shown: dict[str, Any] = {
        "asked": asked,
        "form": StatusForm(),
        "city": settings.CITY,
        "news": part("resident/news.html", _news),
    }
    if asked:
        slowly(request, "search", per_minute=60, burst=30)
        shown |= hints.of(asked, language(), at=now())
        if not shown["found"]:
            knowledge_actions.note_missed(asked, language=language(), at=now())
    return render(request, "resident/home.html", shown)


@require_GET
def article(request: HttpRequest, code: str) -> HttpResponse:
    """One answer, for whoever asks and to be sent on."""
    return render(request, "resident/article.html", {"found": knowledge.article(code, language(), now())})


def _news() -> dict[str, Any]:
    today = localdate()
    topics = analytics.busiest(today - LATELY, today, by=Dimension.TOPIC, measure=Measure.CONTACTS, limit=12)
    return {
        "bulletins": knowledge.bulletins(now()),
        "popular": knowledge.popular(topics, language(), now(), limit=POPULAR),
    }
