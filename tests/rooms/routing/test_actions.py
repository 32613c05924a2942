"""Where cards go: by the rules, again after a correction or a reopening, by hand, away and on."""

from datetime import timedelta

import pytest
from django.utils.translation import override
from structlog.testing import capture_logs

from komek.registers.places.rules import Place
from komek.registers.staff.models import Service
from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries as card_queries
from komek.rooms.cards.rules import CardDraft, Kind
from komek.rooms.control.facts import EscalationOpened
from komek.rooms.routing import actions, queries, rules
from komek.rooms.routing.facts import (
    AssignmentWithdrawn,
    CardRedirected,
    CardRouted,
    ClockStarted,
    DeadlineRecounted,
    RoutingFellBack,
)
from komek.rooms.routing.models import Rule, RuleSet

AT_NIGHT = timedelta(hours=13)  # half past ten in the evening


def services_of(card):
    return [one.code for one in queries.outlook(card.id).assignments]


def standing(card):
    now = card_queries.card(card.id)
    return now.status, now.owner_code


def test_a_card_goes_to_the_service_of_its_rule_and_its_clock_starts(register, facts, at):
    card = register("WAT-02")

    (routed,) = facts.of(CardRouted)
    assert (routed.card_id, routed.service_code, routed.priority) == (card.id, "SU", "critical")
    assert routed.due_at == at + timedelta(hours=2)
    (started,) = facts.of(ClockStarted)
    assert (started.due_at, started.legal_due_on) == (routed.due_at, None)
    assert standing(card) == ("routed", "SU")


def test_the_facts_come_in_the_order_of_their_causes(register, facts):
    register("ROA-01", place=Place(text="Нұра", district_code="nura"))

    names = [name for name in facts.names() if name in {"CardRegistered", "ClockStarted", "CardRouted", "OrderSent"}]
    assert names == ["CardRegistered", "ClockStarted", "CardRouted", "OrderSent", "CardRouted", "OrderSent"]


def test_a_house_with_an_organisation_of_its_own_gets_it(register, city):
    card = register("WAT-01", place=city.place)

    assert services_of(card) == ["OSI-101"]


def test_a_house_without_one_gets_what_the_next_line_says(register):
    assert services_of(register("WAT-01")) == ["OSI"]


def test_one_card_may_go_to_several_services_and_to_the_akimat_of_its_district(register):
    card = register("ROA-01", place=Place(text="Нұра", district_code="nura"))

    assert services_of(card) == ["DOR", "AKIM-NURA"]
    assert standing(card) == ("routed", "DOR")


def test_at_night_another_line_fits_with_its_own_priority_and_norm(register, at):
    by_day = register("HEA-01")
    by_night = register("HEA-01", at=at + AT_NIGHT)

    assert services_of(by_day) == ["TT"]
    assert services_of(by_night) == ["TT", "SU"]
    assert queries.clock(by_day.id).priority == "high"
    assert queries.clock(by_night.id).due_at == at + AT_NIGHT + timedelta(hours=2)


def test_why_here_is_said_in_the_language_of_the_reader(register, city):
    card = register("WAT-01", place=city.place)

    (line,) = queries.outlook(card.id).assignments
    assert line.why["code"] == "rule"
    assert line.why["params"]["line"] == 10
    with override("en"):
        assert line.why_text == (
            "rule 10 of version 1, by its topic, the house has somebody of its own for this: "
            "running the house, this service answers for the house: running the house, the house has its own organisation"
        )
    with override("ru"):
        in_russian = line.why_text
    with override("kk"):
        assert len({in_russian, line.why_text}) == 2


def test_what_no_rule_fits_goes_to_the_second_line_and_never_nowhere(register, facts):
    card = register("EMG-01")

    assert standing(card) == ("registered", "L2")
    assert [(f.card_id, f.cause) for f in facts.of(RoutingFellBack)] == [(card.id, "no_rule_fits")]
    assert [f.cause for f in facts.of(EscalationOpened)] == ["unrouted"]
    assert queries.clock(card.id) is not None


def test_a_card_without_a_topic_goes_to_the_second_line(register):
    assert standing(register(None)) == ("registered", "L2")


def test_without_any_rules_every_card_goes_to_the_second_line_loudly(register, facts):
    Rule.objects.all().delete()
    RuleSet.objects.all().delete()

    with capture_logs() as logs:
        card = register("WAT-02")

    assert standing(card) == ("registered", "L2")
    assert [(log["event"], log["cause"]) for log in logs if log["log_level"] == "error"] == [
        ("routing.rule_broken", "no_rules")
    ]


def test_a_service_that_has_left_breaks_the_rule_loudly_and_the_card_is_not_lost(register, facts):
    Service.objects.filter(code="SU").update(active=False)

    with capture_logs() as logs:
        card = register("WAT-02")

    assert standing(card) == ("registered", "L2")
    (fell,) = facts.of(RoutingFellBack)
    assert (fell.cause, fell.detail) == ("service_gone", "SU")
    (log,) = [log for log in logs if log["event"] == "routing.rule_broken"]
    assert (log["log_level"], log["card"], log["line"], log["detail"]) == ("error", card.number, 30, "SU")
    assert len(facts.of(EscalationOpened)) == 1


