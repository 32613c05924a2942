"""Publishing rules: all of them or none."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from komek.platform.facts import announce
from komek.platform.transactions import together
from komek.registers.staff.models import Agent
from komek.rooms.routing import queries, rules
from komek.rooms.routing.facts import RulesPublished
from komek.rooms.routing.models import Rule, RuleSet


@together
def publish(rows: Iterable[Mapping[str, str | None]], *, by: Agent | None, at: datetime, note: str = "") -> RuleSet:
    """Put a whole table of rules in force; one broken line, and nothing is published.

    The same rules again are no new version.
    """
    lines, errors = rules.read(rows, queries.known())
    if errors:
        raise rules.RulesBroken(errors)
    if not lines:
        raise rules.NoRules
    newest = RuleSet.objects.select_for_update().order_by("-version").first()
    if newest and _same(newest, lines):
        return newest
    published = RuleSet.objects.create(version=newest.version + 1 if newest else 1, published_at=at, by=by, note=note)
    Rule.objects.bulk_create(
        Rule(
            rule_set=published,
            position=line.position,
            topic=line.topic,
            district_code=line.district,
            house_duty=line.house_duty,
            hours=line.hours,
            services=list(line.services),
            priority=line.priority,
            norm=line.norm,
            note=line.note,
        )
        for line in lines
    )
    announce(RulesPublished(published.version, at))
    return published


def _same(newest: RuleSet, lines: list[rules.RuleLine]) -> bool:
    in_force = queries.rule_book()
    if in_force is None or in_force.id != newest.id:
        return False
    return list(in_force.lines) == lines
