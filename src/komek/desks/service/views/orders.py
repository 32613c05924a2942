"""An order with the whole of what a crew needs, what may be done with it, and the links of its foremen."""

import secrets
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

import qrcode
from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from qrcode.image.svg import SvgPathImage

from komek.desks.service.forms import MOST_FILES, LinkForm, ReasonForm, ReportForm
from komek.platform.clock import now
from komek.refusal import Refusal
from komek.registers.residents import queries as residents
from komek.registers.staff.rules import Right
from komek.rooms.channels import queries as channels
from komek.rooms.channels.rules import TextEmpty
from komek.rooms.knowledge import queries as knowledge
from komek.rooms.workorders import actions as workorders
from komek.rooms.workorders import queries
from komek.rooms.workorders.rules import GONE, OPEN, ForemanNeeded, LinkExpired, NotYourOrder, Outcome
from komek.ui import files as links
from komek.ui import presence, uploads
from komek.ui.refusals import said
from komek.ui.regions import Region, page
from komek.ui.rights import me, needs

own_service = needs(Right.WORK_ORDERS_OF_OWN_SERVICE)
VERBS = ("accept", "decline", "set-out", "arrive")


@own_service
@require_GET
def order(request: HttpRequest, order_id: int) -> HttpResponse:
    """One order with what is known about the place, its history and what may be done next."""
    return _page(request, queries.order_for(me(request), order_id))


@own_service
@require_POST
def act(request: HttpRequest, order_id: int, verb: str) -> HttpResponse:
    """Accept, decline, set out, arrive, report."""
    found = queries.order_for(me(request), order_id)
    back = redirect("service:order", order_id=order_id)
    if verb == "report":
        return _report(request, found, back=back)
    if lacks := lacking(verb, request):
        messages.error(request, lacks)
        return back
    try:
        do(verb, found, request, by=me(request), at=now())
    except Refusal as refusal:
        messages.error(request, said(refusal))
    return back


@own_service
@require_POST
def link(request: HttpRequest, order_id: int) -> HttpResponse:
    """Make a link for a foreman; it stands on the order's page and can be sent by any messenger."""
    found = queries.order_for(me(request), order_id)
    form = LinkForm(request.POST)
    if not form.is_valid():
        messages.error(request, errors_of(form))
        return redirect("service:order", order_id=order_id)
    name = form.cleaned_data["foreman"]
    try:
        workorders.link(found.pk, foreman=name, by=me(request), at=now())
    except TextEmpty:
        messages.error(request, said(ForemanNeeded()))
    except LinkExpired:
        messages.error(request, _("This order is not with your service any more."))
    else:
        messages.success(request, _("The link for %(name)s is ready.") % {"name": name})
    return redirect(reverse("service:order", args=[order_id]) + "#links")


@own_service
@require_POST
def revoke(request: HttpRequest, order_id: int) -> HttpResponse:
    """A link went to the wrong person: none of the links to this order opens it any more."""
    found = queries.order_for(me(request), order_id)
    workorders.revoke_links(found.pk, by=me(request), at=now())
    messages.success(request, _("The links to this order open nothing any more."))
    return redirect("service:order", order_id=order_id)


@needs(Right.CALL_RESIDENTS)
@require_POST
def phone(request: HttpRequest, order_id: int) -> HttpResponse:
    """The telephone of whoever asked for the work, for one look that is written down: a crew stands before a door."""
    found = queries.order_for(me(request), order_id)
    if found.status in GONE:
        raise NotYourOrder(order_id)
    numbers: list[str] = []
    if found.card.resident_id:
        known = residents.disclose(found.card.resident_id, by=me(request).pk, purpose=f"order {found.pk}")
        numbers = [value for kind, value in known.handles if kind == "phone"]
    return _page(request, found, phones=numbers)


def do(verb: str, found: Any, request: HttpRequest, **who: Any) -> None:
    """One of the verbs without files; raises what the room refuses."""
    if verb == "accept":
        workorders.accept(found.pk, **who)
    elif verb == "set-out":
        workorders.set_out(found.pk, **who)
    elif verb == "arrive":
        workorders.arrive(found.pk, **who)
    elif verb == "decline":
        workorders.decline(found.pk, reason=request.POST.get("reason", ""), **who)
    else:
        raise Http404


def lacking(verb: str, request: HttpRequest) -> str:
    """What somebody who gives an order back has to write first; nothing when it is there."""
    form = ReasonForm(request.POST)
    return "" if verb != "decline" or form.is_valid() else errors_of(form)


