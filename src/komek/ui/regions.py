"""Live regions: a page is made of regions, and each region can be asked for alone.

A region says which live topics it shows. When one of them changes, the browser asks the same address again with the
header `X-Region`, and the server renders just that region: the first load and every update are the same code.

A whole page takes the regions that many are shown alike from whoever opened it a moment ago, if the log says that nothing
has happened to them since; it then asks for what has happened since THEY were read.

With `X-Heard` the browser says how many milliseconds ago it heard of the change. Of a region that many are shown alike
it then gets a rendering that began since, made for whomever; `X-Age` says how many milliseconds ago that was.
"""

import math
import re
import time
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

from komek.platform import live, presence
from komek.ui.renderings import Renderings

# Nobody waits longer for a change to be shown; who says so is mistaken.
LONGEST_HEARD_MS = 10_000
# How long a region is good for other pages while nothing happens to it: what is due is told by the minute.
GOOD_SECONDS = 5.0

renderings = Renderings()
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(frozen=True)
class Region:
    """One part of a page: a template, what it shows, and the topics that change it.

    `audience` names those who are shown the same to the letter when they ask the same address in the same language. Such
    a region is rendered without a request: nothing of a person, and no token of a form, can come into it.
    """

    name: str
    template: str
    topics: tuple[str, ...]
    load: Callable[[], dict[str, Any]]
    audience: str = ""

    def html(self, request: HttpRequest, around: dict[str, Any]) -> str:
        if self.audience:
            return self._alike()
        return render_to_string(self.template, {**around, **self.load(), "region": self}, request)

    def for_page(self, request: HttpRequest, log: live.Since) -> tuple[str, int]:
        """What many are shown alike, and where the log stood before it was read."""
        key = self._key(request)
        kept = renderings.marked(key, within=GOOD_SECONDS)
        if kept is not None and log.is_quiet(self.topics, kept[1]):
            return kept
        html, _ = renderings.begun_since(renderings.clock(), key, self._alike, mark=log.last)
        return html, log.last

    def alone(self, request: HttpRequest, around: dict[str, Any]) -> HttpResponse:
        """The region by itself, as a screen asks for it again."""
        arrived = time.monotonic()
        heard = _heard(request)
        if heard is None or not self.audience:
            return HttpResponse(self.html(request, around))
        html, began = renderings.begun_since(arrived - heard / 1000, self._key(request), self._alike)
        response = HttpResponse(html)
        # Rounded up: never younger than it is.
        response["X-Age"] = str(max(0, math.ceil((arrived - began) * 1000)))
        return response

    def _alike(self) -> str:
        return render_to_string(self.template, {**self.load(), "region": self})

    def _key(self, request: HttpRequest) -> Hashable:
        return (self.audience, self.name, request.get_full_path(), get_language())


def began(request: HttpRequest) -> live.Since | None:
    """Where the log stands before a whole page is read; a single region needs no such mark."""
    return None if "X-Region" in request.headers else _log()


def _log() -> live.Since:
    return live.log_since(renderings.oldest_mark(within=GOOD_SECONDS))


def page(
    request: HttpRequest,
    template: str,
    regions: Iterable[Region],
    *,
    status: int = 200,
    address: str = "",
    since: live.Since | None = None,
    here: presence.Here | None = None,
    around: Callable[[], dict[str, Any]] = dict,
    **context: Any,
) -> HttpResponse:
    """Render a page of regions, or the one region that `X-Region` asks for.

    A page that answers a form which was refused says with `address` where its regions are asked for again. A view that
    reads for several regions at once says with `since` where the log stood before it began. What only the whole page
    shows is read by `around`, so that a region asked for alone does not pay for it. `here` is what its reader looks at.
    """
    parts = {region.name: region for region in regions}
    asked = request.headers.get("X-Region")
    if asked is not None:
        # What a screen still shows may be no part of the page any more; then there is nothing to put in its place.
        response = parts[asked].alone(request, context) if asked in parts else HttpResponse(status=204)
    else:
        # Where the log stood before anything was read: what happens while we render is asked for again.
        log = since or _log()
        topics = [topic for region in parts.values() for topic in region.topics]
        live_pass = live.pass_for(topics) if topics else ""
        alike = {name: region.for_page(request, log) for name, region in parts.items() if region.audience}
        shown = {**context, **around(), "regions": parts, "live_pass": live_pass}
        shown["alike"] = {name: html for name, (html, _mark) in alike.items()}
        shown["live_since"] = min([log.last, *(mark for _html, mark in alike.values())])
        if here:
            shown["live_here"] = presence.note_for(here)
        if address:
            shown["here"] = address
        response = render(request, template, shown, status=status)
    patch_vary_headers(response, ["X-Region"])
    response["Cache-Control"] = "private, no-store"
    return response


def _heard(request: HttpRequest) -> int | None:
    """How many milliseconds ago the browser heard of the change; None when it does not say."""
    told = request.headers.get("X-Heard", "")
    return min(int(told), LONGEST_HEARD_MS) if _NUMBER.fullmatch(told) else None
