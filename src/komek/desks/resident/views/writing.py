"""The web form: short, forgiving, helped while it is written; whatever is wrong with it, nothing is lost."""

import hashlib
import json
import secrets
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from komek.desks.resident import hints
from komek.desks.resident.forms import MOST_FILES, PointForm, WriteForm
from komek.desks.resident.views.shared import language, slowly
from komek.platform.clock import now
from komek.platform.languages import LANGUAGES
from komek.platform.transactions import together
from komek.refusal import Refusal
from komek.registers.catalog import queries as catalog
from komek.registers.places import queries as places
from komek.registers.residents.rules import HandleKind, UnreadableHandle, normalized
from komek.rooms.cards import actions as cards
from komek.rooms.cards.rules import CardDraft, Kind
from komek.rooms.channels import queries as channels
from komek.rooms.intake.rules import Arrival
from komek.rooms.routing import queries as routing
from komek.ui import uploads
from komek.ui.refusals import said

LONGEST_QUESTION = 500
# What lies so near may be the same thing.
NEAR_METRES, MOST_NEAR = 150.0, 3
# Asked any finer, the edge of what is near would tell the exact pin of somebody else.
ASKED_DECIMALS = 3
# At which field a refusal is said; what is of no field is said above the form.
FIELDS = {
    "unknown_topic": "topic_code",
    "text_empty": "text",
    "text_too_long": "text",
    "impossible_point": "place_text",
}


@require_http_methods(["GET", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """The web form: whatever is wrong with it, what was typed and uploaded stays."""
    if request.method == "GET":
        start = {
            "key": secrets.token_hex(12),
            "language": language(),
            "topic_code": request.GET.get("topic", "")[:24],
            "text": request.GET.get("text", "")[:LONGEST_QUESTION],
        }
        return _form(request, WriteForm(initial=start))
    if (wanted := request.POST.get("switch", "")) in LANGUAGES:
        return _in_another_language(request, wanted)
    return _send(request, WriteForm(request.POST))


@require_GET
def suggest_places(request: HttpRequest) -> HttpResponse:
    """Addresses as somebody types."""
    slowly(request, "places", per_minute=120, burst=60)
    asked = request.GET.get("q", "")[:200].strip()
    return render(request, "resident/places.html", {"found": places.suggest(asked, limit=6) if asked else []})


@require_GET
def help_writing(request: HttpRequest) -> HttpResponse:
    """What helps with the words and the place so far: a warning, an answer, likely topics, works known nearby."""
    slowly(request, "help", per_minute=120, burst=60)
    text = request.GET.get("text", "")[:LONGEST_QUESTION].replace("\0", "").strip()
    chosen = request.GET.get("topic_code", "")[:24].replace("\0", "")
    point = PointForm(request.GET).point()
    shown: dict[str, Any] = {"asked": text, "chosen": chosen, "near": [], "at": now()}
    if text:
        shown |= hints.of(text, language(), at=now(), topic_code=chosen)
    if point:
        likely = {chosen} if chosen else {topic.code for topic in shown.get("topics", [])}
        roughly = (round(point[0], ASKED_DECIMALS), round(point[1], ASKED_DECIMALS))
        known = routing.works_around(*roughly, metres=NEAR_METRES, at=now(), language=language())
        shown["near"] = [work for work in known if not likely or work.topic_code in likely][:MOST_NEAR]
        shown["point"] = f"{point[0]:.5f},{point[1]:.5f}"
    return render(request, "resident/help.html", shown)


def _send(request: HttpRequest, form: WriteForm) -> HttpResponse:
    if form.is_valid() and form.cleaned_data["website"]:
        return redirect("resident:home")
    try:
        slowly(request, "write", per_minute=6, burst=12)
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
        form.add_error(FIELDS.get(refusal.code), said(refusal))
        return _form(request, form, sent=sent, status=422)
    if sent.ids:
        sent.forget_unused(channels.files_of(card.conversation_id))
    address = reverse("resident:status", args=[card.number, card.access_code])
    # A script that has sent the form goes there itself, when it knows that it arrived.
    wants_data = request.headers.get("Accept", "").startswith("application/json")
    return JsonResponse({"address": address}, status=201) if wants_data else redirect(address)


def _in_another_language(request: HttpRequest, wanted: str) -> HttpResponse:
    """The same form in another language, with all that was written and the photos; also where no script runs."""
    try:
        slowly(request, "switch", per_minute=6, burst=12)
    except Refusal:
        # Nothing but a form that is sent makes files belong to something: nobody brings ever new ones this way.
        sent = uploads.brought(request, purpose="contact")
    else:
        sent = uploads.take(request, purpose="contact", most=MOST_FILES, by=None, at=now())
    told = request.POST.copy()
    told["language"] = wanted
    translation.activate(wanted)
    form = WriteForm(initial=told.dict())
    response = _form(request, form, sent=sent)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        wanted,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response


@together
def _take(told: dict[str, Any], sent: uploads.Uploads) -> Any:
    """One contact, one card: with a topic it goes its way at once, without one an operator reads it first."""
    at, spoken = now(), told["language"] or language()
    topic = catalog.topic(told["topic_code"]) if told["topic_code"] else None
    phone, unreadable = _phone(told["phone"])
    arrival = Arrival(
        channel="webform",
        text=f"{told['text']}\n☎ {unreadable}" if unreadable else told["text"],
        language=spoken,
        handle_kind="phone" if phone else None,
        handle_value=phone or None,
        name=told["name"],
        outer_id=_fingerprint(told, sent),
        file_ids=tuple(sent.ids),
        topic_code=topic.code if topic else None,
    )
    where = places.locate(told["place_text"], lat=told["lat"], lon=told["lon"], landmark=told["landmark"])
    draft = CardDraft(text=told["text"], kind=Kind.REQUEST, language=spoken, topic_code=arrival.topic_code, place=where)
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
    chosen = catalog.find(str(form["topic_code"].value() or "")[:24])
    shown = {
        "form": form,
        "uploads": sent,
        "topics": catalog.grouped(),
        "chosen": chosen,
        "most_files": MOST_FILES,
        "map_label": _("Where is it?"),
        "here": request.path,
    }
    return render(request, "resident/write.html", shown, status=status)