def errors_of(form: Form) -> str:
    """Everything that is wrong with a form, as one sentence after the other."""
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


class Seen:
    """What one look at an order reads: each thing once, and only when a region of the page shows it."""

    def __init__(self, found: Any) -> None:
        self.order = found
        self.card = found.card

    @cached_property
    def history(self) -> list[Any]:
        return queries.story(self.order.pk)

    def place(self) -> dict[str, Any]:
        """What it is, where, and why it came back."""
        said_so_far = channels.said(self.card.conversation_id) if self.card.conversation_id else []
        return {
            "order": self.order,
            "card": self.card,
            "attached": [links.shown(one.file) for message in said_so_far for one in message.files],
            "came_back": next((one for one in reversed(self.history) if one.verb == "returned"), None),
        }

    def story(self) -> dict[str, Any]:
        """What is going on there today, and what was done so far."""
        reports, district = queries.reports(self.order.pk), self.card.district_code
        return {
            "order": self.order,
            "history": self.history,
            # What concerns the whole city every crew has heard already.
            "bulletins": [one for one in knowledge.bulletins(now(), district or None) if one.districts],
            "reports": reports,
            "files": {proof.pk: links.link(proof.file_id) for report in reports for proof in report.proofs.all()},
        }


def begun_report(form: ReportForm | None) -> ReportForm:
    """The form as it was sent, or an empty one that counts once."""
    return form or ReportForm(initial={"key": secrets.token_hex(8), "outcome": Outcome.DONE, "shows": "after"})


def _page(
    request: HttpRequest,
    found: Any,
    *,
    form: ReportForm | None = None,
    sent: uploads.Uploads | None = None,
    phones: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    agent, at, seen = me(request), now(), Seen(found)
    region = Region(
        "order",
        "service/order.html",
        (f"order:{found.pk}", f"orders-of:{found.card_id}"),
        lambda: seen.place() | seen.story() | {"verbs": _verbs(found.pk)},
    )
    here, others = presence.of_card(found.card_id, agent, "service")
    report = begun_report(form)
    return page(
        request,
        "service/order_page.html",
        [others, region],
        status=status,
        here=here,
        address=reverse("service:order", args=[found.pk]),
        order=found,
        center=f"{found.card.lat},{found.card.lon}",
        kind="overdue" if found.ended_at is None and found.due_at and found.due_at < at else "open",
        report=report,
        report_url=reverse("service:act", args=[found.pk, "report"]),
        # What was typed stays on the page even when the order has gone meanwhile.
        may_report=found.status in OPEN or report.is_bound,
        may_link=found.status not in GONE,
        may_call=agent.may(Right.CALL_RESIDENTS) and found.card.resident_id is not None and found.status not in GONE,
        phones=phones,
        uploads=sent or uploads.Uploads("proof"),
        around=lambda: {"links": _links(found, at)},
        link_form=LinkForm(),
    )


def _report(request: HttpRequest, found: Any, *, back: HttpResponse) -> HttpResponse:
    """Take the proofs in first, then the report: what is wrong with a photo is said before anything is changed."""
    form, by = ReportForm(request.POST), me(request)
    sent = uploads.take(request, purpose="proof", most=MOST_FILES, by=by, at=now())
    for refusal in sent.refusals:
        form.add_error("files", said(refusal))
    if form.is_valid():
        try:
            workorders.report_done(found.pk, **form.report([*sent.ids]), by=by, at=now())
        except Refusal as refusal:
            form.add_error(None, said(refusal))
        else:
            sent.forget_unused([proof.file_id for proof in queries.proofs(found.card_id)])
            messages.success(request, _("The report is in. Thank you."))
            return back
    return _page(request, found, form=form, sent=sent, status=422)


def _verbs(order_id: int) -> dict[str, str]:
    return {verb: reverse("service:act", args=[order_id, verb]) for verb in VERBS}


def _links(found: Any, at: datetime) -> list[dict[str, Any]]:
    given = [(one, _address(one.token)) for one in workorders.links_of(found, at=at)]
    return [{"link": one, "address": address, "square": _square(address)} for one, address in given]


def _address(token: str) -> str:
    return str(settings.PUBLIC_URL) + reverse("service:foreman", args=[token])


@lru_cache(maxsize=200)
def _square(address: str) -> SafeString:
    """The link as a square for the camera of another telephone: drawn here, no address leaves the house."""
    drawn = qrcode.make(address, image_factory=SvgPathImage, border=2, error_correction=qrcode.ERROR_CORRECT_L)
    return SafeString(drawn.to_string(encoding="unicode"))
