"""Rule lines as plain values, read from a table with every broken line named."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from komek.refusal import Refusal
from komek.registers.calendar.rules import parse_norm
from komek.registers.catalog.rules import Priority
from komek.rooms.routing.rules.refusals import BrokenRule
from komek.rows import numbered

ANY = "*"
GROUP = "-*"
AKIM = "@akim"
COLUMNS = ("topic", "district", "house_duty", "hours", "services", "priority", "norm", "note")


class Hours(StrEnum):
    """When a line fits, by the working calendar of the city."""

    ALWAYS = "always"
    WORKING = "working"
    OFF = "off"


@dataclass(frozen=True)
class RuleLine:
    """When these fit, these services by this norm. An empty priority or norm is the topic's own."""

    position: int
    topic: str
    district: str
    house_duty: str
    hours: Hours
    services: tuple[str, ...]
    priority: str = ""
    norm: str = ""
    note: str = ""
    id: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Known:
    """The words a rule may use: what the registers hold at this moment."""

    topics: frozenset[str]
    groups: frozenset[str]
    districts: frozenset[str]
    services: frozenset[str]
    duties: frozenset[str]


def read(rows: Iterable[Mapping[str, str | None]], known: Known) -> tuple[list[RuleLine], list[BrokenRule]]:
    """The lines in their order, and every reason why some cannot be published."""
    lines: list[RuleLine] = []
    errors: list[BrokenRule] = []
    seen: dict[tuple[str, str, str, str], int] = {}
    positions: dict[int, int] = {}
    for at, row in numbered(rows):
        broken = list(_faults(at, row, known))
        position = _position(row, at)
        if position in positions:
            broken.append(
                BrokenRule(
                    at,
                    "order_repeated",
                    "The order %(order)s stands in line %(other)s too.",
                    "Number the lines so that each comes at its own place.",
                    order=position,
                    other=positions[position],
                )
            )
        positions.setdefault(position, at)
        key = (_topic(row), _district(row), row.get("house_duty", ""), row.get("hours", "") or Hours.ALWAYS)
        if key in seen:
            broken.append(
                BrokenRule(
                    at,
                    "never_reached",
                    "Line %(other)s asks for the same and comes first.",
                    "Remove one of the two lines.",
                    other=seen[key],
                )
            )
        seen.setdefault(key, at)
        errors += broken
        if not broken:
            lines.append(_line(row, position))
    return sorted(lines, key=lambda line: line.position), errors


def _line(row: dict[str, str], position: int) -> RuleLine:
    return RuleLine(
        position=position,
        topic=_topic(row),
        district=_district(row),
        house_duty=row.get("house_duty", ""),
        hours=Hours(row.get("hours", "") or Hours.ALWAYS),
        services=_services(row),
        priority=row.get("priority", ""),
        norm=row.get("norm", ""),
        note=row.get("note", ""),
    )


def _faults(at: int, row: dict[str, str], known: Known) -> Iterator[BrokenRule]:
    if not re.fullmatch(r"\d{0,9}", row.get("order", ""), re.ASCII):
        yield BrokenRule(
            at,
            "unreadable_order",
            "“%(order)s” is not an order.",
            "Write a whole number, or leave the column empty.",
            order=row["order"][:40],
        )
    yield from _unknown_words(at, row, known)
    services = _services(row)
    if not services:
        yield BrokenRule(at, "no_services", "No service is named.", "Name one, or several joined by +.")
    for service in services:
        yield from _unknown_service(at, service, known)
    if len(set(services)) != len(services):
        yield BrokenRule(at, "service_twice", "A service is named twice.", "Name each service once.")
    if row.get("priority") and row["priority"] not in set(Priority):
        yield BrokenRule(
            at,
            "unknown_priority",
            "“%(priority)s” is not a priority.",
            "Write critical, high, normal or low, or leave it empty for the topic's own.",
            priority=row["priority"][:40],
        )
    try:
        parse_norm(row.get("norm") or "now")
    except Refusal:
        yield BrokenRule(
            at,
            "unreadable_norm",
            "“%(norm)s” is not a norm.",
            "Write now, handover, 30m, 4h or 3wd, or leave it empty for the topic's own.",
            norm=row["norm"][:40],
        )


def _unknown_words(at: int, row: dict[str, str], known: Known) -> Iterator[BrokenRule]:
    topic, district, duty, hours = _topic(row), _district(row), row.get("house_duty", ""), row.get("hours", "")
    if not _topic_is_known(topic, known):
        yield BrokenRule(
            at,
            "unknown_topic",
            "There is no topic “%(topic)s”.",
            "Write the code of a topic, a group as WAT-*, or * for any.",
            topic=topic[:40],
        )
    if district != ANY and district not in known.districts:
        yield BrokenRule(
            at,
            "unknown_district",
            "There is no district “%(district)s”.",
            "Write the code of a district, or * for any.",
            district=district[:40],
        )
    if duty and duty not in known.duties:
        yield BrokenRule(
            at,
            "unknown_duty",
            "Nobody owes a house the duty “%(duty)s”.",
            "Load who serves which house first, or correct the word.",
            duty=duty[:40],
        )
    if hours and hours not in set(Hours):
        yield BrokenRule(
            at, "unknown_hours", "“%(hours)s” are no hours.", "Write always, working or off.", hours=hours[:40]
        )


def _unknown_service(at: int, service: str, known: Known) -> Iterator[BrokenRule]:
    if service == AKIM:
        return
    if service.startswith("@"):
        if service[1:] not in known.duties:
            yield BrokenRule(
                at,
                "unknown_duty",
                "Nobody owes a house the duty “%(duty)s”.",
                "Load who serves which house first, or correct the word.",
                duty=service[1:41],
            )
    elif service not in known.services:
        yield BrokenRule(
            at,
            "unknown_service",
            "There is no service “%(service)s”, or it takes no cards any more.",
            "Write the code of a service that works.",
            service=service[:40],
        )


def _topic_is_known(topic: str, known: Known) -> bool:
    if topic == ANY or topic in known.topics:
        return True
    if not topic.endswith(GROUP):
        return False
    group = topic.removesuffix(GROUP)
    return group in known.groups or any(code.startswith(f"{group}-") for code in known.topics)


def _topic(row: dict[str, str]) -> str:
    return row.get("topic", "") or ANY


def _district(row: dict[str, str]) -> str:
    return row.get("district", "") or ANY


def _services(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(code.strip() for code in row.get("services", "").split("+") if code.strip())


def _position(row: dict[str, str], at: int) -> int:
    order = row.get("order", "")
    return int(order) if order.isascii() and order.isdigit() else at
