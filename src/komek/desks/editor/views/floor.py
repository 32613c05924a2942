"""What the floor hears and asks: bulletins of the day, searches in vain, and the emergency scripts for reading."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from komek.desks.editor.forms import BulletinForm
from komek.platform.clock import now
from komek.platform.languages import pick
from komek.refusal import Refusal
from komek.registers.places import queries as places
from komek.registers.staff.rules import LANGUAGES, Right
from komek.rooms.calls import queries as calls
from komek.rooms.knowledge import actions
from komek.rooms.knowledge import queries as knowledge
from komek.rooms.knowledge.rules import Standing
from komek.ui.refusals import said, status_of
from komek.ui.regions import Region, page
from komek.ui.rights import me, needs

announcers = needs(Right.ANNOUNCE_BULLETINS)
PERIODS = (7, 30, 90)
USUAL_HOURS = 8


@announcers
@require_http_methods(["GET", "POST"])
def bulletins(request: HttpRequest) -> HttpResponse:
    """What the floor is told today; a new one is there at once, a corrected one speaks anew."""
    names = {str(one["code"]): pick(one, "name") for one in places.district_names()}
    status = 200
    if request.method == "POST":
        form, status = BulletinForm(request.POST, names=names.items()), 422
        if form.is_valid():
            at = now()
            draft = form.draft(code=form.cleaned_data["code"] or f"BUL-{localtime(at):%y%m%d-%H%M%S}", at=at)
            try:
                actions.announce_bulletin(draft, by=me(request), at=at)
            except Refusal as refusal:
                form.add_error(None, said(refusal))
                status = status_of(refusal)
            else:
                messages.success(request, _("The floor is told."))
                return redirect("editor:bulletins")
    else:
        corrected = knowledge.bulletin(request.GET.get("correct", "").replace("\0", "")[:40])
        form = BulletinForm(initial=_start(corrected), names=names.items())
    region = Region("bulletins", "editor/bulletin_list.html", ("shelves",), lambda: _list(names), "announcers")
    return page(
        request,
        "editor/bulletins.html",
        [region],
        status=status,
        address=request.path,
        form=form,
        texts=[form[f"text_{language}"] for language in LANGUAGES],
    )


@announcers
@require_POST
def end_bulletin(request: HttpRequest, code: str) -> HttpResponse:
    """Say that it is over."""
    found = knowledge.bulletin(code)
    if found is not None:
        try:
            actions.end_bulletin(found, by=me(request), at=now())
        except Refusal as refusal:
            messages.error(request, said(refusal))
    return redirect("editor:bulletins")


@needs(Right.EDIT_KNOWLEDGE)
@require_http_methods(["GET", "POST"])
def missed(request: HttpRequest) -> HttpResponse:
    """What the floor searched and did not find: the articles that are missing."""
    if request.method == "POST":
        actions.forget_missed(request.POST.get("query", "").replace("\0", "")[:80])
        return redirect("editor:missed")
    days = next((one for one in PERIODS if str(one) == request.GET.get("days")), PERIODS[1])
    found = knowledge.missed(localdate() - timedelta(days=days - 1))
    most = max((one.times for one in found), default=1)
    shown = {"found": found, "most": most, "days": days, "periods": PERIODS}
    return render(request, "editor/missed.html", shown)


@needs(Right.EDIT_KNOWLEDGE)
@require_GET
def scripts(request: HttpRequest) -> HttpResponse:
    """The emergency scripts in force, in all languages; they are changed by a new city pack, with its signatures."""
    book = knowledge.scripts()
    asked = request.GET.get("script", "")
    chosen = (book.by_code.get(asked) or next(iter(book.scripts), None)) if book else None
    shown = {
        "book": book,
        "is_sample": bool(book and book.standing == Standing.PLACEHOLDER),
        "titles": [(one.code, one.told(get_language() or "kk").title) for one in book.scripts] if book else [],
        "chosen": chosen,
        "told": [(language, chosen.told(language)) for language in LANGUAGES] if chosen else [],
        "triggers": [(language, chosen.triggers.get(language, ())) for language in LANGUAGES] if chosen else [],
    }
    return render(request, "editor/scripts.html", shown)


def _start(corrected: Any) -> dict[str, Any]:
    if corrected is None:
        until = localtime(now() + timedelta(hours=USUAL_HOURS)).replace(minute=0)
        return {"severity": "info", "until": until}
    names = ("severity", "districts", "code", "text_kk", "text_ru", "text_en", "spoken")
    told = {name: getattr(corrected, name) for name in names}
    return {**told, "until": localtime(corrected.valid_to) if corrected.valid_to else None}


def _list(names: dict[str, str]) -> dict[str, Any]:
    at = now()
    lately = knowledge.bulletins_lately(at)
    heard = calls.heard([one.code for one in lately if one.spoken])
    rows = [
        (
            one,
            [names.get(code, code) for code in one.districts],
            one.active and (one.valid_to is None or one.valid_to > at),
            heard.get(one.code),
        )
        for one in lately
    ]
    return {"running": [row for row in rows if row[2]], "over": [row for row in rows if not row[2]][:12]}
