"""The order on a foreman's telephone: no account, no training, and often no network.

Whoever holds the link is the foreman: there is no cookie that another page could misuse, so nothing here asks for the token
of a form, which would only get lost on the way. Every action has a key and the time it was done, and counts once.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from komek.desks.service.forms import MOST_FILES, ReportForm
from komek.desks.service.views.orders import Seen, begun_report, do, errors_of, lacking
from komek.platform import idempotency, limits, pieces
from komek.platform.clock import now
from komek.platform.idempotency import Answer
from komek.refusal import Refusal
from komek.rooms.workorders import actions as workorders
from komek.rooms.workorders import queries
from komek.rooms.workorders.rules import (
    NOT_DONE,
    WITHOUT_PROOF,
    ForbiddenMove,
    LinkExpired,
    Status,
    UnknownProof,
    believed,
    is_as_far,
)
from komek.ui import uploads
from komek.ui.refusals import said
from komek.ui.regions import Region, page

REACHES = {"accept": Status.ACCEPTED, "set-out": Status.ON_THE_WAY, "arrive": Status.ON_SITE}
VERBS = (*REACHES, "decline", "report")
# Of one link, whoever holds it; and of one address that tries links which open nothing.
ACTIONS_PER_MINUTE, TRIES_PER_MINUTE = 60, 30


@require_GET
def foreman(request: HttpRequest, token: str) -> HttpResponse:
    """The order, one step at a time."""
    return _page(request, opened(request, token), token)


@csrf_exempt
@require_POST
def foreman_act(request: HttpRequest, token: str, verb: str) -> HttpResponse:
    """One step: sent by a form at once, or by the telephone's queue when there is a network again."""
    if verb not in VERBS:
        raise Http404
    key = request.POST.get("key", "")[: pieces.LONGEST_KEY].replace("\0", "")
    if key and (answer := _answered(token, verb, key)):
        return _told(request, token, answer)
    found = opened(request, token)
    limits.take(f"foreman:{found.pk}", per_minute=ACTIONS_PER_MINUTE, burst=ACTIONS_PER_MINUTE, at=now())
    who = {"foreman": workorders.foreman_of(token), "at": _done_at(request, found)}
    if verb == "report":
        return _report(request, found, token, who)
    if lacks := lacking(verb, request):
        if _is_queue(request):
            return JsonResponse({"code": "reason_needed", "detail": lacks}, status=422)
        messages.error(request, lacks)
        return redirect("service:foreman", token=token)
    try:
        answer = idempotency.once(
            _owner(found.pk),
            keys=[key] if key else [],
            digest=idempotency.digest(verb),
            at=now(),
            do=lambda: _step(request, found, verb, who),
        )
    except LinkExpired:
        raise
    except Refusal as refusal:
        if _is_queue(request):
            raise
        messages.error(request, said(refusal))
        return redirect("service:foreman", token=token)
    return _told(request, token, answer)


@require_GET
def foreman_home(request: HttpRequest) -> HttpResponse:
    """The orders that this telephone was given, as it remembers them; we are not told which."""
    return render(request, "service/foreman_home.html")


