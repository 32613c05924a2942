"""The second line checks, accepts, gives back, and decides what nobody else can."""

from datetime import timedelta

import pytest

from komek.registers.places.rules import Place
from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries as card_queries
from komek.rooms.control import actions, queries, rules
from komek.rooms.control.facts import CheckOpened, EscalationOpened, EscalationResolved, WorkAccepted, WorkReturned
from komek.rooms.control.models import Check
from komek.rooms.control.rules import Cause
from komek.rooms.routing import actions as routing
from komek.rooms.routing import queries as routing_queries
from komek.rooms.workorders import actions as workorders
from komek.rooms.workorders import queries as orders

HOUR = timedelta(hours=1)


@pytest.fixture
def reported(burst_main, report, at):
    """The burst main, said to be done an hour later."""
    report(burst_main, at=at + HOUR)
    return burst_main


def check_of(card):
    return queries.open_check(card.id)


def causes(card):
    return [(one.cause, one.resolved_at is None) for one in reversed(queries.escalations_of(card.id))]


def test_work_that_is_reported_waits_for_a_check(burst_main, report, facts, at):
    report(burst_main, at=at)

    assert [f.card_id for f in facts.of(CheckOpened)] == [burst_main.id]
    assert check_of(burst_main).opened_at == at


def test_a_card_has_one_open_check(reported, facts, at):
    again = actions.open_check(reported.id, at=at)

    assert again == check_of(reported)
    assert facts.of(CheckOpened) == []


def test_good_work_closes_the_card_and_stops_the_clock(reported, facts, olzhas, at):
    check = check_of(reported)

    actions.accept(check.id, by=olzhas, at=at + 2 * HOUR, outcome="partly")

    card, decided = card_queries.card(reported.id), queries.checks_of(reported.id)[0]
    assert (card.status, card.outcome, card.closed_at) == ("closed", "partly", at + 2 * HOUR)
    assert (decided.verdict, decided.decided_by, decided.decided_at) == ("accepted", olzhas, at + 2 * HOUR)
    assert [(f.check_id, f.by_agent_id) for f in facts.of(WorkAccepted)] == [(check.id, olzhas.id)]
    assert [name for name in facts.names() if name in {"WorkAccepted", "CardClosed"}] == ["WorkAccepted", "CardClosed"]
    assert routing_queries.clock(reported.id).stopped_at == at + 2 * HOUR


def test_bad_work_is_given_back_and_keeps_its_time(reported, order_of, facts, olzhas, at):
    due = routing_queries.clock(reported.id).due_at

    actions.give_back(check_of(reported).id, reason="әлі ағып тұр", by=olzhas, at=at + 2 * HOUR)

    card = card_queries.card(reported.id)
    assert (card.status, card.owner_code) == ("in_work", "SU")
    assert (order_of(reported).status, order_of(reported).returned) == ("accepted", 1)
    assert routing_queries.clock(reported.id).due_at == due == order_of(reported).due_at
    wanted = ["WorkReturned", "OrderReturned", "CardSentBack"]
    assert [name for name in facts.names() if name in wanted] == wanted
    assert [f.reason for f in facts.of(WorkReturned)] == ["әлі ағып тұр"]
    assert queries.find_open_check(reported.id) is None


def test_work_done_again_is_checked_again(reported, report, olzhas, at):
    actions.give_back(check_of(reported).id, reason="x", by=olzhas, at=at + 2 * HOUR)

    report(reported, at=at + 3 * HOUR)

    assert [check.verdict for check in queries.checks_of(reported.id)] == ["open", "returned"]


def test_only_the_service_whose_work_is_bad_gets_it_back(register, report, order_of, olzhas, at):
    card = register("ROA-01", place=Place(text="Нұра", district_code="nura"))
    for service in ("DOR", "AKIM-NURA"):
        report(card, service=service, at=at)

    actions.give_back(check_of(card).id, reason="x", by=olzhas, at=at, order_ids=[order_of(card, "AKIM-NURA").id])

    assert (order_of(card, "DOR").status, order_of(card, "AKIM-NURA").status) == ("done", "accepted")
    report(card, service="AKIM-NURA", at=at)
    assert card_queries.card(card.id).status == "done"


def test_nothing_is_given_back_without_a_reason_or_to_nobody(reported, olzhas, at):
    with pytest.raises(rules.ReasonNeeded):
        actions.give_back(check_of(reported).id, reason=" ", by=olzhas, at=at)
    with pytest.raises(rules.NothingToReturn):
        actions.give_back(check_of(reported).id, reason="x", by=olzhas, at=at, order_ids=[404])
    assert check_of(reported).verdict == "open"


