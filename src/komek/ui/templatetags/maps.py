"""`{% komek_map … %}`: the city on a page, with a pin for a form or with marks to pick; see static/ui/map.js."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from komek.ui import maps

register = template.Library()

# What is read aloud instead of a map, and shown where there is none, is no longer than a list can be.
MOST_LISTED = 200
LOADED = "komek-map"


@register.simple_tag
def vendored(file: str) -> str:
    """The address of a third-party file, or nothing where it was not brought: `{% vendored "fonts.css" as fonts %}`."""
    return maps.address(f"vendor/{file}")


@register.simple_tag(takes_context=True)
def komek_map(
    context: template.Context,
    name: str,
    *,
    label: str = "",
    pin: bool = False,
    lat: object = "",
    lon: object = "",
    lat_name: str = "lat",
    lon_name: str = "lon",
    marks: Iterable[Mapping[str, Any]] | None = None,
    src: str = "",
    selected: object = "",
    center: object = "",
    zoom: object = "",
    css: str = "",
    cooperative: bool = False,
) -> SafeString:
    """A map called `name`.

    With `pin` it fills in two hidden fields, `lat_name` and `lon_name`. With `marks` it shows them, with `src` it asks an
    address for them: `{id, lat, lon, kind: open|overdue|done|incident, label, url}` each.
    """
    known = None if marks is None else list(marks)
    first = LOADED not in context.render_context
    context.render_context[LOADED] = True
    shown = {
        "name": name,
        "label": label,
        "pin": pin,
        "lat": _degrees(lat),
        "lon": _degrees(lon),
        "lat_name": lat_name,
        "lon_name": lon_name,
        "marks": known,
        "listed": (known or [])[:MOST_LISTED],
        "src": src,
        "selected": str(selected),
        "center": center,
        "zoom": str(zoom),
        "css": css,
        "cooperative": cooperative,
        "first": first,
        "told": json.dumps(maps.told(), ensure_ascii=False, separators=(",", ":")),
    }
    return render_to_string("ui/map.html", shown)


def _degrees(value: object) -> str:
    """As a script reads it, whatever the language writes for a decimal point."""
    return "" if value in {None, ""} else str(value).replace(",", ".")
