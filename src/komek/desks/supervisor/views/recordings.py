"""What was recorded and what was not, who has heard it, who pauses, and for how long it is kept."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from komek.platform.clock import now
from komek.refusal import Refusal
from komek.registers.staff import queries as staff
from komek.registers.staff.rules import Right
from komek.rooms.recordings import actions, queries
from komek.rooms.recordings.rules import USUAL_DAYS, Class, merged
from komek.ui.refusals import said
from komek.ui.rights import me, needs

REPORTED = timedelta(days=30)
PARTS = ("recordings", "findings", "listenings", "pauses", "keeping")
hearers = needs(Right.HEAR_CALLS, Right.HEAR_CALLS_BY_REASON)


@hearers
@require_GET
def recordings(request: HttpRequest) -> HttpResponse:
    """One page in parts: each is a short list."""
    asked = request.GET.get("part", "")
    part = asked if asked in PARTS else PARTS[0]
    before = request.GET.get("before", "")
    told = {"part": part, "parts": PARTS, "missing": queries.unrecorded(at=now()), "head": queries.head()}
    return render(
        request, "supervisor/recordings.html", {**told, **_part(part, int(before) if before.isdecimal() else None)}
    )


@hearers
@require_GET
def recording(request: HttpRequest, recording_id: int) -> HttpResponse:
    """One recording: its player, who has heard it, and whether it may be deleted."""
    found = queries.recording(recording_id)
    ground = queries.ground(found, by=me(request), at=now())
    if ground is None:
        return redirect("supervisor:recordings")
    shown = {
        "playable": queries.Playable(found, ground, queries.has_sound(found)),
        "listenings": _listenings(queries.listenings(recording_id=recording_id)),
        "classes": sorted(queries.classes_of(found)),
        "agents": _names([found]),
    }
    return render(request, "supervisor/recording.html", shown)


@needs(Right.HOLD_RECORDINGS)
@require_POST
def hold(request: HttpRequest, recording_id: int) -> HttpResponse:
    """Let nobody delete it, or let its class decide again."""
    because, by, at = request.POST.get("because"), me(request), now()
    try:
        if because is None:
            actions.release(recording_id, by=by, at=at)
        else:
            actions.hold(recording_id, because=because, by=by, at=at)
    except Refusal as refusal:
        messages.error(request, said(refusal))
    return redirect("supervisor:recording", recording_id)


@needs(Right.SET_RETENTION)
@require_POST
def retention(request: HttpRequest) -> HttpResponse:
    """For how many days a class is kept."""
    days, kept_as = request.POST.get("days", ""), request.POST.get("kept_as", "")
    if kept_as in set(Class):
        try:
            number = int(days) if days.isdecimal() else 0
            actions.set_retention(Class(kept_as), days=number, by=me(request), at=now())
        except Refusal as refusal:
            messages.error(request, said(refusal))
        else:
            messages.success(request, _("Recordings are kept accordingly from the next night on."))
    return redirect("/supervisor/recordings/?part=keeping")


def _part(part: str, before: int | None) -> dict[str, Any]:
    if part == "listenings":
        return {"listenings": _listenings(queries.listenings(before=before))}
    if part == "pauses":
        since = now() - REPORTED
        return {"by_agent": queries.pauses_by_agent(since=since), "pauses": queries.pauses(since=since)}
    if part == "keeping":
        days = queries.days()
        return {"days": [(one.value, days[one], USUAL_DAYS[one]) for one in Class], "held": queries.held()}
    found = queries.lately(before=before, with_findings=part == "findings")
    return {"rows": found, "agents": _names(found)}


def _names(found: Any) -> dict[int, str]:
    return staff.names_of({agent for one in found for agent in one.agent_ids})


def _listenings(found: Any) -> list[tuple[Any, float]]:
    """Each with how many seconds of it were heard."""
    return [
        (one, sum(until - since for since, until in merged((s.since, s.until) for s in one.stretches.all())) / 1000)
        for one in found
    ]
