"""What the figures of the wall are held against, and when somebody had to act lately."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from komek.desks.supervisor.forms import ThresholdForm
from komek.desks.supervisor.tiles import in_unit, title
from komek.platform.clock import now
from komek.refusal import Refusal
from komek.registers.staff.rules import Right
from komek.rooms.quality import actions, queries
from komek.rooms.quality.rules import MORE_IS_WORSE, SHARES, TIMES, USUAL, Figure
from komek.ui.refusals import said
from komek.ui.rights import me, needs

LATELY = timedelta(days=1)


@needs(Right.MANAGE_QUEUES)
@require_http_methods(["GET", "POST"])
def thresholds(request: HttpRequest) -> HttpResponse:
    """All thresholds on one page; each figure is saved by itself, so that one wrong number holds nothing up."""
    wrong: ThresholdForm | None = None
    if request.method == "POST":
        form = ThresholdForm(request.POST)
        if form.is_valid():
            try:
                actions.set_threshold(**form.limit(), by=me(request), at=now())
            except Refusal as refusal:
                form.add_error(None, said(refusal))
            else:
                messages.success(request, _("The wall holds it against the new numbers now."))
                return redirect("supervisor:thresholds")
        wrong = form
    held = queries.thresholds()
    forms = [_form(figure, held[figure], wrong) for figure in USUAL]
    lately = [
        (title(one.figure), one, in_unit(Figure(one.figure), one.worst))
        for one in queries.breaches_since(now() - LATELY)
    ]
    shown = {"forms": forms, "lately": lately, "here": request.path}
    return render(request, "supervisor/thresholds.html", shown, status=422 if wrong else 200)


def _form(figure: Figure, limit: Any, wrong: ThresholdForm | None) -> dict[str, Any]:
    is_share = figure in SHARES
    form = wrong if wrong is not None and wrong.data.get("figure") == figure else None
    start = {
        "figure": figure.value,
        **{name: getattr(limit, name) * (100 if is_share else 1) for name in ("warn", "danger")},
    }
    return {
        "form": form or ThresholdForm(initial=start, auto_id=f"id_{figure.value}_%s"),
        "figure": figure.value,
        "title": title(figure),
        "unit": "%" if is_share else _("s") if figure in TIMES else "",
        "more_is_worse": figure in MORE_IS_WORSE,
        "usual": {name: in_unit(figure, getattr(USUAL[figure], name)) for name in ("warn", "danger")},
    }
