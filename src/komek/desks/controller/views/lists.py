"""The board by the clock, with its map; what waits for a decision; and a card by its number."""

import json
import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from komek.desks.controller.forms import BulkForm
from komek.desks.controller.views.screen import SECOND_LINE, counts, second_line
from komek.platform.clock import now
from komek.platform.languages import pick
from komek.refusal import Refusal
from komek.registers.catalog import queries as catalog
from komek.registers.places import queries as places
from komek.registers.staff import queries as staff
from komek.rooms.cards import queries as card_queries
from komek.rooms.control import queries
from komek.rooms.routing import queries as routing
from komek.rooms.routing.queries import SOON, BoardRow
from komek.ui.refusals import said
from komek.ui.regions import Region, page
from komek.ui.rights import me

NARROWED_BY = ("service", "district", "group", "kind", "priority")
CLOCKS = {"overdue": "overdue_at", "soon": "soon_at"}
LOOKS = ("both", "list", "map")
KEPT_SECONDS = 365 * 24 * 3600


@second_line
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Everything open, the nearest promise first, beside the map of it; as this person has kept it."""
    kept = request.COOKIES.get(_cookie(request), "")
    # A part of a page that is open keeps to its own address.
    if kept and not request.GET and "X-Region" not in request.headers and (look := _readable(kept)):
        return HttpResponseRedirect(f"{reverse('controller:home')}?{look}")
    after = request.GET.get("after") or None
    filters = {name: request.GET.get(name, "")[:40] for name in NARROWED_BY}
    clock = request.GET.get("clock", "")
    clock = clock if clock in CLOCKS else ""
    look = request.GET.get("look", "")
    return page(
        request,
        "controller/home.html",
        [
            counts(clock or "board"),
            Region(
                "board",
                "controller/board.html",
                ("board", "control"),
                lambda: _board(filters, clock, after) | {"query": _query(request)},
                audience=SECOND_LINE,
            ),
        ],
        around=lambda: {
            "filters": {**filters, "clock": clock},
            "narrowed": any(filters.values()),
            "services": staff.services().values(),
            "districts": places.district_names(),
            "groups": [{"code": one.group_code, **_group_names(one)} for one, _members in catalog.grouped()],
            "look": look if look in LOOKS else LOOKS[0],
            "query": _query(request),
            "kept": _readable(kept) == _readable(request.GET.urlencode()) and bool(kept),
            "bulk": BulkForm(initial={"key": secrets.token_hex(8)}),
        },
    )


@second_line
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Keep what the board shows for the next time this person opens it here; nothing is kept for an empty one."""
    wanted = _readable(request.POST.get("query", "")[:400])
    answer = HttpResponseRedirect(f"{reverse('controller:home')}?{wanted or 'look=both'}")
    if wanted:
        options: dict[str, Any] = {"httponly": True, "samesite": "Lax", "secure": request.is_secure()}
        answer.set_cookie(_cookie(request), wanted, max_age=KEPT_SECONDS, **options)
        messages.success(request, _("The board will open like this."))
    else:
        answer.delete_cookie(_cookie(request), samesite="Lax")
        messages.success(request, _("The board will open with everything again."))
    return answer


@second_line
@require_GET
def escalations(request: HttpRequest) -> HttpResponse:
    """Cards that need a decision of the second line, and why."""
    after = request.GET.get("after") or None
    region = Region(
        "list",
        "controller/escalations.html",
        ("control", "board"),
        lambda: {"page": queries.open_escalations(after=after), "after": after},
        audience=SECOND_LINE,
    )
    return page(
        request,
        "controller/escalations_page.html",
        [counts("escalations"), region],
        bulk=BulkForm(initial={"key": secrets.token_hex(8), "verb": "resolve"}),
        around=lambda: {"services": staff.services().values()},
    )


@second_line
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """A card by its number."""
    try:
        return redirect("controller:card", number=card_queries.by_number(request.GET.get("q", "")[:60]).number)
    except Refusal as refusal:
        messages.error(request, said(refusal))
        return redirect("controller:home")


def _board(filters: dict[str, str], clock: str, after: str | None) -> dict[str, Any]:
    at = now()
    narrowed: dict[str, Any] = {**filters, CLOCKS[clock]: at} if clock else {**filters}
    found = routing.board(**narrowed, after=after)
    names = {code: one.name() for code, one in staff.services().items()}
    return {
        "page": found,
        "parts": list(_by_clock(found.rows, at)),
        "marks": json.dumps([_mark(row, at) for row in found.rows if row.lat is not None], ensure_ascii=False),
        "after": after,
        "names": names,
    }


def _by_clock(rows: list[BoardRow], at: datetime) -> Iterator[tuple[str, list[BoardRow]]]:
    """The rows as they come, in parts: late, within the hour, later, without a promise. A pause stays where it is."""
    part = next((_part_of(row, at) for row in rows if row.paused_at is None), "later")
    members = list[BoardRow]()
    for row in rows:
        now_is = _part_of(row, at) if row.paused_at is None else part
        if now_is != part and members:
            yield part, members
            members = []
        part = now_is
        members.append(row)
    if members:
        yield part, members


def _part_of(row: BoardRow, at: datetime) -> str:
    if row.due_at is None:
        return "open"
    if row.due_at < at:
        return "overdue"
    return "soon" if row.due_at < at + SOON else "later"


def _mark(row: BoardRow, at: datetime) -> dict[str, Any]:
    late = row.due_at is not None and row.due_at < at and row.paused_at is None
    return {
        "id": row.card.number,
        "lat": row.lat,
        "lon": row.lon,
        "kind": "overdue" if late else "open",
        "label": " · ".join(filter(None, (row.card.number, pick(row.card, "topic")))),
    }


def _group_names(topic: Any) -> dict[str, str]:
    return {f"name_{language}": getattr(topic, f"group_{language}") for language in ("kk", "ru", "en")}


def _query(request: HttpRequest) -> str:
    kept = request.GET.copy()
    kept.pop("after", None)
    return kept.urlencode()


def _readable(query: str) -> str:
    """What of an address narrows the board or says how it looks; the rest is nobody's wish."""
    told = {name: value[:40] for name, value in parse_qsl(query) if name in {*NARROWED_BY, "clock", "look"} and value}
    if told.get("look") == LOOKS[0]:
        del told["look"]
    return urlencode(sorted(told.items()))


def _cookie(request: HttpRequest) -> str:
    return f"board-{me(request).pk}"
