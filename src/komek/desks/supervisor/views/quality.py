"""Looking at how contacts were handled: choosing one, reading it, judging it."""

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import get_default_timezone, localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from komek.desks.supervisor.forms import ChoiceForm, ReviewForm
from komek.platform import audit
from komek.platform.clock import now
from komek.refusal import Refusal
from komek.registers.staff import queries as staff
from komek.registers.staff.rules import Right, Role
from komek.rooms.cards import queries as cards
from komek.rooms.channels import queries as channels
from komek.rooms.intake import queries as intake
from komek.rooms.quality import actions, queries
from komek.rooms.quality.rules import CRITERIA, NotReviewable
from komek.rooms.recordings import queries as recordings
from komek.rooms.routing import queries as routing
from komek.ui.refusals import said, status_of
from komek.ui.rights import me, needs

reviewers = needs(Right.REVIEW_CONTACTS)


@reviewers
@require_GET
def contacts(request: HttpRequest) -> HttpResponse:
    """Contacts to look at: drawn by lot from a day, of one operator, or those with which a resident was not content."""
    form = ChoiceForm(request.GET)
    valid = form.is_valid()
    told = form.cleaned_data if valid else {}
    day, agent, how = told.get("day") or localdate(), told.get("agent") or None, told.get("how") or "lot"
    since = datetime.combine(day, time(), tzinfo=get_default_timezone())
    if how == "low":
        found: list[tuple[Any, int | None]] = list(queries.badly_rated())
    else:
        seed = f"{me(request).pk}:{told.get('again') or ''}"
        drawn = queries.sample(since, since + timedelta(days=1), agent_id=agent, seed=seed)
        found = [(one, None) for one in drawn]
    shown = {
        "form": form,
        "how": how,
        "day": day,
        "agent": agent,
        "again": (told.get("again") or 0) + 1,
        "found": found,
        "reviewed": queries.reviewed([one.pk for one, _score in found]),
        "agents": staff.agents(role=Role.OPERATOR).order_by("name"),
        "averages": queries.averages(since - timedelta(days=30), since + timedelta(days=1)),
    }
    return render(request, "supervisor/contacts.html", shown, status=200 if valid else 422)


@reviewers
@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, contact_id: int) -> HttpResponse:
    """One contact as it went, and the review of it."""
    found, reviewer = intake.contact(contact_id), me(request)
    if found.accepted_by_id is None:
        raise NotReviewable(contact_id)
    known = queries.review_of(contact_id)
    status = 200
    if request.method == "POST":
        form = ReviewForm(request.POST)
        status = 422
        if form.is_valid():
            try:
                actions.review(contact_id, **form.told(), by=reviewer, at=now())
            except Refusal as refusal:
                form.add_error(None, said(refusal))
                status = status_of(refusal)
            else:
                messages.success(request, _("The review is kept. The operator sees it on their own desk."))
                return redirect("supervisor:contacts")
    else:
        form = ReviewForm(initial=_as_it_is(known))
    made = cards.of_contact(found)
    said_ = channels.said(found.conversation_id)
    # What a resident said is shown to somebody who never spoke with them.
    audit.read(
        subject=f"contact:{contact_id}", fields=["cards", "conversation"], by=reviewer.pk, purpose="quality review"
    )
    outlooks = routing.outlooks([card.pk for card in made]) if made else {}
    shown = {
        "contact": found,
        "review": known,
        "form": form,
        "criteria": [(name, form[name], weight) for name, weight in CRITERIA.items()],
        "said": [message for message in said_ if _within(found, message.at)],
        "cards": [(card, outlooks.get(card.pk)) for card in made],
        "clocks": _clocks(found),
        "calls": recordings.of_contacts([contact_id], by=reviewer, at=now()),
        "here": request.path,
    }
    return render(request, "supervisor/contact.html", shown, status=status)


def _as_it_is(review: Any) -> dict[str, Any]:
    return {**review.answers, "comment": review.comment, "revision": review.revision} if review else {"revision": 0}


def _within(contact: Any, at: datetime) -> bool:
    """Whether something was said in this contact: a conversation of a network goes on for years."""
    until = contact.wrapped_up_at or contact.ended_at
    return contact.arrived_at - timedelta(minutes=1) <= at and (until is None or at <= until + timedelta(minutes=1))


def _clocks(contact: Any) -> list[tuple[str, float | None]]:
    def lasted(since: datetime | None, until: datetime | None) -> float | None:
        return (until - since).total_seconds() if since and until else None

    return [
        (_("waited"), lasted(contact.arrived_at, contact.accepted_at)),
        (_("in conversation"), lasted(contact.accepted_at, contact.ended_at)),
        (_("wrap-up"), lasted(contact.ended_at, contact.wrapped_up_at)),
    ]
