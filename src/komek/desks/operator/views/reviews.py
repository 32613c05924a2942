"""What was said of my work."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from komek.desks.operator.views.screen import operators_only
from komek.platform.clock import now
from komek.rooms.quality import actions, queries
from komek.rooms.quality.rules import CRITERIA
from komek.ui.fields import RowId
from komek.ui.rights import me


@operators_only
@require_GET
def reviews(request: HttpRequest) -> HttpResponse:
    """The reviews of my own contacts, the newest first; whoever opens the page has read them."""
    agent = me(request)
    found = queries.reviews_of(agent, before=RowId().clean(request.GET.get("before")))
    shown = [(one, [(name, one.answers[name]) for name in CRITERIA if name in one.answers]) for one in found]
    if any(one.seen_at is None for one in found):
        actions.see_reviews(agent, at=now())
    more = found[-1].pk if len(found) == queries.PAGE else None
    return render(request, "operator/reviews.html", {"found": shown, "more": more})
