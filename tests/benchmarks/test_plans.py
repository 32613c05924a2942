"""What is done most must not read a large table from one end to the other, nor ask more than it has ever asked."""

import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
BUDGETS = json.loads((Path(__file__).parent / "budgets.json").read_text())
# A budget that has become more than this too large is lowered, and never rises again.
SLACK = 1
# It shows whichever check waits longest, with all that was said and shown of its card.
DEPENDS = {"page checks"}
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


def test_the_city_is_large_enough_to_tell(hot):
    assert set(hot["large"]) >= GROWING


def test_no_hot_statement_reads_a_large_table_from_end_to_end(hot):
    scans = {name: operation["scans"] for name, operation in hot["operations"].items() if operation["scans"]}

    assert scans == {}


def test_every_hot_operation_has_a_budget(hot):
    # Not every queue of a small city is long enough for a deep page.
    assert set(BUDGETS) == {name for name in hot["operations"] if not name.endswith(" deep")}


@pytest.mark.parametrize("operation", BUDGETS)
def test_an_operation_keeps_its_budget_of_statements(hot, operation):
    asked, budget = hot["operations"][operation]["statements"], BUDGETS[operation]

    assert asked <= budget, f"{operation} asks {asked} statements and has always done with {budget}"
    assert asked >= budget - SLACK or operation in DEPENDS, (
        f"{operation} has become cheaper: write {asked} into budgets.json"
    )
