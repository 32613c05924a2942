"""The operator's screen: one page of live regions around the card that is being written."""

import hashlib
import json
import secrets
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from komek.desks.operator.forms import CardForm, EntryForm, SeatForm
from komek.platform.clock import now
from komek.refusal import Refusal
from komek.registers.catalog import queries as catalog
from komek.registers.places import queries as places
from komek.registers.places.rules import ImpossiblePoint
from komek.registers.residents import actions as people
from komek.registers.residents import queries as residents
from komek.registers.staff.rules import Right
from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries as card_queries
from komek.rooms.cards.rules import CardDraft, Kind
from komek.rooms.channels import queries as channels
from komek.rooms.channels.rules import cleaned
from komek.rooms.intake import actions as intake
from komek.rooms.intake import queries as intake_queries
from komek.rooms.intake.rules import Arrival, DraftIsNewer, NotYours, Urgency
from komek.rooms.knowledge import queries as knowledge
from komek.rooms.routing import queries as routing
from komek.ui import files as links
from komek.ui.refusals import said, status_of
from komek.ui.regions import Region, page
from komek.ui.rights import me, needs

PLACE = ("place_text", "landmark", "street_id", "house_id", "lat", "lon")

operators_only = needs(Right.TAKE_CONTACTS)


@operators_only
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The whole workstation: my seat, the queue, the contact at hand and its card."""
    return _desk(request)


@operators_only
@require_POST
def seat(request: HttpRequest) -> HttpResponse:
    """Ready, on a break, or away."""
    form = SeatForm(request.POST)
    if form.is_valid():
        try:
            _sit(me(request), **form.cleaned_data)
        except Refusal as refusal:
            messages.error(request, said(refusal))
    return redirect("operator:home")


@operators_only
@require_POST
def entry(request: HttpRequest) -> HttpResponse:
    """Write down a contact that came past the queue and take it at once."""
    form = EntryForm(request.POST)
    if not form.is_valid():
        return _desk(request, entry=form, status=422)
    told, agent = form.cleaned_data, me(request)
    arrival = Arrival(
        channel="desk",
        language=told["language"],
        urgency=Urgency.URGENT if told["urgent"] else Urgency.NORMAL,
        handle_kind="phone" if told["phone"] else None,
        handle_value=told["phone"] or None,
        name=told["name"],
        outer_id=f"{agent.pk}:{told['key']}" if told["key"] else None,
    )
    try:
        contact = intake.enter(arrival, by=agent, at=now())
    except Refusal as refusal:
        form.add_error(None, said(refusal))
        return _desk(request, entry=form, status=status_of(refusal))
    return redirect(_address(contact.pk))


@operators_only
@require_POST
def contact(request: HttpRequest, contact_id: int, verb: str) -> HttpResponse:
    """Accept, decline, pick from the queue, end, wrap up."""
    agent = me(request)
    try:
        if verb == "accept":
            intake.accept(contact_id, by=agent, at=now())
        elif verb == "pick":
            intake.pick(contact_id, by=agent, at=now())
        elif verb == "decline":
            intake.decline(contact_id, by=agent, reason=request.POST.get("reason", "")[:40], at=now())
        elif verb == "end":
            intake.end(contact_id, by=agent, at=now())
        elif verb == "wrap-up":
            intake.wrap_up(contact_id, by=agent, at=now())
        else:
            raise Http404
    except Refusal as refusal:
        messages.error(request, said(refusal))
        return redirect("operator:home")
    if verb in {"accept", "pick", "end"}:
        return redirect(_address(contact_id))
    return redirect("operator:home")


@operators_only
@require_POST
def draft(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Keep what was typed so far; a newer draft is shown, never overwritten."""
    try:
        told = json.loads(request.body)
        data, revision = dict(told["data"]), int(told["revision"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return JsonResponse({"detail": _("The draft could not be read.")}, status=400)
    try:
        saved = intake.save_draft(contact_id, data=data, revision=revision, by=me(request), at=now())
    except DraftIsNewer as newer:
        return JsonResponse(
            {"detail": said(newer), "revision": newer.revision, "data": newer.saved}, status=409
        )
    except Refusal as refusal:
        return JsonResponse({"code": refusal.code, "detail": said(refusal)}, status=status_of(refusal))
    return JsonResponse({"revision": saved.revision})


@operators_only
@require_POST
def finish(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Turn the draft into a card: answered, registered, explained or handed over. The contact stays at hand."""
    form = CardForm(request.POST)
    agent = me(request)
    found = intake_queries.contact(contact_id)
    if found.accepted_by_id != agent.pk:
        messages.error(request, said(NotYours(contact_id)))
        return _desk(request, status=409)
    if not form.is_valid():
        return _desk(request, current=found, form=form, status=422)
    try:
        card = _make(found, form, by=agent)
    except Refusal as refusal:
        form.add_error(None, said(refusal))
        return _desk(request, current=found, form=form, status=409)
    _forget_draft(contact_id, by=agent)
    messages.success(request, _("Number %(number)s") % {"number": card.number})
    return redirect(_address(contact_id))


@operators_only
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Look a card up by its number, or people by a phone number."""
    asked = request.GET.get("q", "").strip()[:60]
    try:
        return redirect("operator:card", number=card_queries.by_number(asked).number)
    except Refusal as refusal:
        sharing = _people_by_phone(asked)
        if not sharing:
            messages.error(request, said(refusal))
            return redirect("operator:home")
        found = [(person, card_queries.of_resident(person.resident_id)) for person in sharing]
        return render(request, "operator/people.html", {"found": found, "asked": asked})


@needs(Right.READ_CARDS)
@require_GET
def card(request: HttpRequest, number: str) -> HttpResponse:
    """One card with its whole story."""
    found = card_queries.by_number(number)
    regions = [Region("story", "operator/card.html", (f"card:{found.pk}",), lambda: _story(number))]
    return page(request, "operator/card_page.html", regions, number=found.number)


@operators_only
@require_GET
def suggest(request: HttpRequest, what: str) -> HttpResponse:
    """Suggestions as somebody types: places, topics, answers, cards nearby."""
    asked = request.GET.get("q", "")[:200].strip()
    language = get_language() or "kk"
    if what == "places":
        return render(request, "operator/places.html", {"found": places.suggest(asked, limit=8) if asked else []})
    if what == "topics":
        return render(request, "operator/topics.html", {"found": catalog.search(asked, language) if asked else []})
    if what == "answers":
        return render(
            request,
            "operator/answers.html",
            {"found": knowledge.search(asked, language, now(), limit=5) if asked else [], "asked": asked},
        )
    if what == "nearby":
        try:
            lat, lon = float(request.GET["lat"]), float(request.GET["lon"])
            near = card_queries.nearby(lat, lon, at=now())
        except (KeyError, ValueError, ImpossiblePoint):
            return HttpResponse("")
        return render(request, "operator/nearby.html", {"found": near})
    raise Http404


def _sit(agent: Any, *, state: str, reason: str) -> None:
    if state == "ready":
        intake.take_seat(agent, at=now())
    elif state == "break":
        intake.take_break(agent, reason=reason or "rest", at=now())
    else:
        intake.leave(agent, at=now())


def _make(contact: Any, form: CardForm, *, by: Any) -> Any:
    """The card that the form describes; the one that had a number before it was read is the same card now."""
    told = form.cleaned_data
    draft = form.draft()
    if told["applicant"]:
        contact = _identify(contact, name=told["applicant"], by=by)
    waiting = _received(contact, told["received"], draft)
    new: dict[str, Any] = {"contact": contact, "channel": contact.channel, "by": by, "at": now(), "key": _fingerprint(told)}
    if draft.kind is Kind.QUESTION:
        return cards.answer(draft, article_id=told["article_id"], text=told["answer"], card_id=waiting, **new)
    if draft.kind is Kind.NOT_OURS:
        return cards.explain(draft, article_id=told["article_id"], text=told["answer"], card_id=waiting, **new)
    if draft.kind is Kind.EMERGENCY:
        to, confirmed_by = told["handed_to"], told["confirmed_by"]
        return cards.hand_over(draft, to=to, confirmed_by=confirmed_by, card_id=waiting, **new)
    if waiting:
        return cards.classify(waiting, draft=draft, by=by, at=new["at"])
    return cards.register(draft, **new)


def _received(contact: Any, told: int | None, draft: CardDraft) -> int | None:
    """The received card that this page was about: also for the second of two clicks, when it is received no more."""
    known = next((card for card in card_queries.of_contact(contact) if card.pk == told), None)
    if known:
        same = (known.kind, known.text, known.topic_code) == (draft.kind, cleaned(draft.text), draft.topic_code or "")
        if same or known.registered_at is None:
            return known.pk
    waiting = card_queries.received_of(contact)
    return waiting.pk if waiting else None


def _fingerprint(told: dict[str, Any]) -> str | None:
    """The same card sent twice is one; something else written into it after going back is another."""
    if not told["key"]:
        return None
    words = [told[name] for name in ("key", "kind", "text", "topic_code", "place_text", "landmark")]
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()


def _forget_draft(contact_id: int, *, by: Any) -> None:
    """What was typed stands on the card now; the next card of the contact begins empty, with a key of its own."""
    kept = intake_queries.draft(contact_id)
    if kept:
        with suppress(Refusal):
            intake.save_draft(contact_id, data={}, revision=kept.revision, by=by, at=now())


def _address(contact_id: int) -> str:
    return f"{reverse('operator:home')}?contact={contact_id}"


def _desk(
    request: HttpRequest,
    *,
    current: Any = None,
    form: CardForm | None = None,
    entry: EntryForm | None = None,
    status: int = 200,
) -> HttpResponse:
    agent = me(request)
    at_hand = intake_queries.at_hand(agent)
    current = current or _chosen(request, at_hand)
    mine = f"agent:{agent.pk}"
    regions = [
        Region("seat", "operator/seat.html", (mine,), lambda: {"seat": intake_queries.seat(agent)}),
        Region("queue", "operator/queue.html", ("queue", mine), lambda: _queue(agent)),
        Region("bulletins", "operator/bulletins.html", ("knowledge",), lambda: {"bulletins": knowledge.bulletins(now())}),
    ]
    if current:
        contact, conversation = f"contact:{current.pk}", f"conversation:{current.conversation_id}"
        regions += [
            Region("contact", "operator/contact.html", (contact, conversation), lambda: _contact(agent, current.pk)),
            Region("done", "operator/done.html", (contact, *_card_topics(current)), lambda: _done(current.pk)),
        ]
    return page(
        request,
        "operator/home.html",
        regions,
        status=status,
        address=_address(current.pk) if current else reverse("operator:home"),
        at_hand=at_hand,
        current=current,
        form=form or (CardForm(initial=_initial(current)) if current else None),
        revision=_revision(current),
        entry=entry or EntryForm(initial={"language": get_language(), "key": secrets.token_hex(8)}),
    )


def _card_topics(contact: Any) -> list[str]:
    return [f"card:{card.pk}" for card in card_queries.of_contact(contact)]


def _revision(contact: Any) -> int:
    kept = intake_queries.draft(contact.pk) if contact else None
    return kept.revision if kept else 0


def _chosen(request: HttpRequest, at_hand: list[Any]) -> Any:
    asked = request.GET.get("contact", "")
    chosen = next((contact for contact in at_hand if str(contact.pk) == asked), None)
    return chosen or next(iter(at_hand), None)


def _queue(agent: Any) -> dict[str, Any]:
    return {
        "counts": intake_queries.queue_counts(),
        "waiting": intake_queries.waiting(limit=12),
        "offered": intake_queries.offered(agent),
    }


def _contact(agent: Any, contact_id: int) -> dict[str, Any]:
    found = intake_queries.contact(contact_id)
    who = residents.disclose(found.resident_id, by=agent.pk, purpose="contact") if found.resident_id else None
    handle = found.conversation.handle
    said_so_far = channels.said(found.conversation_id)
    return {
        "contact": found,
        "who": who,
        "messages": said_so_far,
        "attached": [links.shown(one.file) for message in said_so_far for one in message.attachments.all()],
        "people": residents.people_by(handle.kind, handle.value) if handle and not who else [],
        "open_cards": card_queries.open_of(found.resident_id) if found.resident_id else [],
    }


def _done(contact_id: int) -> dict[str, Any]:
    made = card_queries.of_contact(intake_queries.contact(contact_id))
    outlooks = routing.outlooks([card.pk for card in made])
    return {"cards": [(card, outlooks.get(card.pk)) for card in made if card.registered_at]}


def _story(number: str) -> dict[str, Any]:
    found = card_queries.by_number(number)
    return {"card": found, "history": card_queries.story(found), "outlook": routing.outlook(found.pk)}


def _identify(contact: Any, *, name: str, by: Any) -> Any:
    handle = contact.conversation.handle
    handles = [(handle.kind, handle.value)] if handle else []
    resident_id = people.remember(name=name, handles=handles, language=contact.language, at=now())
    return intake.identify(contact.pk, resident_id=resident_id, by=by, at=now())


def _people_by_phone(asked: str) -> list[Any]:
    try:
        return residents.people_by("phone", asked)
    except Refusal:
        return []


def _initial(contact: Any) -> dict[str, Any]:
    """What is known already; the resident's words and place belong to the first card of the contact only."""
    made = card_queries.of_contact(contact)
    received = next((card for card in made if card.registered_at is None), None)
    start = {"language": contact.language, "kind": Kind.REQUEST, "key": secrets.token_hex(8), "topic_code": contact.topic_hint}
    if received:
        place = {name: getattr(received, name) for name in PLACE}
        start |= {"received": received.pk, "text": received.text, **place}
    elif not made:
        words = channels.first_words([contact.conversation_id]).get(contact.conversation_id, "")
        hint = {**contact.place_hint, "place_text": contact.place_hint.get("text", "")}
        start |= {"text": words, **{name: hint.get(name) for name in PLACE}}
    kept = intake_queries.draft(contact.pk)
    return {**start, **(kept.data if kept else {})}
