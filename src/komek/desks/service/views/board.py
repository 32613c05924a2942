"""The dispatcher's board: the open orders by state, the map beside them, and what is done with several at once."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from komek.desks.service.forms import FilterForm
from komek.desks.service.views.orders import own_service
from komek.platform.clock import now
from komek.platform.languages import pick
from komek.refusal import Refusal
from komek.registers.places import queries as places
from komek.registers.staff import queries as staff
from komek.rooms.workorders import actions as workorders
from komek.rooms.workorders import queries
from komek.rooms.workorders.rules import Status
from komek.ui.refusals import said
from komek.ui.regions import Region, began, page
from komek.ui.rights import me

# The order of the lists on the board: what came back first, then in the order of the work.
STATES = (queries.RETURNED, Status.SENT, Status.ACCEPTED, Status.ON_THE_WAY, Status.ON_SITE)
# The lists are shown a page at a time; nobody decides about more at once.
MOST_AT_ONCE = 50
TOLD_REFUSALS = 3
LONGEST_FILTER = 500

VERBS: dict[str, Callable[..., Any]] = {
    "accept": workorders.accept,
    "set-out": workorders.set_out,
    "arrive": workorders.arrive,
}


@own_service
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The open orders of the person's own service, by state, the nearest promise first."""
    since, service = began(request), staff.service_of(me(request))
    code = service.code if service else ""
    form = FilterForm(request.GET)
    chosen = form.chosen()
    after = request.GET.get("after") or None
    # The orders of the bodies under a service stand on its board too.
    topics = (*(f"service:{one}" for one in sorted(staff.seen_by(code))), "clocks")
    colleagues = f"service:{code}"
    regions = [
        Region(
            "counts",
            "service/counts.html",
            topics,
            lambda: {"counts": queries.counts(code, at=now()), "chosen": chosen, "rest": form.rest()},
            colleagues,
        ),
        Region("filters", "service/filters.html", topics, lambda: _filters(code, chosen), audience=colleagues),
        Region("orders", "service/orders.html", topics, lambda: _lists(code, chosen, after, form), audience=colleagues),
    ]
    return page(
        request,
        "service/home.html",
        regions,
        since=since,
        service=service or staff.service(code),
    )


@own_service
@require_POST
def bulk(request: HttpRequest, verb: str) -> HttpResponse:
    """One verb for all the orders that are ticked; what cannot be done is told and holds up nothing else."""
    do = VERBS.get(verb)
    if do is None and verb != "link":
        raise Http404
    ids = [int(one) for one in request.POST.getlist("order") if one.isascii() and one.isdigit()][:MOST_AT_ONCE]
    name = request.POST.get("foreman", "")
    refused: list[Refusal] = []
    for order_id in dict.fromkeys(ids):
        try:
            found = queries.order_for(me(request), order_id)
            if do is None:
                workorders.link(found.pk, foreman=name, by=me(request), at=now())
            else:
                do(found.pk, by=me(request), at=now())
        except Refusal as refusal:
            refused.append(refusal)
    if done := len(set(ids)) - len(refused):
        messages.success(request, ngettext("%(n)s order changed.", "%(n)s orders changed.", done) % {"n": done})
    for sentence in dict.fromkeys(said(refusal) for refusal in refused[:TOLD_REFUSALS]):
        messages.error(request, sentence)
    if not ids:
        messages.error(request, _("Tick the orders first."))
    back = request.POST.get("back", "")
    return redirect(f"{reverse('service:home')}?{FilterForm(QueryDict(back[:LONGEST_FILTER])).query()}")


def _lists(code: str, chosen: dict[str, Any], after: str | None, form: FilterForm) -> dict[str, Any]:
    found = queries.orders_of(code, **chosen, after=after)
    lists = [(state, [row for row in found.rows if row.state == state]) for state in STATES]
    return {
        "page": found,
        "after": after,
        "lists": [(state, rows) for state, rows in lists if rows],
        "chosen": chosen,
        "same": form.query(),
    }


def _filters(code: str, chosen: dict[str, str]) -> dict[str, Any]:
    """What the orders of this service can be told apart by, in words."""
    facets = queries.facets(code)
    names = {one["code"]: pick(one, "name") for one in places.district_names()}
    words = ("code", "name_kk", "name_ru", "name_en")
    topics = [dict(zip(words, topic, strict=True)) for topic in facets.topics]
    return {
        "districts": [(district, names.get(district) or district) for district in facets.districts],
        "topics": [(topic["code"], pick(topic, "name") or topic["code"]) for topic in topics],
        "foremen": facets.foremen,
        "chosen": chosen,
    }
