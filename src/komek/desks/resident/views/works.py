"""The works in the city, for everybody: what, where, whose and by when, around a point. See docs/decisions/0015."""

import json
import math
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from komek.desks.resident.views.shared import language, of_this_minute, part, slowly
from komek.platform.clock import now
from komek.platform.languages import LANGUAGES, pick
from komek.registers.places import queries as places
from komek.registers.places.rules import ImpossiblePoint, ensure_point
from komek.rooms.analytics import queries as analytics
from komek.rooms.analytics.rules import Measure
from komek.rooms.routing import queries as routing
from komek.rooms.routing.queries import Work

# The city in squares of about a kilometre: everybody who looks at one is shown the same.
SQUARES_A_DEGREE = (100, 65)
METRES = 1_500.0
A_MINUTE = "public, max-age=60"
NOWHERE = (51.1282, 71.4304)


@dataclass(frozen=True)
class Shown:
    """A work on the list and on the map: its place there, and what it is to the eye."""

    id: int
    work: Work
    kind: str

    @property
    def mark(self) -> dict[str, Any]:
        """As the map takes it."""
        words = " · ".join(part for part in (self.work.topic, self.work.place) if part)
        return {
            "id": self.id,
            "lat": self.work.lat,
            "lon": self.work.lon,
            "kind": self.kind,
            "label": words,
            "url": f"#work-{self.id}",
        }


@require_GET
def works(request: HttpRequest) -> HttpResponse:
    """Works around an address, a district, a point; without any, in the middle of the district with most to do."""
    asked = request.GET.get("q", "")[:200].replace("\0", "").strip()
    here, unknown = _point(request.GET.get("at", "")), False
    if here is None and asked:
        slowly(request, "places", per_minute=120, burst=60)
        here = _likely(asked)
        unknown = here is None
    middles = places.busy_middles() if (district := request.GET.get("district", "")[:40]) else {}
    here = here or middles.get(district) or _busiest()
    square = _square(*here)
    shown = {
        "asked": asked,
        "unknown": unknown,
        "district": district,
        "center": f"{here[0]:.5f},{here[1]:.5f}",
        "districts": part("resident/districts.html", _districts),
        "found": _near(square),
        "map_label": _("Works nearby"),
        "is_told": bool(routing.public_topics()),
    }
    return render(request, "resident/works.html", shown)


@require_GET
def works_near(request: HttpRequest) -> HttpResponse:
    """The same list alone, for a map that was moved; its address says everything, so whoever is on the way may keep it."""
    here = _point(request.GET.get("at", ""))
    wanted = request.GET.get("language", "")
    if here is None or wanted not in LANGUAGES:
        return HttpResponse(_("What was sent cannot be read."), status=400)
    with translation.override(wanted):
        response = HttpResponse(_near(_square(*here)))
    response["Cache-Control"] = A_MINUTE
    return response


def _busiest() -> tuple[float, float]:
    """Where most stands open; the middle of the city when nothing does."""

    def told() -> str:
        middles = places.busy_middles()
        counted = analytics.counts(localdate(), localdate(), by="district")
        known = [code for code in counted if code in middles]
        busiest = max(known, key=lambda code: counted[code][Measure.OPEN], default="")
        lat, lon = middles.get(busiest) or settings.CITY.get("center") or NOWHERE
        return f"{lat},{lon}"

    return _point(of_this_minute("busiest", told)) or NOWHERE


def _likely(asked: str) -> tuple[float, float] | None:
    """The point that an address probably means."""
    points = ((one.lat, one.lon) for one in places.suggest(asked, limit=6))
    return next(((lat, lon) for lat, lon in points if lat is not None and lon is not None), None)


def _near(square: tuple[int, int]) -> str:
    return of_this_minute("works", lambda: _list(square), square)


def _list(square: tuple[int, int]) -> str:
    """The works of a square and around it, the open ones first, with the marks of the map."""
    rows, columns = SQUARES_A_DEGREE
    at = now()
    found = routing.works_around(
        (square[0] + 0.5) / rows, (square[1] + 0.5) / columns, metres=METRES, at=at, language=language()
    )
    ordered = sorted(found, key=lambda work: work.closed_at is not None)
    shown = [Shown(number, work, _kind(work, at)) for number, work in enumerate(ordered, 1)]
    marks = json.dumps([one.mark for one in shown], ensure_ascii=False).replace("<", "\\u003c")
    return render_to_string("resident/works_list.html", {"works": shown, "marks": marks})


def _kind(work: Work, at: Any) -> str:
    if work.closed_at:
        return "done"
    return "overdue" if work.is_overdue(at) else "open"


def _districts() -> dict[str, Any]:
    """The districts with what stands open in each."""
    counted = analytics.counts(localdate(), localdate(), by="district")
    return {
        "districts": [
            {
                "code": one["code"],
                "name": pick(one, "name"),
                "open": counted[str(one["code"])][Measure.OPEN] if one["code"] in counted else 0,
            }
            for one in places.district_names()
        ]
    }


def _square(lat: float, lon: float) -> tuple[int, int]:
    """The square of a point; of one outside the city, the nearest of the city."""
    rows, columns = SQUARES_A_DEGREE
    if bounds := settings.CITY.get("bounds"):
        south, west, north, east = bounds
        lat, lon = min(max(lat, south), north), min(max(lon, west), east)
    return math.floor(lat * rows), math.floor(lon * columns)


def _point(told: str) -> tuple[float, float] | None:
    try:
        lat, lon = (float(part) for part in told[:60].split(","))
        ensure_point(lat, lon)
    except (ValueError, ImpossiblePoint):
        return None
    return lat, lon
