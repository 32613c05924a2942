"""The figures of any days, each with its formula and its aim, and the same as a file."""

import csv
import io
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import get_default_timezone, localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from komek.desks.supervisor.forms import PeriodForm
from komek.platform.clock import now
from komek.registers.staff.rules import Right
from komek.rooms.analytics import queries as analytics
from komek.rooms.quality import queries as quality
from komek.ui.rights import needs

COLUMNS = ("since", "until", "of", "figure", "title", "value", "unit", "numerator", "denominator", "aim", "formula")


@needs(Right.SEE_NUMBERS)
@require_GET
def numbers(request: HttpRequest) -> HttpResponse:
    """The figures of any days, and what the reviews of those days come to."""
    form = PeriodForm(request.GET)
    valid = form.is_valid()
    since, until, by = _asked(form if valid else None)
    by_value: dict[str, list[Any]] = {}
    for kpi in analytics.kpis(since, until, by=by, at=now()):
        by_value.setdefault(kpi.of, []).append(kpi)
    shown = {
        "form": form,
        "since": since,
        "until": until,
        "by": by,
        "found": by_value.items(),
        "periods": _periods(),
        "averages": quality.averages(_midnight(since), _midnight(until + timedelta(days=1))),
        "query": request.GET.urlencode(),
    }
    return render(request, "supervisor/numbers.html", shown, status=200 if valid else 422)


@needs(Right.SEE_NUMBERS)
@require_GET
def numbers_file(request: HttpRequest) -> HttpResponse:
    """The same figures for a spreadsheet: plain numbers, shares as parts of one, each with its formula."""
    form = PeriodForm(request.GET)
    if not form.is_valid():
        return HttpResponse(form.errors.as_text(), content_type="text/plain; charset=utf-8", status=422)
    since, until, by = _asked(form)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for kpi in analytics.kpis(since, until, by=by, at=now()):
        parts = (kpi.value, kpi.unit.value, kpi.numerator, kpi.denominator, kpi.aim.wanted)
        writer.writerow([since, until, kpi.of, kpi.name, _(kpi.title), *parts, _(kpi.formula)])
    # The mark at the beginning tells spreadsheets of our part of the world that these are our letters.
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="numbers-{since}-{until}.csv"'
    return response


def _asked(form: PeriodForm | None) -> tuple[date, date, str | None]:
    told = form.cleaned_data if form else {}
    until = told.get("until") or localdate()
    return told.get("since") or until, until, told.get("by") or None


def _periods() -> list[tuple[str, date, date]]:
    """The days people ask for most."""
    today = localdate()
    yesterday = today - timedelta(days=1)
    return [
        (_("Today"), today, today),
        (_("Yesterday"), yesterday, yesterday),
        (_("7 days"), today - timedelta(days=6), today),
        (_("30 days"), today - timedelta(days=29), today),
        (_("This month"), today.replace(day=1), today),
    ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=get_default_timezone())
