"""The second line's lists and the page of one card with every decision about it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from komek.desks.controller.forms import (
    AssignForm,
    ExtendForm,
    ReasonForm,
    ResolutionForm,
    ReturnForm,
    TopicForm,
    VerdictForm,
)
from komek.platform.clock import now
from komek.refusal import Refusal
from komek.registers.catalog import queries as catalog
from komek.registers.places import queries as places
from komek.registers.residents import queries as residents
from komek.registers.staff import queries as staff
from komek.registers.staff.rules import Right
from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries as card_queries
from komek.rooms.cards.rules import Outcome
from komek.rooms.channels import queries as channels
from komek.rooms.control import actions as control
from komek.rooms.control import queries
from komek.rooms.control.rules import AlreadyDecided, AlreadyResolved
from komek.rooms.routing import actions as routing
from komek.rooms.routing import queries as routing_queries
from komek.rooms.workorders import queries as workorders
from komek.ui import files as links
from komek.ui.refusals import said, status_of
from komek.ui.regions import Region, began, page
from komek.ui.rights import me, needs

second_line = needs(Right.CHECK_WORK)
# Everybody who may open these lists is shown the same.
SECOND_LINE = "second line"


@second_line
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Everything open, the nearest promise first."""
    after = request.GET.get("after") or None
    filters: dict[str, Any] = {
        name: request.GET.get(name, "")[:40] for name in ("service", "district", "priority", "status")
    }
    regions = [
        _counts(),
        Region(
            "board",
            "controller/board.html",
            ("board", "control"),
            lambda: {"page": routing_queries.board(**filters, after=after), "after": after, "query": _query(request)},
            audience=SECOND_LINE,
        ),
    ]
    return page(
        request,
        "controller/home.html",
        regions,
        around=lambda: {
            "filters": filters,
            "services": staff.services().values(),
            "districts": places.district_names(),
        },
    )


@second_line
@require_GET
def checks(request: HttpRequest) -> HttpResponse:
    """What services say is done and nobody has looked at yet."""
    after = request.GET.get("after") or None
    region = Region(
        "list",
        "controller/checks.html",
        ("control", "board"),
        lambda: {"page": queries.open_checks(after=after), "after": after},
        audience=SECOND_LINE,
    )
    return page(request, "controller/list_page.html", [_counts(), region], title=_("To check"), accepts=True)


@second_line
@require_GET
def escalations(request: HttpRequest) -> HttpResponse:
    """Cards that need a decision of the second line, and why."""
    after = request.GET.get("after") or None
    region = Region(
        "list",
        "controller/escalations.html",
        ("control", "board"),
        lambda: {"page": queries.open_escalations(after=after), "after": after},
        audience=SECOND_LINE,
    )
    return page(request, "controller/list_page.html", [_counts(), region], title=_("To decide"))


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
    except Refusal as refusal:
        return _refused(request, found, said(refusal), verb=verb, status=status_of(refusal))
    if wrong is not None:
        text = " ".join(str(error) for errors in wrong.errors.values() for error in errors)
        return _refused(request, found, text, verb=verb, status=422)
    return HttpResponseRedirect(_next(request) or reverse("controller:card", args=[found.number]))


def _refused(request: HttpRequest, found: Any, text: str, *, verb: str, status: int) -> HttpResponse:
    messages.error(request, text)
    if back := _next(request):
        return HttpResponseRedirect(back)
    # As it stands now: it may be refused because somebody was faster.
    since, found = began(request), card_queries.by_number(found.number)
    return _card_page(request, found, since=since, typed={verb.replace("-", "_"): request.POST}, status=status)


def _next(request: HttpRequest) -> str:
    """The list that the decision was made in; an address outside is not followed."""
    asked = request.POST.get("next", "")
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else ""


