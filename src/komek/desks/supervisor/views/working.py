"""What the floor works by: the routing rules and the working calendar."""

import csv
import io

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from komek.desks.supervisor.forms import YEARS, DayForm, RulesForm
from komek.platform.clock import now
from komek.refusal import Refusal
from komek.registers.calendar import actions as calendar_actions
from komek.registers.calendar import queries as calendar_queries
from komek.registers.staff.rules import Right
from komek.rooms.routing import actions as routing
from komek.rooms.routing import queries as routing_queries
from komek.rooms.routing.rules import RulesBroken
from komek.ui.refusals import said
from komek.ui.rights import me, needs

COLUMNS = ("order", "topic", "district", "house_duty", "hours", "services", "priority", "norm", "note")


@needs(Right.MANAGE_ROUTING)
@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """The rules in force; a new table is tried on real cards before it can be published."""
    tried = None
    if request.method == "GET":
        form = RulesForm(initial={"table": _table()})
        return render(request, "supervisor/rules.html", {"form": form, "book": routing_queries.rule_book()})
    form = RulesForm(request.POST)
    status = 200
    if form.is_valid():
        rows = form.cleaned_data["table"]
        if "publish" in request.POST and (newer := _newer(form.cleaned_data["version"])):
            told = _("Version %(version)s was published meanwhile. Compare it with your table, then publish again.")
            form.add_error(None, told % {"version": newer})
            tried, status = routing_queries.dry_run(rows), 409
        elif "publish" in request.POST:
            try:
                published = routing.publish(rows, by=me(request), at=now(), note=form.cleaned_data["note"])
            except RulesBroken as broken:
                tried, status = routing_queries.DryRun(errors=list(broken.errors)), 422
            except Refusal as refusal:
                form.add_error(None, said(refusal))
                status = 422
            else:
                messages.success(request, _("Version %(version)s is in force.") % {"version": published.version})
                return redirect("supervisor:rules")
        else:
            tried = routing_queries.dry_run(rows)
            status = 422 if tried.errors else 200
    else:
        status = 422
    errors = [(error.line, said(error), _(error.remedy)) for error in tried.errors] if tried else []
    shown = {"form": form, "tried": tried, "errors": errors, "book": routing_queries.rule_book(), "here": request.path}
    return render(request, "supervisor/rules.html", shown, status=status)


@needs(Right.MANAGE_ROUTING)
@require_GET
def rules_file(request: HttpRequest) -> HttpResponse:
    """The rules in force as a file to work on elsewhere."""
    response = HttpResponse(_table(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="routing.csv"'
    return response


@needs(Right.MANAGE_CALENDAR)
@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """Holidays and moved working days of a year, set by hand where the law moved them."""
    asked = request.GET.get("year", "")
    year = next((year for year in YEARS if str(year) == asked), localdate().year)
    form = DayForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            if told["kind"] == "usual":
                calendar_actions.remove_day(told["on"], by=me(request), at=now())
            else:
                calendar_actions.set_day(
                    told["on"],
                    kind=told["kind"],
                    like_weekday=told["like_weekday"],
                    names={code: told[f"name_{code}"] for code in ("kk", "ru", "en")},
                    by=me(request),
                    at=now(),
                )
        except Refusal as refusal:
            form.add_error(None, said(refusal))
        else:
            messages.success(request, _("The calendar is changed. New promises follow it."))
            return redirect(f"{request.path}?year={told['on'].year}")
    if request.method == "POST":
        status = 422
    shown = {
        "form": form,
        "year": year,
        "days": calendar_queries.days(year=year),
        "week": calendar_queries.week(),
        "here": request.get_full_path(),
    }
    return render(request, "supervisor/calendar.html", shown, status=status)


def _newer(written_on: int | None) -> int | None:
    """The version that somebody else has published since this table was opened."""
    book = routing_queries.rule_book()
    return book.version if book and written_on is not None and book.version != written_on else None


def _table() -> str:
    book = routing_queries.rule_book()
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for line in book.lines if book else ():
        writer.writerow(
            {
                "order": line.position,
                "topic": line.topic,
                "district": line.district,
                "house_duty": line.house_duty,
                "hours": line.hours,
                "services": "+".join(line.services),
                "priority": line.priority,
                "norm": line.norm,
                "note": line.note,
            }
        )
    return out.getvalue()
