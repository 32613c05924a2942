"""What a city's past requests say of it: its bodies, topics and districts, and who usually gets what."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from komek.desks.console.replay.recount import P90, percentile
from komek.desks.console.replay.requests import Request

HOURS_A_WORKING_DAY = 24 * 7 / 5
LONGEST_NORM = 60
SECOND_LINE = "L2"
FIRST_LINE = "SELF"


@dataclass(frozen=True)
class Topic:
    """One reason of the portal's classifier."""

    code: str
    name: str
    group_code: str
    group: str


@dataclass
class Past:
    """The bodies that got each reason, by district and over all, and how long it took."""

    bodies: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    of_reason: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    of_district: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    hours: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    of_all: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Rule:
    """A reason, a district or neither; the body that usually gets it, how often, and the promised time."""

    reason: str
    district: str
    body: str
    seen: int
    share: float
    norm: str


def learn(requests: Iterable[Request], *, until: datetime) -> Past:
    """Gather what was created before a moment: later rows are kept unseen, to be foretold."""
    past = Past()
    for request in requests:
        if request.created_at >= until:
            continue
        if request.closed_at is not None:
            past.hours[request.reason].append((request.closed_at - request.created_at).total_seconds() / 3600)
        if request.body:
            past.bodies[request.reason, request.district][request.body] += 1
            past.of_reason[request.reason][request.body] += 1
            past.of_district[request.district][request.body] += 1
            past.of_all[request.body] += 1
    return past


def rules(past: Past) -> list[Rule]:
    """For a reason in a district the body that most often got it; else the reason's, else the district's.

    A district that does as the whole city does needs no rule of its own.
    """
    every_hour = [hour for hours in past.hours.values() for hour in hours]
    usual = {reason: most(bodies) for reason, bodies in past.of_reason.items()}
    found = [
        _rule(reason, district, bodies, norm(past.hours.get(reason) or every_hour))
        for (reason, district), bodies in sorted(past.bodies.items())
        if most(bodies) != usual[reason]
    ]
    found += [
        _rule(reason, "", bodies, norm(past.hours.get(reason) or every_hour))
        for reason, bodies in sorted(past.of_reason.items())
    ]
    found += [_rule("", district, bodies, norm(every_hour)) for district, bodies in sorted(past.of_district.items())]
    return found


def foretold(past: Past, *, reason: str, district: str) -> str:
    """Whom the rules would name; empty when they have never seen the like."""
    for bodies in (past.bodies.get((reason, district)), past.of_reason.get(reason), past.of_district.get(district)):
        if bodies:
            return most(bodies)
    return ""


def most(bodies: Counter[str]) -> str:
    """The most frequent, and of equals the first by name, so that every run says the same."""
    return min(bodies, key=lambda body: (-bodies[body], body))


def norm(hours: Iterable[float]) -> str:
    """The time within which nine of ten were closed, in working days: what the city could have promised and kept."""
    nine_of_ten = percentile(hours, P90)
    if nine_of_ten is None:
        return "15wd"
    return f"{min(LONGEST_NORM, max(1, math.ceil(nine_of_ten / HOURS_A_WORKING_DAY)))}wd"


def topics(rows: Iterable[tuple[str, str, str, str]]) -> list[Topic]:
    """The reasons as topics in groups, from (reason id, reason, category id, category) of every row.

    One name may have several ids; its code is of the lowest. A reason of several categories is in its commonest.
    """
    ids: dict[str, int] = {}
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    group_ids: dict[str, int] = {}
    for reason_id, reason, category_id, category in rows:
        ids[reason] = min(ids.get(reason, int(reason_id)), int(reason_id))
        groups[reason][category] += 1
        group_ids[category] = min(group_ids.get(category, int(category_id)), int(category_id))
    found = []
    for reason, number in sorted(ids.items(), key=lambda one: one[1]):
        group = most(groups[reason])
        group_code = f"C{group_ids[group]:02d}"
        found.append(Topic(f"{group_code}-{number:03d}", reason, group_code, group))
    return found


def codes(names: Iterable[str], prefix: str) -> dict[str, str]:
    """A code for each name, in the order of the names."""
    ordered = sorted(set(names) - {""})
    width = len(str(len(ordered)))
    return {name: f"{prefix}{number:0{width}d}" for number, name in enumerate(ordered, 1)}


def _rule(reason: str, district: str, bodies: Counter[str], promised: str) -> Rule:
    body = most(bodies)
    seen = bodies.total()
    return Rule(reason, district, body, seen, bodies[body] / seen, promised)
