"""The map of the city for the pages: its tiles by parts, and all that a map on a page must be told."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from komek.registers.places import queries as places
from komek.ui import ranges

MEDIA_TYPE = "application/vnd.pmtiles"
# Its name is of its content: another map has another address.
FOR_EVER = "public, max-age=31536000, immutable"
LIBRARY = {"library": "vendor/map.js", "worker": "vendor/map-worker.js", "style": "vendor/map.css"}
PARTS = {"style": "ui/map-style.js", "marks": "ui/map-marks.js"}


@require_safe
def tiles(request: HttpRequest, name: str) -> HttpResponseBase:
    """The tiles of one map: a page asks for the few parts that it shows."""
    file = places.maps() / f"basemap-{name}.pmtiles"
    if not file.is_file():
        raise Http404
    tag = f'"{name}"'
    if request.headers.get("If-None-Match") == tag:
        response: HttpResponseBase = HttpResponse(status=304)
    else:
        asked = request.headers.get("Range", "")
        response = ranges.part(
            asked, size=file.stat().st_size, content=lambda: file.open("rb"), media_type=MEDIA_TYPE
        ) or FileResponse(file.open("rb"), content_type=MEDIA_TYPE)
    response["ETag"] = tag
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = FOR_EVER
    return response


def told() -> dict[str, Any]:
    """What the script of the map reads: where its library is, which map there is, whose it is, its words."""
    drawn = places.basemap()
    city = settings.CITY
    return {
        **{name: address(file) for name, file in LIBRARY.items()},
        "parts": {name: static(file) for name, file in PARTS.items()},
        "tiles": reverse("tiles", args=[drawn.file.removeprefix("basemap-").removesuffix(".pmtiles")]) if drawn else "",
        "zooms": drawn.zooms if drawn else None,
        "credits": list(drawn.credits if drawn else city.get("credits", ())),
        "center": city.get("center") or (_middle(drawn.bounds) if drawn else None),
        "bounds": (drawn.bounds if drawn else None) or city.get("bounds"),
        "language": get_language() or "kk",
        "words": words(),
    }


def words() -> dict[str, str]:
    """What the map itself says."""
    return {
        "map": _("Map"),
        "pin": _("Place on the map"),
        "pin_help": _("Arrow keys move it, with Shift in longer steps."),
        "put": _("Put the pin in the middle"),
        "closer": _("Zoom in"),
        "farther": _("Zoom out"),
        "ctrl": _("Hold %(key)s and scroll to zoom the map.") % {"key": "Ctrl"},
        "command": _("Hold %(key)s and scroll to zoom the map.") % {"key": "⌘"},
        "fingers": _("Move the map with two fingers."),
    }


@lru_cache(maxsize=50)
def address(file: str) -> str:
    """Where a third-party file is served, or nothing where it was not brought."""
    if finders.find(file) is None:
        return ""
    try:
        return static(file)
    except ValueError:
        # Brought after the static files were gathered: the next start gathers it.
        return ""


def _middle(bounds: tuple[float, float, float, float]) -> tuple[float, float]:
    return (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