def test_one_unknown_akimat_does_not_keep_the_other_service_from_working(register, facts):
    with capture_logs() as logs:
        card = register("ROA-01")

    assert services_of(card) == ["DOR"]
    assert standing(card) == ("routed", "L2")
    assert [(f.cause, f.detail) for f in facts.of(RoutingFellBack)] == [("unresolved", "@akim")]
    assert any(log["event"] == "routing.rule_broken" for log in logs)


def test_a_corrected_topic_sends_the_card_elsewhere_and_counts_its_promise_from_the_first_start(
    register, facts, aigerim, at
):
    card = register("WAT-02")
    later = at + timedelta(hours=1)

    cards.correct(card.id, revision=card.revision, topic_code="HEA-01", by=aigerim, at=later)

    assert services_of(card) == ["TT"]
    assert standing(card) == ("routed", "TT")
    assert [(f.service_code, f.reason) for f in facts.of(AssignmentWithdrawn)] == [("SU", "corrected")]
    clock = queries.clock(card.id)
    assert (clock.started_at, clock.norm, clock.priority) == (at, "24h", "high")
    assert [f.due_at for f in facts.of(DeadlineRecounted)] == [clock.due_at]
    assert clock.due_at > at + timedelta(hours=24)


def test_a_corrected_place_sends_the_card_to_the_house_organisation(register, city, aigerim, at):
    card = register("WAT-01")

    cards.correct(card.id, revision=card.revision, place=city.place, by=aigerim, at=at)

    assert services_of(card) == ["OSI-101"]


def test_a_corrected_text_moves_nothing(burst_main, facts, aigerim, at):
    before = len(facts.announced)

    cards.correct(burst_main.id, revision=burst_main.revision, text="Су ағып кетті", by=aigerim, at=at)

    assert facts.names()[before:] == ["CardCorrected"]


def test_what_a_person_has_assigned_stays_when_the_rules_send_the_card_elsewhere(burst_main, olzhas, at):
    actions.assign(burst_main.id, service_code="DOR", reason="асфальт", by=olzhas, at=at)

    cards.correct(burst_main.id, revision=burst_main.revision, topic_code="HEA-01", by=olzhas, at=at)

    assert services_of(burst_main) == ["DOR", "TT"]


def test_a_kind_corrected_to_an_appeal_starts_the_legal_clock_where_the_card_began(register, asel, olzhas, at):
    card = register("WAT-02", resident=asel)

    cards.correct(card.id, revision=card.revision, kind=Kind.APPEAL, by=olzhas, at=at + timedelta(days=3))

    assert queries.clock(card.id).legal_due_on.isoformat() == "2026-11-23"


def test_a_card_assigned_by_hand_says_who_did_it_and_why(burst_main, facts, olzhas, at):
    actions.assign(burst_main.id, service_code="DOR", reason="жол да бұзылған", by=olzhas, at=at, norm="4h")

    line = queries.outlook(burst_main.id).assignments[-1]
    assert (line.code, line.by_id) == ("DOR", olzhas.id)
    assert "жол да бұзылған" in line.why_text
    assert line.due_at == at + timedelta(hours=4)
    assert standing(burst_main) == ("routed", "SU")
    assert "assigned" in [entry.verb for entry in card_queries.story(burst_main)]


def test_a_service_assigned_by_hand_owns_what_the_second_line_held(register, olzhas, at, facts):
    card = register("EMG-01")

    actions.assign(card.id, service_code="DOR", reason="жол", by=olzhas, at=at)

    assert standing(card) == ("routed", "DOR")
    assert "EscalationResolved" in facts.names()


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"reason": "  "}, rules.ReasonNeeded),
        ({"service_code": "NOPE"}, rules.ServiceNotWorking),
        ({"service_code": "L2"}, rules.ServiceNotWorking),
        ({"service_code": "SU"}, rules.AlreadyAssigned),
    ],
)
def test_a_hand_may_not_assign_carelessly(burst_main, olzhas, at, told, refusal):
    with pytest.raises(refusal):
        actions.assign(burst_main.id, **{"service_code": "DOR", "reason": "x", "by": olzhas, "at": at, **told})


def test_a_closed_card_is_not_assigned(burst_main, olzhas, at):
    cards.close(burst_main.id, outcome="done", by=olzhas, at=at)

    with pytest.raises(rules.NotOpen):
        actions.assign(burst_main.id, service_code="DOR", reason="x", by=olzhas, at=at)