def _card_page(
    request: HttpRequest, found: Any, *, since: int | None, typed: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    region = Region("card", "controller/card.html", (f"controlled:{found.pk}",), lambda: _story(found))
    return page(
        request,
        "controller/card_page.html",
        [region],
        status=status,
        since=since,
        address=reverse("controller:card", args=[found.number]),
        around=lambda: {
            "services": staff.services().values(),
            "topics": catalog.grouped(),
            "extend": ExtendForm((typed or {}).get("extend")),
        },
        card=found,
        typed=typed or {},
    )


def _accept(request: HttpRequest, found: Any) -> Any:
    form = VerdictForm(request.POST)
    if not form.is_valid():
        return form
    check = _check(found, form.cleaned_data["check"])
    control.accept(check.pk, outcome=Outcome(form.cleaned_data["outcome"]), by=me(request), at=now())
    return None


def _give_back(request: HttpRequest, found: Any) -> Any:
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


def _resolve(request: HttpRequest, found: Any) -> Any:
    form = ResolutionForm(request.POST)
    if not form.is_valid():
        return form
    shown = form.cleaned_data["escalation"]
    waiting = [one for one in queries.escalations_of(found.pk) if one.resolved_at is None and shown in (None, one.pk)]
    if not waiting:
        raise AlreadyResolved(found.number)
    for escalation in waiting:
        control.resolve(escalation.pk, resolution=form.cleaned_data["reason"], by=me(request), at=now())
    return None


def _assign(request: HttpRequest, found: Any) -> Any:
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


def _extend(request: HttpRequest, found: Any) -> Any:
    form = ExtendForm(request.POST)
    if not form.is_valid():
        return form
    routing.extend(
        found.pk, norm=form.cleaned_data["norm"], reason=form.cleaned_data["reason"], by=me(request), at=now()
    )
    return None


def _pause(request: HttpRequest, found: Any) -> Any:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return form
    routing.pause(found.pk, reason=form.cleaned_data["reason"], by=me(request), at=now())
    return None


def _resume(request: HttpRequest, found: Any) -> Any:
    routing.resume(found.pk, by=me(request), at=now())
    return None


def _reopen(request: HttpRequest, found: Any) -> Any:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return form
    cards.reopen(found.pk, reason=form.cleaned_data["reason"], by=me(request), at=now())
    return None


def _topic(request: HttpRequest, found: Any) -> Any:
    form = TopicForm(request.POST)
    if not form.is_valid():
        return form
    cards.correct(
        found.pk,
        revision=form.cleaned_data["revision"],
        topic_code=form.cleaned_data["topic_code"],
        by=me(request),
        at=now(),
    )
    return None


VERBS = {
    "accept": _accept,
    "give-back": _give_back,
    "resolve": _resolve,
    "assign": _assign,
    "extend": _extend,
    "pause": _pause,
    "resume": _resume,
    "reopen": _reopen,
    "topic": _topic,
}


def _counts() -> Region:
    return Region(
        "counts",
        "controller/counts.html",
        ("board", "control"),
        lambda: {"counts": queries.counts(at=now())},
        audience=SECOND_LINE,
    )


def _story(found: Any) -> dict[str, Any]:
    reports = workorders.reports_of_card(found.pk)
    return {
        "card": found,
        "outlook": routing_queries.outlook(found.pk),
        "orders": workorders.of_card(found.pk),
        "reports": reports,
        "files": {proof.pk: links.link(proof.file_id) for report in reports for proof in report.proofs.all()},
        "attached": _attached(found),
        "check": queries.find_open_check(found.pk),
        "escalations": queries.escalations_of(found.pk),
        "history": card_queries.story(found),
        "who": residents.masked_by_id(found.resident_id) if found.resident_id else "",
    }


def _attached(found: Any) -> list[dict[str, str]]:
    """What the resident has sent along."""
    said_so_far = channels.said(found.conversation_id) if found.conversation_id else []
    return [links.shown(one.file) for message in said_so_far for one in message.attachments.all()]


def _query(request: HttpRequest) -> str:
    kept = request.GET.copy()
    kept.pop("after", None)
    return kept.urlencode()
