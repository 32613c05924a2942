"""The dispatcher's board and an order's page; the foreman's page is the same order, reached by a signed link."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from komek.desks.service.forms import MOST_FILES, LinkForm, ReasonForm, ReportForm
from komek.platform import limits
from komek.platform.clock import now
from komek.refusal import Refusal
from komek.registers.staff import queries as staff
from komek.registers.staff.rules import Right
from komek.rooms.channels import queries as channels
from komek.rooms.channels.rules import TextEmpty
from komek.rooms.routing import queries as routing
from komek.rooms.workorders import actions as workorders
from komek.rooms.workorders import queries
from komek.rooms.workorders.rules import GONE, ForemanNeeded, LinkExpired, Outcome
from komek.ui import files as links
from komek.ui import uploads
from komek.ui.refusals import said
from komek.ui.regions import Region, page
from komek.ui.rights import me, needs

own_service = needs(Right.WORK_ORDERS_OF_OWN_SERVICE)


@own_service
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The open orders of the person's own service, the nearest promise first."""
    service = staff.service_of(me(request))
    code = service.code if service else ""
    after = request.GET.get("after") or None
    # The orders of the bodies under a service stand on its board too.
    topics = (*(f"service:{one}" for one in sorted(staff.seen_by(code))), "clocks")
    colleagues = f"service:{code}"
    regions = [
        Region("counts", "service/counts.html", topics, lambda: {"counts": queries.counts(code, at=now())}, colleagues),
        Region(
            "orders",
            "service/orders.html",
            topics,
            lambda: {"page": queries.orders_of(code, after=after), "after": after},
            audience=colleagues,
        ),
    ]
    return page(request, "service/home.html", regions, service=service or staff.service(code))


@own_service
@require_GET
def order(request: HttpRequest, order_id: int) -> HttpResponse:
    """One order with what is known about the place, its history and what may be done next."""
    return _order_page(request, queries.order_for(me(request), order_id), template="service/order_page.html")


@own_service
@require_POST
def act(request: HttpRequest, order_id: int, verb: str) -> HttpResponse:
    """Accept, decline, set out, arrive, report."""
    found = queries.order_for(me(request), order_id)
    return _act(
        request, found, verb, template="service/order_page.html", back=redirect("service:order", order_id=order_id)
    )


@own_service
@require_POST
def link(request: HttpRequest, order_id: int) -> HttpResponse:
    """Make a link for a foreman; it is shown once and can be sent by any messenger."""
    found = queries.order_for(me(request), order_id)
    form = LinkForm(request.POST)
    if not form.is_valid():
        messages.error(request, _errors(form))
        return redirect("service:order", order_id=order_id)
    name = form.cleaned_data["foreman"]
    try:
        token = workorders.link(found.pk, foreman=name, by=me(request), at=now())
    except TextEmpty:
        messages.error(request, said(ForemanNeeded()))
    except LinkExpired:
        messages.error(request, _("This order is not with your service any more."))
    else:
        address = settings.PUBLIC_URL + reverse("service:foreman", args=[token])
        messages.success(request, _("Link for %(name)s: %(link)s") % {"name": name, "link": address})
    return redirect("service:order", order_id=order_id)


@own_service
@require_POST
def revoke(request: HttpRequest, order_id: int) -> HttpResponse:
    """A link went to the wrong person: none of the links to this order opens it any more."""
    found = queries.order_for(me(request), order_id)
    workorders.revoke_links(found.pk, by=me(request), at=now())
    messages.success(request, _("The links to this order open nothing any more."))
    return redirect("service:order", order_id=order_id)


@require_GET
def foreman(request: HttpRequest, token: str) -> HttpResponse:
    """The order on a foreman's phone: no account, no training."""
    found = workorders.by_link(token, at=now())
    return _order_page(request, found, template="service/foreman_page.html", token=token)


@require_POST
def foreman_act(request: HttpRequest, token: str, verb: str) -> HttpResponse:
    """The same verbs for somebody who has only the link."""
    limits.take(f"foreman:{request.META.get('REMOTE_ADDR')}", per_minute=60, burst=60, at=now())
    found = workorders.by_link(token, at=now())
    return _act(
        request,
        found,
        verb,
        template="service/foreman_page.html",
        back=redirect("service:foreman", token=token),
        token=token,
    )


