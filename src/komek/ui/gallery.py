"""The living page of the design language: every token, component and drawing, in every state."""

import re
from pathlib import Path
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from komek.platform.clock import now
from komek.ui.words import WORDS

SURFACES = ("bg", "surface", "sunken", "raised", "line", "edge", "text", "muted")
MEANINGS = ("accent", "accent-soft", "live", "live-soft", "warn", "warn-soft", "danger", "danger-soft")
SIZES = ("xs", "sm", "md", "lg", "xl", "2xl")
KAZAKH = "Әә Ғғ Ққ Ңң Өө Ұұ Үү Һһ Іі"


@login_required
@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Everything a page can be made of."""
    marks = [(kind, list(values)) for kind, values in WORDS.items() if any(tone for _, tone in values.values())]
    shown: dict[str, Any] = {
        "surfaces": SURFACES,
        "meanings": MEANINGS,
        "sizes": SIZES,
        "kazakh": KAZAKH,
        "icons": _icons(),
        "marks": marks,
        "now": now(),
    }
    return render(request, "ui/gallery.html", shown)


def _icons() -> list[str]:
    """The names of our drawings, as the file has them."""
    path = finders.find("ui/icons.svg")
    assert path, "our own static files are installed with us"
    return re.findall(r'<symbol id="([a-z-]+)"', Path(path).read_text(encoding="utf-8"))
