"""What the rules say of a card: the published rules, the card as they see it, and the decision."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter

from komek.platform.remembered import Remembered, rows_version
from komek.registers.calendar import queries as calendar
from komek.registers.calendar.rules import WorkingCalendar
from komek.registers.catalog.models import Topic
from komek.registers.places import queries as places
from komek.registers.places.models import District, HouseService
from komek.registers.staff import queries as staff
from komek.registers.staff.models import Service
from komek.registers.staff.rules import Kind
from komek.rooms.cards.models import Card
from komek.rooms.routing import rules
from komek.rooms.routing.models import Rule, RuleSet


@dataclass(frozen=True)
class RuleBook:
    """A published rule set as values."""

    id: int
    version: int
    lines: tuple[rules.RuleLine, ...]
    _met: dict[tuple[str, str], tuple[rules.RuleLine, ...]] = field(default_factory=dict, compare=False, repr=False)

    def lines_for(self, topic: Topic | None) -> tuple[rules.RuleLine, ...]:
        """The few lines that a card of this topic can meet, in their order; all when none of them is about it."""
        if topic is None:
            return self.lines
        # An earlier edition of the catalog may have had it in another group.
        about = topic.code, topic.group_code
        if about not in self._met:
            self._met[about] = tuple(line for line in self.lines if rules.is_about(line.topic, *about)) or self.lines
        return self._met[about]


@dataclass(frozen=True)
class Subject:
    """What is to be routed: a card, or something that may become one."""

    topic: Topic | None
    topic_code: str
    district_code: str
    house_id: int | None
    appeal: bool = False


def _newest_rules() -> RuleBook | None:
    newest = RuleSet.objects.order_by("-version").first()
    if newest is None:
        return None
    lines = tuple(_line(rule) for rule in Rule.objects.filter(rule_set=newest).order_by("position"))
    return RuleBook(newest.id, newest.version, lines)


# The rules in force, remembered while nothing new is published.
rule_book = Remembered("routing.rules", version=rows_version("routing_ruleset"), load=_newest_rules)


def subject(card: Card) -> Subject:
    """The card as routing sees it."""
    return Subject(card.topic, card.topic_code, card.district_code, card.house_id, appeal=card.kind == "appeal")


def decision(about: Subject, book: RuleBook | None, *, at: datetime) -> rules.Decision:
    """Where this goes now, by at most five queries."""
    lines = book.lines_for(about.topic) if book else ()
    seen = _situation(
        about,
        duties=places.serving(about.house_id) if about.house_id else {},
        working=is_working(calendar.working_calendar(), at),
    )
    line = rules.first_fit(lines, seen)
    if line and rules.AKIM in line.services and about.district_code:
        seen = replace(seen, akimat=_akimats([about.district_code]).get(about.district_code, ""))
    codes = rules.may_mean(lines, seen)
    working, own = working_services(codes) if codes else (frozenset(), frozenset())
    return rules.decide(lines, seen, working=working, own=own)


def decisions(cards: Sequence[Card], books: Iterable[Iterable[rules.RuleLine]]) -> list[list[rules.Decision]]:
    """What each of several rule books says of each card, at the time it was registered; four queries for all."""
    clock = calendar.working_calendar()
    working, own = working_services()
    akimats = _akimats(list(District.objects.values_list("code", flat=True)))
    duties: dict[int, dict[str, str]] = {}
    houses = [card.house_id for card in cards if card.house_id]
    for house_id, duty, service in HouseService.objects.filter(house_id__in=houses).values_list(
        "house_id", "duty", "service_code"
    ):
        duties.setdefault(house_id, {})[duty] = service
    seen = [
        _situation(
            subject(card),
            duties=duties.get(card.house_id or 0, {}),
            working=is_working(clock, card.registered_at or card.received_at),
            akimat=akimats.get(card.district_code, ""),
        )
        for card in cards
    ]
    return [[rules.decide(lines, one, working=working, own=own) for one in seen] for lines in map(tuple, books)]


def promised(about: Subject, line: rules.RuleLine | None) -> tuple[str, str]:
    """Priority and norm: as the rule says, else as the topic says, else three working days."""
    priority = (line and line.priority) or (about.topic and about.topic.priority) or rules.DEFAULT_PRIORITY
    norm = (line and line.norm) or (about.topic and about.topic.norm) or rules.DEFAULT_NORM
    return priority, norm


def is_working(clock: WorkingCalendar, at: datetime) -> bool:
    """Whether the city is at work at this moment."""
    day = at.astimezone(clock.zone).date()
    return any(opens <= at < closes for opens, closes in clock.spans_on(day))


def working_services(codes: Iterable[str] | None = None) -> tuple[frozenset[str], frozenset[str]]:
    """The services that take cards, and those that are the centre's own; of these codes, or all."""
    wanted = None if codes is None else set(codes)
    kinds = {
        service.code: service.kind
        for service in staff.services(wanted).values()
        if service.active and (wanted is None or service.code in wanted)
    }
    own = frozenset(code for code, kind in kinds.items() if kind == Kind.SELF)
    return frozenset(kinds) - own, own


def known() -> rules.Known:
    """The words that rules may use now."""
    topics = Topic.objects.filter(active=True).order_by()
    return rules.Known(
        topics=frozenset(topics.values_list("code", flat=True).distinct()),
        groups=frozenset(topics.values_list("group_code", flat=True).distinct()),
        districts=frozenset(District.objects.values_list("code", flat=True)),
        services=frozenset(Service.objects.filter(active=True).values_list("code", flat=True)),
        duties=frozenset(HouseService.objects.values_list("duty", flat=True).order_by().distinct()),
    )


def _situation(about: Subject, *, duties: dict[str, str], working: bool, akimat: str = "") -> rules.Situation:
    return rules.Situation(
        topic_code=about.topic_code,
        group_code=about.topic.group_code if about.topic else "",
        district_code=about.district_code,
        duties=duties,
        akimat=akimat,
        working=working,
    )


def _akimats(districts: Iterable[str]) -> dict[str, str]:
    """The akimat of each district; where there are several, the first by its code."""
    wanted = set(districts)
    found = [
        service
        for service in staff.services().values()
        if service.kind == Kind.AKIMAT and service.active and service.district_code in wanted
    ]
    return {service.district_code: service.code for service in sorted(found, key=attrgetter("code"), reverse=True)}


def _line(rule: Rule) -> rules.RuleLine:
    return rules.RuleLine(
        position=rule.position,
        topic=rule.topic,
        district=rule.district_code,
        house_duty=rule.house_duty,
        hours=rules.Hours(rule.hours),
        services=tuple(rule.services),
        priority=rule.priority,
        norm=rule.norm,
        note=rule.note,
        id=rule.id,
    )