def _order_page(
    request: HttpRequest,
    found: Any,
    *,
    template: str,
    form: ReportForm | None = None,
    sent: uploads.Uploads | None = None,
    token: str = "",
    status: int = 200,
) -> HttpResponse:
    region = Region(
        "order",
        "service/order.html",
        (f"order:{found.pk}", f"orders-of:{found.card_id}"),
        lambda: _shown(queries.order(found.pk), token),
    )
    uploads_so_far = sent or uploads.Uploads("proof")
    report = form or ReportForm(initial={"key": secrets.token_hex(8), "outcome": Outcome.DONE, "shows": "after"})
    may_report = found.status in {"sent", "accepted", "on_the_way", "on_site"}
    return page(
        request,
        template,
        [region],
        status=status,
        address=reverse("service:foreman", args=[token]) if token else reverse("service:order", args=[found.pk]),
        order=found,
        report=report,
        report_url=_verb_url(found.pk, token, "report"),
        # What was typed stays on the page even when the order has gone meanwhile.
        may_report=may_report or report.is_bound,
        may_link=found.status not in GONE,
        uploads=uploads_so_far,
        link_form=LinkForm(),
    )


def _shown(found: Any, token: str) -> dict[str, Any]:
    reports = queries.reports(found.pk)
    said_so_far = channels.said(found.card.conversation_id) if found.card.conversation_id else []
    return {
        "attached": [links.shown(one.file) for message in said_so_far for one in message.attachments.all()],
        "order": found,
        "card": found.card,
        "outlook": routing.outlook(found.card_id),
        "history": queries.story(found.pk),
        "reports": reports,
        "files": {proof.pk: links.link(proof.file_id) for report in reports for proof in report.proofs.all()},
        "verbs": {verb: _verb_url(found.pk, token, verb) for verb in ("accept", "decline", "set-out", "arrive")},
    }


def _verb_url(order_id: int, token: str, verb: str) -> str:
    if token:
        return reverse("service:foreman_act", args=[token, verb])
    return reverse("service:act", args=[order_id, verb])


def _act(
    request: HttpRequest, found: Any, verb: str, *, template: str, back: HttpResponse, token: str = ""
) -> HttpResponse:
    who: dict[str, Any] = {"by": None, "foreman": workorders.foreman_of(token)} if token else {"by": me(request)}
    try:
        if verb == "accept":
            workorders.accept(found.pk, **who, at=now())
        elif verb == "decline":
            form = ReasonForm(request.POST)
            if not form.is_valid():
                messages.error(request, _errors(form))
                return back
            workorders.decline(found.pk, reason=form.cleaned_data["reason"], **who, at=now())
            if token:
                # The link opens the order no more; whoever has just given it back is thanked, not refused.
                return render(request, "service/given_back.html", {"number": found.card.number})
        elif verb == "set-out":
            workorders.set_out(found.pk, **who, at=now())
        elif verb == "arrive":
            workorders.arrive(found.pk, **who, at=now())
        elif verb == "report":
            return _report(request, found, template=template, back=back, token=token, who=who)
        else:
            raise Http404
    except LinkExpired:
        raise
    except Refusal as refusal:
        messages.error(request, said(refusal))
    return back


def _report(
    request: HttpRequest, found: Any, *, template: str, back: HttpResponse, token: str, who: dict[str, Any]
) -> HttpResponse:
    """Take the proofs in first, then the report: what is wrong with a photo is said before anything is changed."""
    form = ReportForm(request.POST)
    sent = uploads.take(request, purpose="proof", most=MOST_FILES, by=who["by"], at=now())
    for refusal in sent.refusals:
        form.add_error("files", said(refusal))
    if form.is_valid():
        told = form.cleaned_data
        try:
            workorders.report_done(
                found.pk,
                outcome=Outcome(told["outcome"]),
                reason_code=told["reason_code"],
                text=told["text"],
                proofs=[(file_id, told["shows"] or "after") for file_id in sent.ids],
                key=told["key"] or None,
                **who,
                at=now(),
            )
        except Refusal as refusal:
            form.add_error(None, said(refusal))
        else:
            sent.forget_unused([proof.file_id for proof in queries.proofs(found.card_id)])
            messages.success(request, _("The report is in. Thank you."))
            return back
    return _order_page(request, found, template=template, form=form, sent=sent, token=token, status=422)


def _errors(form: Form) -> str:
    return " ".join(str(error) for errors in form.errors.values() for error in errors)
