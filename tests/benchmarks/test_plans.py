"""What is done most must not read a large table from one end to the other, nor ask more than it has ever asked."""

import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
BUDGETS = json.loads((Path(__file__).parent / "budgets.json").read_text())
# A budget that has become more than this too large is lowered, and never rises again.
SLACK = 1
GROWING = {
    "cards_card",
    "cards_entry",
    "channels_conversation",
    "channels_message",
    "feedback_notice",
    "intake_contact",
    "platform_auditentry",
    "routing_assignment",
    "workorders_order",
}


def of(figures, what):
    """Operation → how many."""
    return {name.removesuffix(what): one["value"] for name, one in figures.items() if name.endswith(what)}


def test_the_city_is_large_enough_to_tell(measured):
    large = {name.removeprefix("rows of ") for name in measured.plans if name.startswith("rows of ")}

    assert large >= GROWING


def test_no_hot_statement_reads_a_large_table_from_end_to_end(measured):
    scans = {name: count for name, count in of(measured.plans, ": scans").items() if count}

    assert scans == {}, measured.said


def test_every_hot_operation_has_a_budget(measured):
    # Not every queue of a small city is long enough for a deep page.
    operations = {name for name in of(measured.plans, ": statements") if not name.endswith(" deep")}

    assert set(BUDGETS) == operations


@pytest.mark.parametrize("operation", BUDGETS)
def test_an_operation_keeps_its_budget_of_statements(measured, operation):
    asked, budget = of(measured.plans, ": statements")[operation], BUDGETS[operation]

    assert asked <= budget, f"{operation} asks {asked:.0f} statements and has always done with {budget}"
    assert asked >= budget - SLACK, f"{operation} has become cheaper: write {asked:.0f} into budgets.json"


def test_what_is_measured_has_a_value_a_unit_and_the_bar_of_the_issue(measured):
    for question in ("by phone", "nearby", "overdue counted", "card for an operator", "status for a resident"):
        figure = measured.reads[f"{question} quiet cpu"]

        assert figure["value"] > 0
        assert (figure["unit"], figure["bar"]) == ("ms", 10.0)
