"""Rules are tried first, published whole, and read again by every process."""

from datetime import timedelta

import pytest
from tests.fixtures.line import RULES, table

from komek.rooms.routing import actions, queries, rules
from komek.rooms.routing.facts import RulesPublished
from komek.rooms.routing.models import Rule, RuleSet


def test_a_table_is_published_whole_as_a_new_version(rules_in_force, facts, timur, at):
    published = actions.publish(table(*RULES[:3]), by=timur, at=at, note="fewer")

    assert (published.version, published.by, published.note) == (2, timur, "fewer")
    assert [f.version for f in facts.of(RulesPublished)] == [2]
    assert len(queries.rule_book().lines) == 3
    assert Rule.objects.filter(rule_set=rules_in_force).count() == len(RULES)


def test_the_same_table_again_is_no_new_version(rules_in_force, facts, timur, at):
    again = actions.publish(table(*RULES), by=timur, at=at)

    assert again == rules_in_force
    assert facts.of(RulesPublished) == []


def test_one_broken_line_and_nothing_is_published(rules_in_force, timur, at):
    broken = ("70", "NO-99", "*", "", "", "SU", "", "", "")

    with pytest.raises(rules.RulesBroken, match="line 8") as refused:
        actions.publish(table(*RULES, broken), by=timur, at=at)

    assert [(error.line, error.code) for error in refused.value.errors] == [(8, "unknown_topic")]
    assert RuleSet.objects.count() == 1


def test_a_service_that_has_left_cannot_be_named(rules_in_force, timur, at):
    from komek.registers.staff.models import Service

    Service.objects.filter(code="SU").update(active=False)

    with pytest.raises(rules.RulesBroken) as refused:
        actions.publish(table(*RULES), by=timur, at=at)

    assert {error.code for error in refused.value.errors} == {"unknown_service"}


def test_an_empty_table_is_refused(rules_in_force, timur, at):
    with pytest.raises(rules.NoRules):
        actions.publish([], by=timur, at=at)


def test_the_rules_are_read_once_and_again_when_new_ones_are_published(
    rules_in_force, timur, at, django_assert_num_queries
):
    queries.rule_book()
    with django_assert_num_queries(1):
        first = queries.rule_book()

    actions.publish(table(*RULES[:2]), by=timur, at=at)

    assert first.version == 1
    assert queries.rule_book().version == 2


def test_a_dry_run_shows_which_cards_would_go_elsewhere(register, city, at):
    by_main, in_house, lost = register("WAT-02"), register("WAT-01", place=city.place), register("EMG-01")
    register("ROA-01", at=at + timedelta(hours=1))
    changed = [
        ("10", "WAT-01", "*", "", "", "SU", "", "", ""),
        ("30", "WAT-*", "*", "", "", "SU", "", "", ""),
        ("60", "ROA-01", "*", "", "", "DOR", "", "", ""),
        ("90", "*", "*", "", "", "DOR", "", "", ""),
    ]

    tried = actions.dry_run(table(*changed), sample=100)

    assert tried.looked_at == 4
    assert {(one.card_id, one.was, one.now, one.line) for one in tried.moved} == {
        (in_house.id, ("OSI-101",), ("SU",), 10),
        (lost.id, (), ("DOR",), 90),
    }
    assert by_main.id not in {one.card_id for one in tried.moved}
    assert tried.to_second_line == 0


def test_a_dry_run_looks_at_the_hours_in_which_the_cards_came(register, at):
    night = register("HEA-01", at=at + timedelta(hours=13))
    register("HEA-01")

    tried = actions.dry_run(table(*RULES[:4], ("50", "HEA-*", "*", "", "off", "SU", "", "", "")))

    assert [(one.card_id, one.was, one.now) for one in tried.moved] == [(night.id, ("TT", "SU"), ("SU",))]


def test_a_dry_run_of_broken_rules_says_what_is_broken(rules_in_force):
    tried = actions.dry_run(table(("1", "NO-1", "*", "", "", "SU", "", "", "")))

    assert [error.code for error in tried.errors] == ["unknown_topic"]
    assert tried.looked_at == 0


def test_a_dry_run_changes_nothing_and_costs_the_same_for_many_cards(register, django_assert_max_num_queries):
    for _ in range(12):
        register("WAT-02")

    with django_assert_max_num_queries(15):
        actions.dry_run(table(*RULES))

    assert RuleSet.objects.count() == 1
