"""What would happen: a card that is being typed, and rules that are being written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from komek.registers.calendar import queries as calendar
from komek.registers.catalog.models import Topic
from komek.registers.places.rules import Place
from komek.registers.staff.models import Service
from komek.rooms.cards.models import Card
from komek.rooms.routing import rules
from komek.rooms.routing.queries.deciding import Subject, decision, decisions, known, promised, rule_book


@dataclass(frozen=True)
class Preview:
    """Who would get a card and by when; no services means the second line."""

    services: tuple[Service, ...]
    priority: str
    norm: str
    due_at: datetime | None
    why: tuple[rules.Why, ...]


@dataclass(frozen=True)
class Moved:
    """A card that the new rules would send elsewhere; no services means the second line."""

    card_id: int
    number: str
    topic_code: str
    was: tuple[str, ...]
    now: tuple[str, ...]
    line: int | None


@dataclass(frozen=True)
class DryRun:
    """What a rule set would change, seen on the newest cards; with errors nothing was tried."""

    looked_at: int = 0
    moved: list[Moved] = field(default_factory=list)
    to_second_line: int = 0
    errors: list[rules.BrokenRule] = field(default_factory=list)


def preview(*, topic: Topic | None, place: Place | None, at: datetime) -> Preview:
    """Who would get it and by when, for the operator who is still typing."""
    about = Subject(
        topic=topic,
        topic_code=topic.code if topic else "",
        district_code=place.district_code if place else "",
        house_id=place.house_id if place else None,
    )
    found = decision(about, rule_book(), at=at)
    priority, norm = promised(about, found.line)
    services = {service.code: service for service in Service.objects.filter(code__in=found.services)}
    return Preview(
        services=tuple(services[code] for code in found.services if code in services),
        priority=priority,
        norm=norm,
        due_at=rules.due_at(at, rules.norm_of(norm, priority), calendar.working_calendar()),
        why=found.why,
    )


def dry_run(rows: Iterable[Mapping[str, str | None]], *, sample: int = 500) -> DryRun:
    """Try rules on the newest cards: which of them would go elsewhere than by the rules in force."""
    lines, errors = rules.read(rows, known())
    if errors:
        return DryRun(errors=errors)
    book = rule_book()
    cards = list(
        Card.objects.filter(registered_at__isnull=False, kind__in=("request", "appeal"))
        .select_related("topic")
        .order_by("-id")[:sample]
    )
    before, after = decisions(cards, [book.lines if book else (), lines])
    moved = [
        Moved(
            card.id, card.number, card.topic_code, was.services, now.services, now.line.position if now.line else None
        )
        for card, was, now in zip(cards, before, after, strict=True)
        if set(was.services) != set(now.services)
    ]
    return DryRun(len(cards), moved, sum(not now.services for now in after))
