"""Following a number: by its code and nobody else's; what has become of it, live, and a way to add something."""

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from komek.desks.resident import journey
from komek.desks.resident.forms import MOST_FILES, AddForm, StatusForm
from komek.desks.resident.views.shared import card_of, slowly
from komek.platform import idempotency
from komek.platform.clock import now
from komek.platform.idempotency import Answer
from komek.platform.live import Since
from komek.refusal import Refusal
from komek.registers.staff import queries as staff
from komek.rooms.cards import actions as cards
from komek.rooms.channels import queries as channels
from komek.rooms.feedback import queries as feedback
from komek.rooms.routing import queries as routing
from komek.rooms.workorders import queries as workorders
from komek.ui import files as links
from komek.ui import uploads
from komek.ui.refusals import said, status_of
from komek.ui.regions import Region, began, page


@require_GET
def ask(request: HttpRequest) -> HttpResponse:
    """Number and code, typed; a wrong pair says so without telling which of the two."""
    if not request.GET:
        return render(request, "resident/ask.html", {"form": StatusForm()})
    form, status = StatusForm(request.GET), 422
    if form.is_valid():
        try:
            found = card_of(request, form.cleaned_data["number"], form.cleaned_data["code"])
            return redirect("resident:status", number=found.number, code=found.access_code)
        except Refusal as refusal:
            form.add_error(None, said(refusal))
            status = status_of(refusal)
    return render(request, "resident/ask.html", {"form": form}, status=status)


@require_GET
def status(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Everything a resident may know of their card, live."""
    since, found = began(request), card_of(request, number, code)
    return _page(request, found, AddForm(initial={"key": secrets.token_hex(8)}), since=since)


@require_POST
def add(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """What the resident adds: a few words, a photo; sent twice it is said once."""
    found = card_of(request, number, code)
    form = AddForm(request.POST)
    try:
        slowly(request, "write", per_minute=6, burst=12)
    except Refusal as refusal:
        form.add_error(None, said(refusal))
        return _page(request, found, form, sent=uploads.brought(request, purpose="contact"), status=status_of(refusal))
    sent = uploads.take(request, purpose="contact", most=MOST_FILES, by=None, at=now())
    for wrong in sent.refusals:
        form.add_error("files", said(wrong))
    if form.is_valid():
        try:
            _hear(found, form.cleaned_data, sent)
        except Refusal as refusal:
            form.add_error("text", said(refusal))
        else:
            sent.forget_unused(channels.files_of(found.conversation_id))
            return redirect("resident:status", number=found.number, code=found.access_code)
    return _page(request, found, form, sent=sent, status=422)


def _hear(found: Any, told: dict[str, Any], sent: uploads.Uploads) -> None:
    """Said once, however often it is sent; something else written into the form after going back is said too."""

    def hear() -> Answer:
        cards.hear(found.conversation_id, text=told["text"], file_ids=sent.ids, outer_id=told["key"], at=now())
        return Answer(200, {})

    what = idempotency.digest(told["key"], told["text"], *sent.sums)
    idempotency.once(f"card:{found.pk}", keys=[what] if told["key"] else [], digest=what, at=now(), do=hear)


def _page(
    request: HttpRequest,
    found: Any,
    form: AddForm,
    *,
    sent: uploads.Uploads | None = None,
    status: int = 200,
    since: Since | None = None,
) -> HttpResponse:
    region = Region(
        "status",
        "resident/status.html",
        (f"status:{found.pk}", f"conversation:{found.conversation_id}"),
        lambda: shown(found),
    )
    return page(
        request,
        "resident/status_page.html",
        [region],
        status=status,
        since=since,
        address=reverse("resident:status", args=[found.number, found.access_code]),
        number=found.number,
        card=found,
        form=form,
        uploads=sent,
        most_files=MOST_FILES,
    )


def shown(found: Any) -> dict[str, Any]:
    """What the page says of a card."""
    orders = workorders.journey(found.pk)
    surveys = feedback.surveys(found.pk)
    last = surveys[-1] if surveys else None
    if last:
        last.card = found
    may_answer = last is not None and feedback.is_open(last, at=now())
    clock = routing.clock(found.pk)
    return {
        "card": found,
        "journey": journey.of(found, orders, staff.services({one.service_code for one in orders}), surveys),
        "due_at": clock.due_at if clock and not found.closed_at else None,
        "is_late": bool(clock and clock.due_at and not found.closed_at and clock.due_at < now()),
        "messages": channels.talk(found.conversation_id) if found.conversation_id else [],
        "answer_url": reverse("resident:answer", args=[last.token]) if last and may_answer else "",
        "survey": last,
        "proofs": proofs(found.pk),
    }


def proofs(card_id: int) -> list[dict[str, Any]]:
    """What the services have shown of their work, by signed links."""
    return [
        {"shows": proof.shows, "video": proof.file.kind == "video", "url": links.link(proof.file_id)}
        for proof in workorders.proofs(card_id)
    ]
