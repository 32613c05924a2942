"""Whose a card is: the first line that fits, the services it means here, and why, as data for every language."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from komek.rooms.routing.rules.lines import AKIM, ANY, GROUP, Hours, RuleLine


class Cause(StrEnum):
    """Why a card came to the second line instead of a service."""

    NO_RULES = "no_rules"
    NO_RULE_FITS = "no_rule_fits"
    SERVICE_GONE = "service_gone"
    UNRESOLVED = "unresolved"
    SECOND_LINE = "second_line"
    NO_SERVICE_LEFT = "no_service_left"


# What went wrong with the rules themselves, and is to be mended by whoever keeps them.
LOUD = frozenset({Cause.NO_RULES, Cause.SERVICE_GONE, Cause.UNRESOLVED})


@dataclass(frozen=True)
class Situation:
    """A card as the rules see it: `duties` is who serves its house, `working` whether the city is at work now."""

    topic_code: str = ""
    group_code: str = ""
    district_code: str = ""
    duties: Mapping[str, str] = field(default_factory=dict)
    akimat: str = ""
    working: bool = True


@dataclass(frozen=True)
class Why:
    """One reason as data: a desk says it by `WHY_TEXTS[code]` in the reader's language."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        return {"code": self.code, "params": self.params}


@dataclass(frozen=True)
class Target:
    """One service that is to have the card; `asked` is the word of the rule that led to it."""

    service_code: str
    asked: str
    why: Why


@dataclass(frozen=True)
class Unresolved:
    """A word of the rule that means nobody here."""

    asked: str
    cause: Cause


@dataclass(frozen=True)
class Decision:
    """Where a card goes. Without targets it goes to the second line; with trouble the second line looks too."""

    line: RuleLine | None
    targets: tuple[Target, ...] = ()
    trouble: tuple[Unresolved, ...] = ()
    why: tuple[Why, ...] = ()

    @property
    def services(self) -> tuple[str, ...]:
        return tuple(target.service_code for target in self.targets)


WHY_TEXTS = {
    "rule": "rule %(line)s of version %(version)s",
    "topic": "by its topic",
    "group": "by the group of its topic",
    "any_topic": "any topic",
    "district": "the place is in the district %(district)s",
    "house_duty": "the house has somebody of its own for this: %(duty)s",
    "working": "it is working time",
    "off": "it is outside working time",
    "named": "the rule names the service",
    "of_house": "this service answers for the house: %(duty)s",
    "of_district": "this is the akimat of the district",
    "by_hand": "decided by a person",
    "redirected": "redirected from %(service)s",
}

# The duties most cities have; any other is said by the word of the city's own list.
DUTY_TEXTS = {
    "osi": "running the house",
    "lift": "lifts",
    "heat": "heating",
    "water": "water",
}


def decide(
    lines: Iterable[RuleLine], situation: Situation, *, working: Container[str], own: Container[str]
) -> Decision:
    """The first line that fits and whom it means, among the services that are working.

    A line that names a service of the centre's own says that the second line has to look.
    """
    lines = list(lines)
    if not lines:
        return Decision(None, trouble=(Unresolved("", Cause.NO_RULES),))
    line = first_fit(lines, situation)
    if line is None:
        return Decision(None, trouble=(Unresolved("", Cause.NO_RULE_FITS),))
    targets: dict[str, Target] = {}
    trouble: list[Unresolved] = []
    for asked in line.services:
        target = resolve(asked, situation)
        if target is None:
            trouble.append(Unresolved(asked, Cause.UNRESOLVED))
        elif target.service_code in own:
            trouble.append(Unresolved(target.service_code, Cause.SECOND_LINE))
        elif target.service_code not in working:
            trouble.append(Unresolved(target.service_code, Cause.SERVICE_GONE))
        else:
            targets.setdefault(target.service_code, target)
    return Decision(line, tuple(targets.values()), tuple(trouble), tuple(because(line)))


def first_fit(lines: Iterable[RuleLine], situation: Situation) -> RuleLine | None:
    """The first line, in their order, that fits."""
    return next((line for line in lines if fits(line, situation)), None)


def fits(line: RuleLine, situation: Situation) -> bool:
    """Whether every condition of the line holds."""
    return (
        is_about(line.topic, situation.topic_code, situation.group_code)
        and line.district in (ANY, situation.district_code)
        and (not line.house_duty or line.house_duty in situation.duties)
        and (line.hours is Hours.ALWAYS or (line.hours is Hours.WORKING) == situation.working)
    )


def is_about(pattern: str, topic_code: str, group_code: str) -> bool:
    """Whether a topic is one that the first column of a line means."""
    if pattern in (ANY, topic_code):
        return True
    if not pattern.endswith(GROUP) or not topic_code:
        return False
    group = pattern.removesuffix(GROUP)
    return group == group_code or topic_code.startswith(f"{group}-")


def resolve(asked: str, situation: Situation) -> Target | None:
    """Whom a word of a rule means for this card: `@osi` the house's own, `@akim` the district's; None is nobody."""
    if asked == AKIM:
        code, why = situation.akimat, Why("of_district")
    elif asked.startswith("@"):
        code, why = situation.duties.get(asked[1:], ""), Why("of_house", {"duty": asked[1:]})
    else:
        code, why = asked, Why("named")
    return Target(code, asked, why) if code else None


def may_mean(lines: Iterable[RuleLine], situation: Situation) -> set[str]:
    """The service codes the first fitting line may lead to: what has to be looked up before deciding."""
    line = first_fit(lines, situation)
    if line is None:
        return set()
    return {target.service_code for asked in line.services if (target := resolve(asked, situation))}


def because(line: RuleLine) -> Iterator[Why]:
    """The conditions of the line, in the order people read them."""
    if line.topic == ANY:
        yield Why("any_topic")
    elif line.topic.endswith(GROUP):
        yield Why("group", {"group": line.topic.removesuffix(GROUP)})
    else:
        yield Why("topic", {"topic": line.topic})
    if line.district != ANY:
        yield Why("district", {"district": line.district})
    if line.house_duty:
        yield Why("house_duty", {"duty": line.house_duty})
    if line.hours is not Hours.ALWAYS:
        yield Why(line.hours.value)