@require_GET
def foreman_app(request: HttpRequest) -> HttpResponse:
    """What a telephone needs to keep the page among its applications."""
    here = reverse("service:foreman_home")
    told = {
        "id": here,
        "start_url": here,
        "scope": here,
        "name": _("Komek: my orders"),
        "short_name": _("My orders"),
        "lang": get_language(),
        "display": "standalone",
        "background_color": "#f4f6f4",
        "theme_color": "#0a6a55",
        "icons": [{"src": static("ui/icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
    }
    return JsonResponse(told, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


@require_GET
def foreman_worker(request: HttpRequest) -> HttpResponse:
    """The script that opens the page without a network; it stands where it may, below the foreman's addresses alone."""
    path = finders.find("service/worker.js")
    assert path, "our own static files are installed with us"
    response = HttpResponse(Path(path).read_bytes(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "private, no-cache"
    return response


def opened(request: HttpRequest, token: str) -> Any:
    """The order that a link opens; whoever tries links that open nothing is slowed down."""
    try:
        return workorders.by_link(token, at=now())
    except LinkExpired:
        tried = f"links:{request.META.get('REMOTE_ADDR')}"
        limits.take(tried, per_minute=TRIES_PER_MINUTE, burst=TRIES_PER_MINUTE, at=now())
        raise


def _owner(order_id: int) -> str:
    return f"order:{order_id}"


def _answered(token: str, verb: str, key: str) -> Answer | None:
    """What was answered to this step before, also when the link opens nothing since."""
    order_id = workorders.order_of(token)
    if verb == "report":
        return Answer(200, {"status": Status.DONE}) if queries.is_reported(order_id, key) else None
    return idempotency.known(_owner(order_id), keys=[key], digest=idempotency.digest(verb))


def _step(request: HttpRequest, found: Any, verb: str, who: dict[str, Any]) -> Answer:
    try:
        do(verb, found, request, **who)
    except ForbiddenMove:
        # Of a step that somebody else was quicker with, nothing is left to do.
        if not (_is_queue(request) and verb in REACHES and is_as_far(queries.order(found.pk).status, REACHES[verb])):
            raise
    return Answer(200, {"status": Status.DECLINED if verb == "decline" else REACHES[verb]})


def _told(request: HttpRequest, token: str, answer: Answer) -> HttpResponse:
    if _is_queue(request):
        return JsonResponse(answer.body, status=answer.status)
    if answer.body["status"] == Status.DECLINED:
        # The link opens the order no more; whoever has just given it back is thanked, not refused.
        number = queries.order(workorders.order_of(token)).card.number
        return render(request, "service/given_back.html", {"number": number})
    return redirect("service:foreman", token=token)


def _report(request: HttpRequest, found: Any, token: str, who: dict[str, Any]) -> HttpResponse:
    """Take the proofs in first, then the report; files that came in pieces before are named by their keys."""
    form, at = ReportForm(request.POST), now()
    sent = uploads.take(request, purpose="proof", most=MOST_FILES, by=None, at=at)
    for refusal in sent.refusals:
        form.add_error("files", said(refusal))
    named = dict(one.partition(":")[::2] for one in request.POST.getlist("upload"))
    arrived = pieces.whole(owner=_owner(found.pk), keys=named)
    if len(arrived) != len(named):
        form.add_error(None, said(UnknownProof()))
    if form.is_valid():
        by_pieces = [(arrived[key].pk, shows or "after") for key, shows in named.items()]
        try:
            workorders.report_done(found.pk, **form.report(sent.ids, by_pieces), **who)
        except Refusal as refusal:
            form.add_error(None, said(refusal))
        else:
            sent.forget_unused([proof.file_id for proof in queries.proofs(found.card_id)])
            if not _is_queue(request):
                messages.success(request, _("The report is in. Thank you."))
            return _told(request, token, Answer(200, {"status": Status.DONE}))
    if _is_queue(request):
        return JsonResponse({"code": "report_refused", "detail": errors_of(form)}, status=422)
    return _page(request, found, token, form=form, sent=sent, status=422)


def _page(
    request: HttpRequest,
    found: Any,
    token: str,
    *,
    form: ReportForm | None = None,
    sent: uploads.Uploads | None = None,
    status: int = 200,
) -> HttpResponse:
    topics = (f"order:{found.pk}", f"orders-of:{found.card_id}")
    seen = Seen(found)
    regions = [
        Region("order", "service/foreman_order.html", topics, seen.place),
        Region("rest", "service/foreman_rest.html", topics, seen.story),
    ]
    report = begun_report(form)
    return page(
        request,
        "service/foreman_page.html",
        regions,
        status=status,
        address=reverse("service:foreman", args=[token]),
        order=found,
        report=report,
        uploads=sent or uploads.Uploads("proof"),
        verbs={verb: reverse("service:foreman_act", args=[token, verb]) for verb in VERBS},
        pieces_url=reverse("service:upload", args=[token, "KEY"]).removesuffix("KEY/"),
        without_proof=WITHOUT_PROOF,
        not_done=NOT_DONE,
    )


def _done_at(request: HttpRequest, found: Any) -> datetime:
    """When the telephone says it was done, as far as that can be believed."""
    return believed(_moment(request.POST.get("at", "")), since=queries.known_until(found), at=now())


def _moment(text: str) -> datetime | None:
    try:
        told = datetime.fromisoformat(text[:40])
        return told.astimezone(UTC) if told.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _is_queue(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")
