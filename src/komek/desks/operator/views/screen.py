"""The one screen of the desk: my seat, the queue, the contact at hand and the card that is being written."""

import json
import secrets
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import get_language

from komek.desks.operator.forms import CardForm, EntryForm
from komek.platform.clock import now
from komek.platform.languages import pick
from komek.registers.catalog import queries as catalog
from komek.registers.residents import queries as residents
from komek.registers.staff.rules import Right
from komek.rooms.calls import queries as calls
from komek.rooms.calls.rules import EMERGENCY_SERVICES, NIGHT_ENDS, not_at_night
from komek.rooms.calls.rules import State as CallState
from komek.rooms.cards import queries as card_queries
from komek.rooms.cards.rules import Kind
from komek.rooms.channels import queries as channels
from komek.rooms.feedback import queries as feedback
from komek.rooms.intake import queries as intake_queries
from komek.rooms.intake.rules import BY_SWITCH, SeatState
from komek.rooms.knowledge import queries as knowledge
from komek.rooms.recordings import queries as recordings
from komek.rooms.routing import queries as routing
from komek.ui import files as links
from komek.ui.regions import Region, began, page
from komek.ui.rights import me, needs

PLACE = ("place_text", "landmark", "street_id", "house_id", "lat", "lon")

# So many of their cards are shown beside a contact, the open ones first.
SHOWN = 4
BREAKS = ("rest", "lunch", "training", "trouble")

operators_only = needs(Right.TAKE_CONTACTS)


def screen(
    request: HttpRequest,
    *,
    current: Any = None,
    form: CardForm | None = None,
    entry: EntryForm | None = None,
    call: Any = None,
    status: int = 200,
) -> HttpResponse:
    """The whole workstation, with what was typed when a form comes back; with a call that rings, as if it were answered."""
    since, agent = began(request), me(request)
    at_hand = intake_queries.at_hand(agent)
    current = current or _chosen(request, at_hand)
    seen = _Seen(agent, current, is_ringing=call is not None)
    mine = f"agent:{agent.pk}"
    regions = [
        Region("seat", "operator/seat.html", (mine,), lambda: {"seat": seen.seat, "breaks": BREAKS}),
        Region("counts", "operator/counts.html", ("queue",), _counts, audience="operators"),
        Region("offer", "operator/offer.html", (mine,), lambda: {"offered": seen.offered}),
        Region("queue", "operator/queue.html", ("queue",), _queue, audience="operators"),
        Region(
            "bulletins",
            "operator/bulletins.html",
            ("knowledge",),
            lambda: {"bulletins": knowledge.bulletins(now())},
            audience="operators",
        ),
    ]
    if current is None:
        regions += [
            Region("welcome", "operator/welcome.html", (mine,), lambda: {"seat": seen.seat}),
            Region("callbacks", "operator/callbacks.html", ("callbacks",), _call_backs, audience="operators"),
            # Not kept for all: whoever did not answer is back when their time has come, and no fact says so.
            Region("to_tell", "operator/to_tell.html", ("to_tell",), _to_tell),
        ]
    else:
        contact, conversation = f"contact:{current.pk}", f"conversation:{current.conversation_id}"
        made = [f"card:{card.pk}" for card in seen.cards]
        regions += [
            Region("contact", "operator/contact.html", (contact, conversation), lambda: _contact(seen)),
            Region("done", "operator/done.html", (contact, *made), lambda: _done(seen)),
        ]
        if current.channel == BY_SWITCH:
            regions.append(Region("call", "operator/call.html", (contact,), lambda: _call(seen)))
    return page(
        request,
        "operator/home.html",
        regions,
        status=status,
        since=since,
        address=address_of(current.pk) if current else reverse("operator:home"),
        at_hand=at_hand,
        current=current,
        around=lambda: {**_around(seen, form), **(_who_rings(seen) if call else {})},
        form=form or (CardForm(initial=_initial(seen)) if current else None),
        revision=seen.draft.revision if seen.draft else 0,
        call=call,
        blank=CardForm(initial={"language": get_language(), "kind": Kind.REQUEST}) if settings.PHONES_URL else None,
        services=EMERGENCY_SERVICES,
        entry=entry or EntryForm(initial={"language": get_language(), "key": secrets.token_hex(8)}),
    )


class _Seen:
    """What one look at the desk reads: each thing once, and only when a region of the page shows it."""

    def __init__(self, agent: Any, contact: Any, *, is_ringing: bool = False) -> None:
        self.agent = agent
        self.contact = contact
        # Nobody has answered yet: who it is, is nobody's to know.
        self.is_ringing = is_ringing

    @cached_property
    def seat(self) -> Any:
        return intake_queries.seat(self.agent)

    @cached_property
    def offered(self) -> Any:
        is_offered = self.seat is not None and self.seat.state == SeatState.OFFERED
        return intake_queries.offered(self.agent) if is_offered else None

    @cached_property
    def draft(self) -> Any:
        return getattr(self.contact, "draft", None)

    @cached_property
    def _beside(self) -> tuple[list[Any], list[Any]]:
        return card_queries.beside(self.contact)

    @property
    def cards(self) -> list[Any]:
        return self._beside[0]

    @property
    def their_cards(self) -> list[Any]:
        """What this resident has asked before, the newest first."""
        return self._beside[1]

    @cached_property
    def messages(self) -> list[Any]:
        return channels.said(self.contact.conversation_id)


