"""The city's numbers, for everybody: each with its formula, by month and by service, also the bad ones."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET

from komek.desks.resident.views.shared import of_this_minute
from komek.platform.clock import now
from komek.registers.staff import queries as staff
from komek.rooms.analytics import queries as analytics
from komek.rooms.analytics.rules import DEFINITIONS, Kpi, Measure, Spread, kpi, last_months

MONTHS = 12
# Of those every service is shown; the others say nothing of a service.
OF_SERVICES = ("in_time", "confirmed", "reopened", "proof", "hours_to_close_median")
# Whose course over the months is drawn.
DRAWN = ("in_time", "confirmed", "reopened", "answered_in_networks")
GROUPS = (
    (gettext_noop("Do we keep our promises?"), ("in_time", "hours_to_close_median", "hours_to_close_p90", "proof")),
    (gettext_noop("Is it really done?"), ("confirmed", "reopened")),
    (gettext_noop("Do we answer?"), ("service_level", "abandoned", "answered_in_networks", "first_answer")),
    (gettext_noop("Do we help at once?"), ("resolved_declared", "resolved_proved", "handling_time")),
)
COUNTED = (
    (Measure.CARDS, gettext_noop("Requests registered")),
    (Measure.CLOSED, gettext_noop("Closed")),
    (Measure.REOPENED, gettext_noop("Opened again")),
    (Measure.REFUTED, gettext_noop("Residents said: not done")),
    (Measure.OPEN, gettext_noop("Open at the end of the period")),
    (Measure.OVERDUE, gettext_noop("Overdue at the end of the period")),
)
TEN_MINUTES = "public, max-age=600"
SECONDS = 600.0


@dataclass(frozen=True)
class Months:
    """Everything the page shows, worked out once in ten minutes."""

    first: date
    months: list[date]
    counted: dict[date, Counter[str]]
    kpis: list[Kpi]
    of_services: list[Kpi]


@require_GET
def numbers(request: HttpRequest) -> HttpResponse:
    """A month of the city with all its figures, the course of twelve months, and every service."""
    first = _month(request.GET.get("month", ""))
    shown = of_this_minute("numbers", lambda: _rendered(first), first, seconds=SECONDS)
    return render(request, "resident/numbers.html", {"shown": shown})


@require_GET
def numbers_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The same figures for a program or a spreadsheet, in English names that do not change."""
    first = _month(request.GET.get("month", ""))
    if kind == "csv":
        told, media_type = of_this_minute("csv", lambda: _csv(first), first, seconds=SECONDS), "text/csv"
    elif kind == "json":
        told, media_type = of_this_minute("json", lambda: _json(first), first, seconds=SECONDS), "application/json"
    else:
        raise Http404
    response = HttpResponse(told, content_type=f"{media_type}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="komek-{first:%Y-%m}.{kind}"'
    response["Cache-Control"] = TEN_MINUTES
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _month(told: str) -> date:
    """The month asked for, one of the last twelve, or this one."""
    firsts = last_months(localdate(), MONTHS)
    return next((first for first in firsts if f"{first:%Y-%m}" == told), firsts[-1])


def _read(first: date) -> Months:
    today, at = localdate(), now()
    following = (first + timedelta(days=32)).replace(day=1)
    until = min(following - timedelta(days=1), today)
    of_services = analytics.kpis(first, until, by="service", at=at)
    return Months(
        first=first,
        months=last_months(today, MONTHS),
        counted=analytics.months(today, number=MONTHS, at=at),
        kpis=analytics.kpis(first, until, at=at),
        of_services=[one for one in of_services if one.name in OF_SERVICES],
    )


def _rendered(first: date) -> str:
    read = _read(first)
    by_name = {one.name: one for one in read.kpis}
    counted = read.counted.get(first, Counter())
    shown = {
        "first": read.first,
        "months": read.months,
        "groups": [(_(title), [by_name[name] for name in names if name in by_name]) for title, names in GROUPS],
        "counted": [(_(title), measure.value, counted[measure]) for measure, title in COUNTED],
        "courses": [_course(name, read) for name in DRAWN],
        "services": _services(read.of_services),
        "columns": [one for one in DEFINITIONS if one.name in OF_SERVICES],
        "at": now(),
    }
    return render_to_string("resident/numbers_shown.html", shown)


def _course(name: str, read: Months) -> dict[str, Any]:
    """One figure over the months: a bar each, and its aim as a line."""
    definition = next(one for one in DEFINITIONS if one.name == name)
    points = [(month, kpi(definition, read.counted[month], Spread())) for month in read.months]
    aim = definition.aim.wanted
    return {
        "title": _(definition.title),
        "aim_y": None if aim is None else round(100 - aim * 100, 1),
        "bars": [
            {
                "month": month,
                "kpi": one,
                "x": place * 10 + 1,
                "y": round(100 - (one.value or 0) * 100, 1),
                "height": round((one.value or 0) * 100, 1),
                "is_chosen": month == read.first,
            }
            for place, (month, one) in enumerate(points)
        ],
    }


def _services(found: Iterable[Kpi]) -> list[dict[str, Any]]:
    """A line a service, those with most closings first."""
    rows: dict[str, dict[str, Kpi]] = {}
    for one in found:
        rows.setdefault(one.of, {})[one.name] = one
    known = staff.services(rows)
    lines = [
        {
            "name": known[code].name() if code in known else code,
            "kpis": [kpis[definition.name] for definition in DEFINITIONS if definition.name in kpis],
            "weight": kpis["in_time"].denominator if "in_time" in kpis else 0,
        }
        for code, kpis in rows.items()
    ]
    return sorted(
        (line for line in lines if line["weight"]), key=lambda line: (-int(line["weight"]), str(line["name"]))
    )


def _rows(first: date) -> list[dict[str, Any]]:
    read = _read(first)
    with translation.override("en"):
        figures = [
            {
                "month": f"{first:%Y-%m}",
                "service": one.of,
                "figure": one.name,
                "title": one.title,
                "value": one.value,
                "numerator": one.numerator,
                "denominator": one.denominator,
                "unit": str(one.unit),
                "aim": one.aim.wanted,
                "formula": one.formula,
            }
            for one in (*read.kpis, *read.of_services)
        ]
    counters = [
        {
            "month": f"{month:%Y-%m}",
            "service": "",
            "figure": measure.value,
            "title": title,
            "value": counted[measure],
            "numerator": None,
            "denominator": None,
            "unit": "count",
            "aim": None,
            "formula": "",
        }
        for month, counted in read.counted.items()
        for measure, title in COUNTED
    ]
    return figures + counters


def _csv(first: date) -> str:
    out = io.StringIO()
    rows = _rows(first)
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _json(first: date) -> str:
    return json.dumps({"month": f"{first:%Y-%m}", "figures": _rows(first)}, ensure_ascii=False)
