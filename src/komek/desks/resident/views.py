"""The resident's pages. They work without JavaScript."""

import hashlib
import json
import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from komek.desks.resident.forms import MOST_FILES, AnswerForm, StatusForm, WriteForm
from komek.platform import limits
from komek.platform.clock import now
from komek.platform.transactions import together
from komek.refusal import Refusal
from komek.registers.catalog import queries as catalog
from komek.registers.places import queries as places
from komek.registers.residents.rules import HandleKind, UnreadableHandle, normalized
from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries as card_queries
from komek.rooms.cards.rules import CardDraft, Kind
from komek.rooms.channels import queries as channels
from komek.rooms.feedback import actions as feedback
from komek.rooms.feedback import queries as feedback_queries
from komek.rooms.intake.rules import Arrival
from komek.rooms.knowledge import queries as knowledge
from komek.rooms.routing import queries as routing
from komek.rooms.workorders import queries as workorders
from komek.ui import files as links
from komek.ui import uploads
from komek.ui.refusals import said, status_of
from komek.ui.regions import Region, began, page


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Two doors: write to us, or follow a number; and what is happening in the city now."""
    return render(request, "resident/home.html", {"bulletins": knowledge.bulletins(now()), "form": StatusForm()})


@require_http_methods(["GET", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """The web form: whatever is wrong with it, what was typed and uploaded stays."""
    if request.method == "GET":
        start = {"key": secrets.token_hex(12), "topic_code": request.GET.get("topic", "")[:24]}
        return _form(request, WriteForm(initial=start))
    form = WriteForm(request.POST)
    if form.is_valid() and form.cleaned_data["website"]:
        return redirect("resident:home")
    try:
        limits.take(f"write:{_address(request)}", per_minute=6, burst=12, at=now())
    except Refusal as refusal:
        form.add_error(None, said(refusal))
        return _form(request, form, sent=uploads.brought(request, purpose="contact"), status=429)
    sent = uploads.take(request, purpose="contact", most=MOST_FILES, by=None, at=now())
    for wrong in sent.refusals:
        form.add_error("files", said(wrong))
    if not form.is_valid():
        return _form(request, form, sent=sent, status=422)
    try:
        card = _take(form.cleaned_data, sent)
    except Refusal as refusal:
        form.add_error(None, said(refusal))
        return _form(request, form, sent=sent, status=422)
    if sent.ids:
        sent.forget_unused(channels.files_of(card.conversation_id))
    return redirect("resident:status", number=card.number, code=card.access_code)


@require_GET
def ask(request: HttpRequest) -> HttpResponse:
    """Number and code, typed; a wrong pair says so without telling which of the two."""
    if not request.GET:
        return render(request, "resident/ask.html", {"form": StatusForm()})
    form, status = StatusForm(request.GET), 422
    if form.is_valid():
        try:
            found = _card(request, form.cleaned_data["number"], form.cleaned_data["code"])
            return redirect("resident:status", number=found.number, code=found.access_code)
        except Refusal as refusal:
            form.add_error(None, said(refusal))
            status = status_of(refusal)
    return render(request, "resident/ask.html", {"form": form}, status=status)


@require_GET
def status(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Everything a resident may know of their card, live."""
    since, found = began(request), _card(request, number, code)
    region = Region(
        "status",
        "resident/status.html",
        (f"status:{found.pk}", f"conversation:{found.conversation_id}"),
        lambda: _status(found),
    )
    return page(request, "resident/status_page.html", [region], since=since, number=found.number)


