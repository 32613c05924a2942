"""Making the card of a contact, finding one, and reading its story."""

import hashlib
import json
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from komek.desks.operator.forms import CardForm
from komek.desks.operator.views import telling
from komek.desks.operator.views.screen import address_of, operators_only, screen
from komek.platform.clock import now
from komek.platform.transactions import together
from komek.refusal import Refusal
from komek.registers.residents import actions as people
from komek.registers.residents import queries as residents
from komek.registers.staff.rules import Right
from komek.rooms.calls import queries as calls
from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries as card_queries
from komek.rooms.cards.rules import CardDraft, Kind, Status
from komek.rooms.channels.rules import SPOKEN, cleaned
from komek.rooms.intake import actions as intake
from komek.rooms.intake import queries as intake_queries
from komek.rooms.intake.rules import NotYours
from komek.rooms.knowledge import actions as knowledge
from komek.rooms.knowledge.rules import in_vain
from komek.rooms.recordings import queries as recordings
from komek.rooms.routing import queries as routing
from komek.ui import presence
from komek.ui.refusals import said
from komek.ui.regions import Region, began, page
from komek.ui.rights import me, needs


@operators_only
@require_POST
def finish(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Turn the draft into a card: answered, registered, explained or handed over. The contact stays at hand."""
    form = CardForm(request.POST)
    agent = me(request)
    found = intake_queries.contact(contact_id)
    if found.accepted_by_id != agent.pk:
        messages.error(request, said(NotYours(contact_id)))
        return screen(request, status=409)
    if not form.is_valid():
        return screen(request, current=found, form=form, status=422)
    try:
        _finish(found, form, by=agent)
    except Refusal as refusal:
        form.add_error(None, said(refusal))
        return screen(request, current=found, form=form, status=409)
    _note_missed(form)
    return redirect(address_of(contact_id))


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
    since, found = began(request), card_queries.by_number(number)
    here, others = presence.of_card(found.pk, me(request), "operator")
    topics = (f"card:{found.pk}", f"rung:{found.number}")
    regions = [others, Region("story", "operator/card.html", topics, lambda: _story(found))]
    if found.channel in SPOKEN:
        kept = (f"card:{found.pk}", f"to_tell:{found.conversation_id}")
        regions.append(Region("telling", "operator/telling.html", kept, lambda: telling.of_card(found)))
    # Not in a region: what plays is not taken away when something happens to the card.
    heard = _heard(found, by=me(request))
    return page(request, "operator/card_page.html", regions, since=since, here=here, number=found.number, calls=heard)


def _heard(card: Any, *, by: Any) -> list[Any]:
    """The recordings of the call that the card was made in, and of those in which a resident was rung about it."""
    heard = []
    if card.contact_id and card.channel == "phone":
        heard += recordings.of_contacts([card.contact_id], by=by, at=now())
    if settings.PHONES_URL and (rung := calls.rung_about(card.number)):
        heard += recordings.of_calls([one.unique_id for one in rung], by=by, at=now())
    return heard


def _make(contact: Any, form: CardForm, *, by: Any) -> Any:
    """The card that the form describes; the one that had a number before it was read is the same card now."""
    told = form.cleaned_data
    draft = form.draft()
    if told["applicant"]:
        contact = _identify(contact, name=told["applicant"], by=by)
    waiting = _received(contact, told["received"], draft)
    new: dict[str, Any] = {
        "contact": contact,
        "channel": contact.channel,
        "by": by,
        "at": now(),
        "key": _fingerprint(told),
    }
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
    made = card_queries.of_contact(contact)
    known = next((card for card in made if card.pk == told), None)
    if known:
        same = (known.kind, known.text, known.topic_code) == (draft.kind, cleaned(draft.text), draft.topic_code or "")
        if same or known.registered_at is None:
            return known.pk
    return next((card.pk for card in made if card.status == Status.RECEIVED), None)


def _note_missed(form: CardForm) -> None:
    told = form.cleaned_data
    asked = told["text"] if told["kind"] in {Kind.QUESTION, Kind.NOT_OURS} else ""
    words = in_vain(searched=told["missed"], asked=asked, article_id=told["article_id"])
    knowledge.note_missed(words, language=told["language"], at=now())


def _fingerprint(told: dict[str, Any]) -> str | None:
    """The same card sent twice is one; something else written into it after going back is another."""
    if not told["key"]:
        return None
    words = [told[name] for name in ("key", "kind", "text", "topic_code", "place_text", "landmark")]
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()


@together
def _finish(contact: Any, form: CardForm, *, by: Any) -> Any:
    card = _make(contact, form, by=by)
    with suppress(Refusal):
        intake.clear_draft(contact.pk, by=by, at=now())
    return card


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


def _story(found: Any) -> dict[str, Any]:
    rung = calls.rung_about(found.number) if settings.PHONES_URL else []
    return {"card": found, "history": card_queries.story(found), "outlook": routing.outlook(found.pk), "rung": rung}