def test_a_check_is_decided_once(reported, olzhas, saule, at):
    check = check_of(reported)
    actions.accept(check.id, by=olzhas, at=at)

    with pytest.raises(rules.AlreadyDecided):
        actions.accept(check.id, by=saule, at=at)
    with pytest.raises(rules.AlreadyDecided):
        actions.give_back(check.id, reason="x", by=saule, at=at)
    with pytest.raises(rules.NothingToCheck):
        actions.accept(404, by=saule, at=at)


def test_a_check_is_overtaken_when_the_card_goes_on_without_it(reported, olzhas, at):
    routing.assign(reported.id, service_code="DOR", reason="асфальт", by=olzhas, at=at + 2 * HOUR)

    assert queries.checks_of(reported.id)[0].verdict == "overtaken"
    assert card_queries.card(reported.id).status == "in_work"


@pytest.mark.parametrize("end", ["close", "reopen"])
def test_no_check_stays_open_on_a_card_that_was_closed_or_reopened_past_it(reported, olzhas, at, end):
    if end == "close":
        cards.close(reported.id, outcome="explained", by=olzhas, at=at)
    else:
        cards.reopen(reported.id, reason="x", by=olzhas, at=at)

    assert not Check.objects.filter(card=reported, decided_at__isnull=True).exists()


def test_a_declined_order_is_on_the_list_once_with_its_reason(burst_main, order_of, facts, at):
    workorders.decline(order_of(burst_main).id, reason="бұл жылу желісі", at=at)

    (row,) = queries.open_escalations().rows
    assert (row.cause, row.detail["service"]) == ("declined", "SU")
    assert row.detail["reason"] == "бұл жылу желісі"
    assert len(facts.of(EscalationOpened)) == 1


def test_a_new_service_settles_what_was_declined(burst_main, order_of, facts, olzhas, at):
    workorders.decline(order_of(burst_main).id, reason="x", at=at)

    routing.assign(burst_main.id, service_code="TT", reason="жылу", by=olzhas, at=at)

    assert causes(burst_main) == [("declined", False)]
    assert [f.cause for f in facts.of(EscalationResolved)] == ["declined"]


def test_what_a_controller_took_from_the_last_service_is_on_the_list(burst_main, olzhas, at):
    (line,) = routing_queries.outlook(burst_main.id).assignments

    routing.withdraw(line.assignment_id, reason="қате", by=olzhas, at=at)

    assert causes(burst_main) == [("unrouted", True)]


def test_a_card_that_no_rule_fits_is_on_the_list_until_it_has_a_service(register, olzhas, at):
    card = register("EMG-01")
    (row,) = queries.open_escalations(cause="unrouted").rows
    assert row.detail == {"code": "no_rule_fits", "asked": ""}

    routing.assign(card.id, service_code="DOR", reason="x", by=olzhas, at=at)

    assert queries.open_escalations().rows == []


def test_what_a_service_says_it_has_not_done_is_on_the_list_and_is_checked(burst_main, report, at):
    report(burst_main, outcome="not_done", reason_code="no_access", at=at)

    assert causes(burst_main) == [("not_done", True)]
    assert check_of(burst_main)


def test_a_broken_promise_is_on_the_list_once(burst_main, at):
    routing.miss_deadlines(at=at + 3 * HOUR)
    routing.extend(burst_main.id, norm="2h", reason="x", by=None, at=at + 3 * HOUR)
    routing.miss_deadlines(at=at + 9 * HOUR)

    assert causes(burst_main) == [("overdue", True)]


def test_an_escalation_is_resolved_by_a_person_with_words(burst_main, facts, olzhas, saule, at):
    escalation = actions.escalate(burst_main.id, cause=Cause.OVERDUE, detail={}, at=at)

    with pytest.raises(rules.ReasonNeeded):
        actions.resolve(escalation.id, resolution="", by=olzhas, at=at)
    actions.resolve(escalation.id, resolution="бригада жолда", by=olzhas, at=at + HOUR)

    (kept,) = queries.escalations_of(burst_main.id)
    assert (kept.resolution, kept.resolved_by, kept.resolved_at) == ("бригада жолда", olzhas, at + HOUR)
    assert [(f.cause, f.by_agent_id) for f in facts.of(EscalationResolved)] == [("overdue", olzhas.id)]
    assert "resolved" in [entry.verb for entry in card_queries.story(burst_main)]
    with pytest.raises(rules.AlreadyResolved):
        actions.resolve(escalation.id, resolution="x", by=saule, at=at)
    with pytest.raises(rules.NoSuchEscalation):
        actions.resolve(404, resolution="x", by=saule, at=at)


def test_closing_a_card_settles_everything_that_was_open_about_it(reported, olzhas, at):
    actions.escalate(reported.id, cause=Cause.OVERDUE, detail={}, at=at)

    actions.accept(check_of(reported).id, by=olzhas, at=at)

    assert causes(reported) == [("overdue", False)]
    assert orders.of_card(reported.id)[0].status == "done"