def _around(seen: _Seen, form: CardForm | None) -> dict[str, Any]:
    """What only the whole page shows: the name of the chosen topic, and the place of last time."""
    if seen.contact is None:
        return {}
    typed = form is not None or bool(seen.draft and seen.draft.data.get("text"))
    code = str((form["topic_code"].value() if form else _initial(seen).get("topic_code")) or "")
    found = catalog.find(code) if code else None
    last = next((card for card in seen.their_cards if card.place_text), None)
    return {
        "is_done": not typed and any(card.registered_at for card in seen.cards),
        "topic_name": pick(found, "name") if found else "",
        "before": json.dumps({name: getattr(last, name) for name in PLACE}, ensure_ascii=False) if last else "",
        "before_text": last.place_text if last else "",
    }


def _who_rings(seen: _Seen) -> dict[str, Any]:
    told = _contact(seen)
    return {**{name: told[name] for name in ("people", "open_number")}, "before": _call(seen)["before"]}


def _chosen(request: HttpRequest, at_hand: list[Any]) -> Any:
    asked = request.GET.get("contact", "")
    chosen = next((contact for contact in at_hand if str(contact.pk) == asked), None)
    return chosen or next(iter(at_hand), None)


def _call_backs() -> dict[str, Any]:
    return {"callbacks": calls.open_call_backs(SHOWN)}


def _to_tell() -> dict[str, Any]:
    """Whom to call about their cards; at night it is said from when on."""
    found, here = feedback.to_tell(at=now()), localtime(now())
    asleep = NIGHT_ENDS if not_at_night(here) != here else None
    return {"to_tell": found[:SHOWN], "more": max(0, len(found) - SHOWN), "asleep": asleep}


def _counts() -> dict[str, Any]:
    return {"counts": intake_queries.queue_counts()}


def _queue() -> dict[str, Any]:
    return {"waiting": intake_queries.waiting(limit=12)}


def _contact(seen: _Seen) -> dict[str, Any]:
    found = seen.contact
    known = found.resident_id and not seen.is_ringing
    who = residents.disclose(found.resident_id, by=seen.agent.pk, purpose="contact") if known else None
    handle = found.conversation.handle
    return {
        "contact": found,
        "who": who,
        "messages": seen.messages,
        "attached": [links.shown(one.file) for message in seen.messages for one in message.files],
        "people": residents.people_by(handle.kind, handle.value) if handle and not who else [],
        "their_cards": sorted(seen.their_cards, key=lambda card: card.closed_at is not None)[:SHOWN],
        "open_number": sum(card.closed_at is None for card in seen.their_cards),
    }


def _call(seen: _Seen) -> dict[str, Any]:
    """What the telephone knows of the contact: whether they called before, and whom we have called in."""
    call = calls.last_of(seen.contact.pk)
    return {
        "call": call,
        "before": calls.times_before(call) if call and call.number else 0,
        "handovers": calls.hand_overs(call) if call else [],
        "invitations": calls.invitations(call) if call else [],
        **(_recording(call) if call and call.state == CallState.TALKING and call.agent_id == seen.agent.pk else {}),
    }


def _recording(call: Any) -> dict[str, Any]:
    """What somebody may do with the recording of the call they are in."""
    pausing = recordings.open_pause(call.unique_id)
    return {
        "is_mine": True,
        "pausing": pausing,
        "may_pause": not recordings.is_emergency(call),
        "not_paused": pausing is None and recordings.was_not_paused(call.unique_id),
    }


def _done(seen: _Seen) -> dict[str, Any]:
    made = [card for card in seen.cards if card.registered_at]
    outlooks = routing.outlooks([card.pk for card in made]) if made else {}
    return {"cards": [(card, outlooks.get(card.pk)) for card in made]}


def _initial(seen: _Seen) -> dict[str, Any]:
    """What is known already; the resident's words and place belong to the first card of the contact only."""
    contact = seen.contact
    received = next((card for card in seen.cards if card.registered_at is None), None)
    start = {
        "language": contact.language,
        "kind": Kind.REQUEST,
        "key": secrets.token_hex(8),
        "topic_code": contact.topic_hint,
    }
    if received:
        place = {name: getattr(received, name) for name in PLACE}
        start |= {"received": received.pk, "text": received.text, **place}
    elif not seen.cards:
        words = next((message.text for message in seen.messages if message.direction == "in"), "")
        hint = {**contact.place_hint, "place_text": contact.place_hint.get("text", "")}
        start |= {"text": words, **{name: hint.get(name) for name in PLACE}}
    return {**start, **(seen.draft.data if seen.draft else {})}


def address_of(contact_id: int) -> str:
    return f"{reverse('operator:home')}?contact={contact_id}"
