"""What is happening now: the first page, the wall, and the lists behind its numbers."""

from collections import defaultdict
from datetime import datetime, time
from functools import cached_property, partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import get_default_timezone, localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from komek.desks.supervisor.drawing import picture
from komek.desks.supervisor.tiles import in_unit, tiles, title
from komek.platform.clock import now
from komek.refusal import Refusal
from komek.registers.staff import queries as staff
from komek.registers.staff.rules import LANGUAGES, Right
from komek.rooms.analytics import queries as analytics
from komek.rooms.analytics.rules import Dimension
from komek.rooms.calls import queries as calls
from komek.rooms.calls.rules import together
from komek.rooms.intake import actions as intake_actions
from komek.rooms.intake import queries as intake
from komek.rooms.intake.rules import SeatState
from komek.rooms.quality import queries as quality
from komek.rooms.quality.rules import Figure
from komek.rooms.routing import queries as routing
from komek.ui.refusals import said
from komek.ui.regions import Region, page
from komek.ui.rights import me, needs

# Everybody who may see the wallboard is shown the same.
FLOOR = "wallboard"
TILES = "supervisor/tiles.html"
STATES = (SeatState.READY, SeatState.OFFERED, SeatState.TALKING, SeatState.WRAP_UP, SeatState.BREAK)
LIST = 100
MOST_LATE = 5
SPANS = 4


@needs(Right.SEE_WALLBOARD)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The floor now: its figures, the curve of the day, each language, and where people are."""
    seen = _Seen()
    figures = Region("figures", "supervisor/figures.html", ("~figures",), lambda: {"today": seen.today}, FLOOR)
    return page(request, "supervisor/home.html", [*_wall(seen), _phone("phone.html"), figures])


@needs(Right.SEE_WALLBOARD)
@require_GET
def wall(request: HttpRequest) -> HttpResponse:
    """The same for the large screen of the hall: a few numbers that are read from six metres."""
    return page(request, "supervisor/wall.html", [*_wall(_Seen()), _phone("phone_line.html")])


@needs(Right.SEE_WALLBOARD)
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """Who waits, the longest first in each language; nobody is named."""
    language = _one_of(request.GET.get("language"), LANGUAGES)
    region = Region(
        "waiting",
        "supervisor/waiting.html",
        ("floor",),
        lambda: {"waiting": intake.waiting(language or None, limit=LIST), "limit": LIST},
        FLOOR,
    )
    return page(request, "supervisor/waiting_page.html", [region], language=language, languages=LANGUAGES)


@needs(Right.SEE_WALLBOARD)
@require_GET
def answered(request: HttpRequest) -> HttpResponse:
    """Who has answered how many today."""
    since = datetime.combine(localdate(), time(), tzinfo=get_default_timezone())
    return render(request, "supervisor/answered.html", {"people": intake.answered_by(since)})


@needs(Right.SEE_WALLBOARD)
@require_GET
def overdue(request: HttpRequest) -> HttpResponse:
    """What is late, by service; the cards themselves for whoever may read cards."""
    service, after = request.GET.get("service", "")[:40], request.GET.get("after") or None
    may_read = me(request).may(Right.READ_CARDS)
    cards = routing.board(service=service, overdue_at=now(), after=after) if may_read else None
    chosen = staff.services([service]).get(service)
    context = {"services": _late(), "service": service, "chosen": chosen, "cards": cards, "after": after}
    return render(request, "supervisor/overdue.html", context)


@needs(Right.SEE_WALLBOARD)
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Who is in which state and for how long, and what they do now; by state and language."""
    state = _one_of(request.GET.get("state"), STATES)
    language = _one_of(request.GET.get("language"), LANGUAGES)
    may_send = me(request).may(Right.MANAGE_QUEUES)
    load = partial(_people, state, language, may_send=may_send)
    audience = "supervisors" if may_send else FLOOR
    return page(
        request,
        "supervisor/people_page.html",
        [Region("people", "supervisor/people.html", ("floor",), load, audience)],
        state=state,
        language=language,
    )


