"""The page of one card: its story, its proof, who else looks at it, and what may be decided."""

import json
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from komek.desks.controller import story
from komek.desks.controller.correcting import Conflict, written
from komek.desks.controller.forms import OUTCOMES, REASONS, ExtendForm
from komek.desks.controller.views.screen import second_line
from komek.platform.clock import now
from komek.platform.live import Since
from komek.registers.catalog import queries as catalog
from komek.registers.residents import queries as residents
from komek.registers.staff import queries as staff
from komek.rooms.cards import queries as card_queries
from komek.rooms.cards.rules import FINAL, Outcome
from komek.rooms.channels import queries as channels
from komek.rooms.control import queries
from komek.rooms.feedback import queries as feedback
from komek.rooms.routing import queries as routing_queries
from komek.rooms.workorders import queries as order_queries
from komek.ui import files as links
from komek.ui import presence
from komek.ui.regions import Region, began, page
from komek.ui.rights import me

AS_REPORTED = {"done": Outcome.DONE, "partly": Outcome.PARTLY, "not_done": Outcome.EXPLAINED}
# The picture of the clock is so many units wide.
WIDE = 1000


@second_line
@require_GET
def card(request: HttpRequest, number: str) -> HttpResponse:
    """One card: the story, the proof, and what may be decided."""
    since = began(request)
    return card_page(request, card_queries.by_number(number), since=since)


def card_page(
    request: HttpRequest,
    found: Any,
    *,
    since: Since | None,
    typed: dict[str, Any] | None = None,
    conflict: Conflict | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page as it stands; after a refusal with what was typed, after a conflict with both versions."""
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
            "extend": ExtendForm(typed["extend"]) if typed and "extend" in typed else None,
            "marks": place_marks(found),
            "written": written(found),
            "correct": (typed or {}).get("correct") or written(found),
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
            "outcomes": OUTCOMES,
            "reasons": REASONS,
            "escalations": [one for one in self.escalations if one.resolved_at is None],
        }

    def proofs(self) -> dict[str, Any]:
        """What the resident has shown and what the services have, side by side."""
        shown = order_queries.proofs(self.card.pk) if self.reports else []
        return {
            "before": [
                *(_shot(one.file, "resident") for one in _sent(self.messages)),
                *(_shot(one.file, one.shows) for one in shown if one.shows == "before"),
            ],
            "after": [_shot(one.file, one.shows) for one in shown if one.shows != "before"],
            "reports": self.reports,
            "names": {
                code: one.name()
                for code, one in staff.services({one.order.service_code for one in self.reports}).items()
            },
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
    return AS_REPORTED.get(reports[-1].outcome, Outcome.DONE).value if reports else Outcome.DONE.value


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
    return [one for message in said_so_far if message.direction == "in" for one in message.files]


def _shot(file: Any, shows: str) -> dict[str, str]:
    return {**links.shown(file), "shows": shows}