def test_a_card_taken_from_its_last_service_belongs_to_the_second_line_again(burst_main, facts, olzhas, at):
    (line,) = queries.outlook(burst_main.id).assignments

    actions.withdraw(line.assignment_id, reason="қате", by=olzhas, at=at)

    assert standing(burst_main) == ("routed", "L2")
    assert [f.service_code for f in facts.of(AssignmentWithdrawn)] == ["SU"]
    assert [f.cause for f in facts.of(RoutingFellBack)] == ["no_service_left"]
    with pytest.raises(rules.AlreadyWithdrawn):
        actions.withdraw(line.assignment_id, reason="тағы", by=olzhas, at=at)


def test_when_the_owner_leaves_the_next_service_owns_the_card(register, olzhas, at):
    card = register("ROA-01", place=Place(text="Нұра", district_code="nura"))

    actions.withdraw(queries.outlook(card.id).assignments[0].assignment_id, reason="x", by=olzhas, at=at)

    assert standing(card) == ("routed", "AKIM-NURA")


def test_a_redirected_card_keeps_its_promise_and_changes_its_owner(burst_main, facts, olzhas, at):
    later = at + timedelta(minutes=30)

    actions.redirect(burst_main.id, from_service="SU", to_service="TT", reason="ыстық су", by=olzhas, at=later)

    assert services_of(burst_main) == ["TT"]
    assert standing(burst_main) == ("routed", "TT")
    (sent_on,) = facts.of(CardRedirected)
    assert (sent_on.from_service, sent_on.to_service, sent_on.due_at) == ("SU", "TT", at + timedelta(hours=2))
    assert "redirected" in [entry.verb for entry in card_queries.story(burst_main)]


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"from_service": "DOR"}, rules.NotAssigned),
        ({"to_service": "SU"}, rules.AlreadyAssigned),
        ({"to_service": "NOPE"}, rules.ServiceNotWorking),
        ({"reason": ""}, rules.ReasonNeeded),
    ],
)
def test_a_redirection_names_who_leaves_who_comes_and_why(burst_main, olzhas, at, told, refusal):
    with pytest.raises(refusal):
        actions.redirect(
            burst_main.id, **{"from_service": "SU", "to_service": "TT", "reason": "x", "by": olzhas, "at": at, **told}
        )


def test_an_appeal_is_not_redirected_after_three_working_days(register, asel, olzhas, at):
    card = register("WAT-02", kind=Kind.APPEAL, resident=asel)

    with pytest.raises(rules.TooLateToRedirect):
        actions.redirect(card.id, from_service="SU", to_service="TT", reason="x", by=olzhas, at=at + timedelta(days=4))


def test_a_reopened_card_is_routed_again_on_its_first_clock(facts, burst_main, olzhas, at):
    cards.close(burst_main.id, outcome="done", by=olzhas, at=at + timedelta(hours=1))
    stopped = queries.clock(burst_main.id)

    cards.reopen(burst_main.id, reason="қайта ақты", at=at + timedelta(days=1))

    clock = queries.clock(burst_main.id)
    assert stopped.stopped_at == at + timedelta(hours=1)
    assert (clock.started_at, clock.due_at, clock.stopped_at) == (at, stopped.due_at, None)
    assert services_of(burst_main) == ["SU"]
    assert [one.ended_at is None for one in queries.assignments(burst_main.id)] == [False, True]
    assert len(facts.of(ClockStarted)) == 1
    assert standing(burst_main) == ("routed", "SU")


def test_a_card_reopened_while_it_waits_for_its_check_gets_new_orders(burst_main, report, order_of, at):
    first = report(burst_main, at=at)

    cards.reopen(burst_main.id, reason="қайта ақты", at=at + timedelta(minutes=5))

    again = order_of(burst_main)
    assert again.id != first.id
    assert again.status == "sent"


def test_a_question_that_was_only_answered_gets_its_first_clock_when_it_is_reopened(rules_in_force, nowhere, at):
    draft = CardDraft(text="Су қашан келеді?", kind=Kind.QUESTION, topic_code="WAT-02", place=nowhere)
    card = cards.answer(draft, contact=None, text="Кешке", channel="webform", by=None, at=at)

    cards.reopen(card.id, reason="келмеді", at=at + timedelta(hours=8))

    clock = queries.clock(card.id)
    assert (clock.started_at, clock.due_at) == (at + timedelta(hours=8), at + timedelta(hours=10))
    assert services_of(card) == ["SU"]


@pytest.mark.parametrize(
    ("why", "told"),
    [
        ({"code": "topic", "params": {"topic": "HEA-01"}}, "by its topic"),
        ({"code": "district", "params": {"district": "nura"}}, "the place is in the district Nura"),
        ({"code": "house_duty", "params": {"duty": "lift"}}, "the house has somebody of its own for this: lifts"),
        ({"code": "house_duty", "params": {"duty": "pool"}}, "the house has somebody of its own for this: pool"),
        ({"code": "redirected", "params": {"service": "SU"}}, "redirected from Astana Su Arnasy"),
        ({"code": "redirected", "params": {"service": "?"}}, "redirected from ?"),
        ({"code": "no such", "params": {}}, ""),
    ],
)
def test_a_reason_is_told_by_names_where_there_are_any(city, why, told):
    with override("en"):
        assert queries.said(why) == told
