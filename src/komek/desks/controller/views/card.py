"""The page of one card: its story, its proof, who else looks at it, and every decision about it."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from komek.desks.controller import story
from komek.desks.controller.correcting import Conflict, conflict_of, wanted
from komek.desks.controller.forms import (
    AssignForm,
    CorrectionForm,
    ExtendForm,
    ReasonForm,
    ResolutionForm,
    ReturnForm,
    VerdictForm,
)
from komek.desks.controller.views.screen import back_to, second_line
from komek.platform.clock import now
from komek.refusal import Refusal
from komek.registers.catalog import queries as catalog
from komek.registers.residents import queries as residents
from komek.registers.staff import queries as staff
from komek.registers.staff.rules import Right
from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries as card_queries
from komek.rooms.cards.rules import FINAL, CardChanged, Outcome
from komek.rooms.channels import queries as channels
from komek.rooms.control import actions as control
from komek.rooms.control import queries
from komek.rooms.control.rules import AlreadyDecided, AlreadyResolved
from komek.rooms.feedback import queries as feedback
from komek.rooms.routing import actions as routing
from komek.rooms.routing import queries as routing_queries
from komek.rooms.workorders import actions as workorders
from komek.rooms.workorders import queries as order_queries
from komek.ui import files as links
from komek.ui import presence
from komek.ui.refusals import said, status_of
from komek.ui.regions import Region, began, page
from komek.ui.rights import me

OUTCOMES = {"done": Outcome.DONE, "partly": Outcome.PARTLY, "not_done": Outcome.EXPLAINED}
# The picture of the clock is so many units wide.
WIDE = 1000


@second_line
@require_GET
def card(request: HttpRequest, number: str) -> HttpResponse:
    """One card: the story, the proof, and what may be decided."""
    since = began(request)
    return _card_page(request, card_queries.by_number(number), since=since)


@second_line
@require_POST
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """One decision; a refusal is said, and what was typed with it stays."""
    found = card_queries.by_number(number)
    try:
        decide = VERBS[verb]
    except KeyError:
        raise Http404 from None
    try:
        wrong = decide(request, found)
    except CardChanged as refusal:
        return _conflicting(request, found, said(refusal))
    except Refusal as refusal:
        return _refused(request, found, said(refusal), verb=verb, status=status_of(refusal))
    if wrong is not None:
        text = " ".join(str(error) for errors in wrong.errors.values() for error in errors)
        return _refused(request, found, text, verb=verb, status=422)
    return HttpResponseRedirect(back_to(request) or reverse("controller:card", args=[found.number]))


def _refused(request: HttpRequest, found: Any, text: str, *, verb: str, status: int) -> HttpResponse:
    messages.error(request, text)
    if back := back_to(request):
        return HttpResponseRedirect(back)
    # As it stands now: it may be refused because somebody was faster.
    since, found = began(request), card_queries.by_number(found.number)
    return _card_page(request, found, since=since, typed={verb.replace("-", "_"): request.POST}, status=status)


def _conflicting(request: HttpRequest, found: Any, text: str) -> HttpResponse:
    """Both versions, field by field; nothing of what was typed is lost, and nothing was overwritten."""
    form = CorrectionForm(request.POST)
    form.is_valid()
    since, found = began(request), card_queries.by_number(found.number)
    conflict = conflict_of(form, found)
    messages.error(request, text)
    return _card_page(request, found, since=since, conflict=conflict, status=409)


def _card_page(
    request: HttpRequest,
    found: Any,
    *,
    since: int | None,
    typed: dict[str, Any] | None = None,
    conflict: Conflict | None = None,
    status: int = 200,
) -> HttpResponse:
    seen = Seen(found)
    topics = (f"controlled:{found.pk}",)
    said_in = (f"conversation:{found.conversation_id}",) if found.conversation_id else ()
    here, others = presence.of_card(found.pk, me(request), "controller")
    return page(
        request,
        "controller/card_page.html",
        [
            others,
            Region("card", "controller/card.html", topics, seen.facts),
            Region("decide", "controller/decide.html", topics, seen.matters),
            Region("proofs", "controller/proofs.html", (*topics, *said_in), seen.proofs),
            Region("story", "controller/story.html", (*topics, *said_in), seen.story),
        ],
        status=status,
        since=since,
        here=here,
        address=reverse("controller:card", args=[found.number]),
        around=lambda: {
            "services": staff.services().values(),
            "topics": catalog.grouped(),
            "extend": ExtendForm((typed or {}).get("extend")),
            "marks": place_marks(found),
            "suggests": reverse("operator:suggest", args=["places"]) if me(request).may(Right.TAKE_CONTACTS) else "",
            "is_over": found.status in FINAL,
        },
        card=found,
        typed=typed or {},
        conflict=conflict,
    )


class Seen:
    """What one look at a card reads: each thing once, and only when a region that is asked for shows it."""

    def __init__(self, card: Any) -> None:
        self.card = card

    @cached_property
    def outlook(self) -> Any:
        return routing_queries.outlook(self.card.pk)

    @cached_property
    def messages(self) -> list[Any]:
        conversation = self.card.conversation_id
        return channels.said(conversation) if conversation else []

    @cached_property
    def reports(self) -> list[Any]:
        return order_queries.reports_of_card(self.card.pk)

    @cached_property
    def escalations(self) -> list[Any]:
        return queries.escalations_of(self.card.pk)

    def facts(self) -> dict[str, Any]:
        """What it is, where, whose and by when."""
        resident = self.card.resident_id
        return {
            "card": self.card,
            "outlook": self.outlook,
            "bar": clock_bar(self.outlook.clock, routing_queries.pauses(self.card.pk), now()),
            "who": residents.masked_by_id(resident) if resident else "",
        }

    def matters(self) -> dict[str, Any]:
        """What waits for a decision."""
        return {
            "card": self.card,
            "check": queries.find_open_check(self.card.pk),
            "reports": self.reports,
            "outcome": outcome_of(self.reports),
            "escalations": [one for one in self.escalations if one.resolved_at is None],
        }

    def proofs(self) -> dict[str, Any]:
        """What the resident has shown and what the services have, side by side."""
        shown = [proof for report in self.reports for proof in report.proofs.all()]
        return {
            "before": [
                *(_shot(one.file, "resident") for one in _sent(self.messages)),
                *(_shot(one.file, one.shows) for one in shown if one.shows == "before"),
            ],
            "after": [_shot(one.file, one.shows) for one in shown if one.shows != "before"],
            "reports": self.reports,
            "names": {code: one.name() for code, one in staff.services().items()},
        }

    def story(self) -> dict[str, Any]:
        """Everything that happened, the newest first."""
        return {
            "moments": story.told(
                entries=card_queries.story(self.card),
                orders=order_queries.stories(self.card.pk),
                messages=self.messages,
                escalations=self.escalations,
                surveys=feedback.surveys(self.card.pk),
            )
        }


def place_marks(card: Any) -> str:
    """The card on the map, as its script reads it; empty when nobody knows where it is."""
    if card.lat is None:
        return ""
    return json.dumps([{"id": card.number, "lat": card.lat, "lon": card.lon, "label": card.place_text}])


def outcome_of(reports: list[Any]) -> str:
    """What the services have said last, as the outcome that is offered first."""
    return OUTCOMES.get(reports[-1].outcome, Outcome.DONE).value if reports else Outcome.DONE.value


def clock_bar(clock: Any, pauses: list[Any], at: datetime) -> dict[str, Any] | None:
    """The clock as a picture: from its start to its promise or to now, with the times in which it stood."""
    if clock is None or clock.due_at is None:
        return None
    begun, now_is = clock.started_at, min(at, clock.stopped_at or at)
    whole = max((max(clock.due_at, now_is) - begun).total_seconds(), 1)

    def along(moment: datetime) -> int:
        return round(min(max((moment - begun).total_seconds() / whole, 0), 1) * WIDE)

    stood = [(along(one.began_at), along(one.ended_at or now_is)) for one in pauses]
    late = now_is > clock.due_at and clock.paused_at is None
    return {
        "wide": WIDE,
        "gone": along(now_is),
        "due": along(clock.due_at),
        "late": WIDE - along(clock.due_at) if late else 0,
        "pauses": [(start, max(end - start, 2)) for start, end in stood],
        "tone": "danger" if late else "live",
        "started_at": begun,
    }


def _sent(said_so_far: list[Any]) -> list[Any]:
    return [one for message in said_so_far if message.direction == "in" for one in message.attachments.all()]


def _shot(file: Any, shows: str) -> dict[str, str]:
    return {**links.shown(file), "shows": shows}


def _accept(request: HttpRequest, found: Any) -> Form | None:
    form = VerdictForm(request.POST)
    if not form.is_valid():
        return form
    check = _check(found, form.cleaned_data["check"])
    control.accept(check.pk, outcome=Outcome(form.cleaned_data["outcome"]), by=me(request), at=now())
    return None


def _give_back(request: HttpRequest, found: Any) -> Form | None:
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return form
    check = _check(found, form.cleaned_data["check"])
    control.give_back(check.pk, reason=form.cleaned_data["reason"], by=me(request), at=now())
    return None


def _check(found: Any, shown: int | None) -> Any:
    """The check that the page showed: work that was reported since then is another, and nobody has looked at it."""
    check = queries.open_check(found.pk)
    if shown is not None and shown != check.pk:
        raise AlreadyDecided(found.number)
    return check


def _resolve(request: HttpRequest, found: Any) -> Form | None:
    form = ResolutionForm(request.POST)
    if not form.is_valid():
        return form
    shown = form.cleaned_data["escalation"]
    if shown is None:
        control.resolve_all(found.pk, resolution=form.cleaned_data["reason"], by=me(request), at=now())
        return None
    waiting = [one for one in queries.escalations_of(found.pk) if one.resolved_at is None and shown == one.pk]
    if not waiting:
        raise AlreadyResolved(found.number)
    for escalation in waiting:
        control.resolve(escalation.pk, resolution=form.cleaned_data["reason"], by=me(request), at=now())
    return None


def _assign(request: HttpRequest, found: Any) -> Form | None:
    form = AssignForm(request.POST)
    if not form.is_valid():
        return form
    told = form.cleaned_data
    if told["from_service"]:
        routing.redirect(
            found.pk,
            from_service=told["from_service"],
            to_service=told["to_service"],
            reason=told["reason"],
            by=me(request),
            at=now(),
        )
    else:
        routing.assign(found.pk, service_code=told["to_service"], reason=told["reason"], by=me(request), at=now())
    return None


def _extend(request: HttpRequest, found: Any) -> Form | None:
    form = ExtendForm(request.POST)
    if not form.is_valid():
        return form
    told = form.cleaned_data
    routing.extend(found.pk, norm=told["norm"], reason=told["reason"], by=me(request), at=now())
    return None


def _with_a_reason(verb: Callable[..., Any]) -> Callable[[HttpRequest, Any], Form | None]:
    def decide(request: HttpRequest, found: Any) -> Form | None:
        form = ReasonForm(request.POST)
        if not form.is_valid():
            return form
        verb(found.pk, reason=form.cleaned_data["reason"], by=me(request), at=now())
        return None

    return decide


def _resume(request: HttpRequest, found: Any) -> Form | None:
    routing.resume(found.pk, by=me(request), at=now())
    return None


def _correct(request: HttpRequest, found: Any) -> Form | None:
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return form
    revision = form.cleaned_data["revision"]
    cards.correct(found.pk, revision=revision, **wanted(form, found), by=me(request), at=now())
    return None


VERBS = {
    "accept": _accept,
    "give-back": _give_back,
    "resolve": _resolve,
    "assign": _assign,
    "extend": _extend,
    "remind": _with_a_reason(workorders.remind),
    "pause": _with_a_reason(routing.pause),
    "resume": _resume,
    "reopen": _with_a_reason(cards.reopen),
    "correct": _correct,
}
