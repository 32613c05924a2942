"""Live regions: a page is made of regions, and each region can be asked for alone.

A region says which live topics it shows. When one of them changes, the browser asks the same address again with the
header `X-Region`, and the server renders just that region: the first load and every update are the same code.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from komek.platform import live


@dataclass(frozen=True)
class Region:
    """One part of a page: a template, what it shows, and the topics that change it."""

    name: str
    template: str
    topics: tuple[str, ...]
    load: Callable[[], dict[str, Any]]

    def html(self, request: HttpRequest, around: dict[str, Any]) -> str:
        return render_to_string(self.template, {**around, **self.load(), "region": self}, request)


def began(request: HttpRequest) -> int | None:
    """Where the log stands before a whole page is read; a single region needs no such mark."""
    return None if "X-Region" in request.headers else live.last_fact_id()


def page(
    request: HttpRequest,
    template: str,
    regions: Iterable[Region],
    *,
    status: int = 200,
    address: str = "",
    since: int | None = None,
    **context: Any,
) -> HttpResponse:
    """Render a page of regions, or the one region that `X-Region` asks for.

    A page that answers a form which was refused says with `address` where its regions are asked for again. A view that
    reads for several regions at once says with `since` where the log stood before it began.
    """
    parts = {region.name: region for region in regions}
    asked = request.headers.get("X-Region")
    if asked is not None:
        if asked not in parts:
            return HttpResponseBadRequest("no such region")
        response = HttpResponse(parts[asked].html(request, context))
    else:
        # Where the log stood before anything was read: what happens while we render is asked for again.
        since = live.last_fact_id() if since is None else since
        topics = [topic for region in parts.values() for topic in region.topics]
        live_pass = live.pass_for(topics) if topics else ""
        shown = {**context, "regions": parts, "live_since": since, "live_pass": live_pass}
        if address:
            shown["here"] = address
        response = render(request, template, shown, status=status)
    patch_vary_headers(response, ["X-Region"])
    response["Cache-Control"] = "private, no-store"
    return response