@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Is it really done? Opening the link answers nothing: programs open links too."""
    survey = feedback_queries.survey(token)
    found = card_queries.card(survey.card_id)
    form, status = AnswerForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _hear(request, token, form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, said(refusal))
                status = status_of(refusal)
            else:
                return redirect("resident:status", number=found.number, code=found.access_code)
    asked = feedback_queries.open_survey(found.pk, at=now())
    shown = {
        "form": form,
        "survey": survey,
        "may_answer": asked is not None and asked.pk == survey.pk,
        "card": found,
        "proofs": _proofs(found.pk),
        "here": request.path,
    }
    return render(request, "resident/answer.html", shown, status=status)


@require_GET
def suggest_places(request: HttpRequest) -> HttpResponse:
    """Addresses as somebody types."""
    limits.take(f"places:{_address(request)}", per_minute=120, burst=60, at=now())
    asked = request.GET.get("q", "")[:200].strip()
    return render(request, "resident/places.html", {"found": places.suggest(asked, limit=6) if asked else []})


def _hear(request: HttpRequest, token: str, told: dict[str, Any]) -> None:
    limits.take(f"answer:{_address(request)}", per_minute=10, burst=20, at=now())
    if told["answer"] == "confirm":
        feedback.confirm(token, score=told["score"], comment=told["comment"], at=now())
    else:
        feedback.refute(token, reason=told["comment"], at=now())


@together
def _take(told: dict[str, Any], sent: uploads.Uploads) -> Any:
    """One contact, one card: with a topic it goes its way at once, without one an operator reads it first."""
    at, language = now(), (get_language() or "kk")[:2]
    topic = catalog.topic(told["topic_code"]) if told["topic_code"] else None
    phone, unreadable = _phone(told["phone"])
    arrival = Arrival(
        channel="webform",
        text=f"{told['text']}\n☎ {unreadable}" if unreadable else told["text"],
        language=language,
        handle_kind="phone" if phone else None,
        handle_value=phone or None,
        name=told["name"],
        outer_id=_fingerprint(told, sent),
        file_ids=tuple(sent.ids),
        topic_code=topic.code if topic else None,
    )
    where = places.locate(told["place_text"], lat=told["lat"], lon=told["lon"], landmark=told["landmark"])
    draft = CardDraft(
        text=told["text"], kind=Kind.REQUEST, language=language, topic_code=arrival.topic_code, place=where
    )
    return cards.take_in(arrival, draft=draft, at=at)


def _phone(typed: str) -> tuple[str, str]:
    """The number, or what was typed instead of one: the operator may still make something of it."""
    try:
        return (typed, "") if not typed or normalized(HandleKind.PHONE, typed) else ("", typed)
    except UnreadableHandle:
        return "", typed


def _fingerprint(told: dict[str, Any], sent: uploads.Uploads) -> str:
    """The same form sent twice is one contact; something else written into it after going back is another."""
    if not told["key"]:
        return secrets.token_hex(12)
    words = [told[name] for name in ("key", "text", "topic_code", "place_text", "landmark", "name", "phone")]
    return hashlib.sha256(json.dumps([*words, *sent.sums]).encode()).hexdigest()


def _form(
    request: HttpRequest, form: WriteForm, *, sent: uploads.Uploads | None = None, status: int = 200
) -> HttpResponse:
    shown = {"form": form, "uploads": sent, "topics": catalog.grouped(), "here": request.path}
    return render(request, "resident/write.html", shown, status=status)


def _card(request: HttpRequest, number: str, code: str) -> Any:
    limits.take(f"status:{_address(request)}", per_minute=60, burst=60, at=now())
    return card_queries.by_code(number, code)


def _status(found: Any) -> dict[str, Any]:
    survey = feedback_queries.last_survey(found.pk)
    may_answer = survey is not None and feedback_queries.is_open(survey, at=now())
    return {
        "card": found,
        "outlook": routing.outlook(found.pk),
        "messages": channels.said(found.conversation_id, files=False) if found.conversation_id else [],
        "answer_url": reverse("resident:answer", args=[survey.token]) if survey and may_answer else "",
        "survey": survey,
        "proofs": _proofs(found.pk),
    }


def _proofs(card_id: int) -> list[dict[str, Any]]:
    return [
        {
            "shows": proof.shows,
            "video": proof.file.kind == "video",
            "url": links.link(proof.file_id),
        }
        for proof in workorders.proofs(card_id)
    ]


def _address(request: HttpRequest) -> str:
    return request.META.get("REMOTE_ADDR") or "local"