@needs(Right.MANAGE_QUEUES)
@require_POST
def send_away(request: HttpRequest, agent_id: int) -> HttpResponse:
    """Free the seat of somebody who went home without saying so."""
    try:
        agent = staff.agent(agent_id)
        intake_actions.send_away(agent, by=me(request), at=now())
    except Refusal as refusal:
        messages.error(request, said(refusal))
    else:
        messages.success(request, _("%(name)s is away now.") % {"name": agent.name})
    back = request.POST.get("next", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "supervisor:people")


def _phone(template: str) -> Region:
    """The calls of the switch, as its journal counts them; nothing where nobody has rung today."""
    return Region("phone", f"supervisor/{template}", ("~figures", "floor"), _calls, FLOOR)


def _calls() -> dict[str, Any]:
    since = datetime.combine(localdate(), time(), tzinfo=get_default_timezone())
    spans = calls.tallies(since)
    return {"today": together(spans, begins_at=since), "spans": spans[: -SPANS - 1 : -1]}


class _Seen:
    """What one look at the floor reads, each thing once, though several regions show it."""

    @cached_property
    def floor(self) -> quality.Floor:
        return quality.floor(now())

    @cached_property
    def today(self) -> analytics.Live:
        return analytics.live(now())


def _wall(seen: _Seen) -> list[Region]:
    return [
        # That a breach gets worse is no fact: it is seen with the other figures.
        Region("breaches", "supervisor/breaches.html", ("breaches", "~figures"), _breaches, FLOOR),
        Region("now", TILES, ("floor", "thresholds"), lambda: {"tiles": tiles(seen.floor.standings)}, FLOOR),
        Region("today", TILES, ("~figures", "thresholds"), lambda: {"tiles": tiles(quality.today(seen.today))}, FLOOR),
        Region(
            "curve", "supervisor/curve.html", ("~figures",), lambda: {"curve": picture(analytics.curve(now()))}, FLOOR
        ),
        Region("late", "supervisor/late.html", ("~figures",), lambda: {"late": _late()[:MOST_LATE]}, FLOOR),
        Region("hands", "supervisor/hands.html", ("floor",), lambda: {"floor": seen.floor}, FLOOR),
    ]


def _breaches() -> dict[str, Any]:
    return {
        "breaches": [
            (title(one.figure), one.began_at, in_unit(Figure(one.figure), one.worst)) for one in quality.breaches()
        ]
    }


def _late() -> list[tuple[Any, str, int]]:
    """Service, code and number of what is overdue there, the most first."""
    late = analytics.overdue_by(Dimension.SERVICE, at=now())
    known = staff.services(late)
    return sorted(
        ((known.get(code), code, count) for code, count in late.items() if code), key=lambda row: (-row[2], row[1])
    )


def _people(state: str, language: str, *, may_send: bool) -> dict[str, Any]:
    seats = intake.seats()
    doing = defaultdict(list)
    for contact in intake.all_at_hand():
        doing[contact.accepted_by_id].append(contact)
    spoken = [seat for seat in seats if not language or language in seat.agent.languages]
    counts = {one.value: sum(seat.state == one for seat in spoken) for one in STATES}
    shown = [(seat, doing.get(seat.agent_id, ())) for seat in spoken if not state or seat.state == state]
    return {
        "people": sorted(shown, key=lambda row: (STATES.index(SeatState(row[0].state)), row[0].since)),
        "states": [(one.value, counts[one.value]) for one in STATES],
        "languages": [(code, sum(code in seat.agent.languages for seat in seats)) for code in LANGUAGES],
        "state": state,
        "language": language,
        "all": len(spoken),
        "may_send": may_send,
    }


def _one_of(asked: str | None, known: Any) -> str:
    return next((str(one) for one in known if str(one) == asked), "")
