"""What a service does with an order, and what that does to the card."""

from datetime import timedelta

import pytest

from komek.platform.models import StoredFile
from komek.registers.places.rules import Place
from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries as card_queries
from komek.rooms.routing import actions as routing
from komek.rooms.routing import queries as routing_queries
from komek.rooms.workorders import actions, queries, rules
from komek.rooms.workorders.facts import (
    CrewOnSite,
    CrewOnTheWay,
    OrderAccepted,
    OrderDeclined,
    OrderReturned,
    OrderSent,
    OrderWithdrawn,
    WorkReported,
)
from komek.rooms.workorders.models import OrderEntry, Report

HOUR = timedelta(hours=1)


@pytest.fixture
def order(burst_main, order_of):
    return order_of(burst_main)


@pytest.fixture
def two_services(register):
    """A hole in the road of Nura: the roads department and the akimat."""
    return register("ROA-01", place=Place(text="Нұра", district_code="nura"))


def picture(at, kind="image"):
    return StoredFile.objects.create(
        sha256="0" * 64, kind=kind, media_type="image/jpeg", size=1, purpose="proof", stored_at=at
    )


def verbs(order):
    return [entry.verb for entry in queries.story(order.id)]


def status_of(card):
    return card_queries.card(card.id).status


def test_a_routed_card_is_an_order_at_its_service(facts, register, order_of, at):
    card = register("WAT-02")

    order = order_of(card)
    assert (order.service_code, order.status, order.due_at, order.sent_at) == ("SU", "sent", at + 2 * HOUR, at)
    assert [(f.order_id, f.service_code) for f in facts.of(OrderSent)] == [(order.id, "SU")]
    assert verbs(order) == ["sent"]


def test_an_assignment_is_dispatched_once(burst_main, facts, order, at):
    again = actions.dispatch(order.assignment_id, at=at)

    assert again == order
    assert facts.of(OrderSent) == []


def test_the_first_service_that_accepts_takes_the_card_into_work(two_services, order_of, facts, at):
    actions.accept(order_of(two_services, "AKIM-NURA").id, at=at)
    after_the_first = status_of(two_services)
    actions.accept(order_of(two_services, "DOR").id, at=at + HOUR)

    assert after_the_first == status_of(two_services) == "in_work"
    assert [f.service_code for f in facts.of(OrderAccepted)] == ["AKIM-NURA", "DOR"]
    assert facts.names().count("CardTakenIntoWork") == 1


def test_a_dispatcher_accepts_sets_out_arrives_and_reports(order, facts, dana, at):
    actions.accept(order.id, by=dana, at=at)
    actions.set_out(order.id, by=dana, at=at + timedelta(minutes=10))
    actions.arrive(order.id, by=dana, at=at + timedelta(minutes=30))
    proof = picture(at)
    done = actions.report_done(
        order.id, outcome="done", text="Құбыр ауыстырылды", proofs=[(proof.id, "after")], by=dana, at=at + HOUR
    )

    assert (done.status, done.accepted_by, done.done_at) == ("done", dana, at + HOUR)
    assert (done.on_the_way_at, done.on_site_at) == (at + timedelta(minutes=10), at + timedelta(minutes=30))
    assert verbs(order) == ["sent", "accepted", "on_the_way", "on_site", "reported"]
    assert len(facts.of(CrewOnTheWay)) == len(facts.of(CrewOnSite)) == 1
    (reported,) = facts.of(WorkReported)
    assert (reported.outcome, reported.proofs, reported.reason_code) == ("done", 1, "")
    (report,) = queries.reports(order.id)
    assert (report.text, [proof.shows for proof in report.proofs.all()]) == ("Құбыр ауыстырылды", ["after"])


def test_who_reports_at_once_has_accepted_too(burst_main, order, facts, at):
    actions.report_done(order.id, outcome="done", reason_code="done_by_others", at=at)

    assert verbs(order) == ["sent", "accepted", "reported"]
    wanted = ["OrderAccepted", "CardTakenIntoWork", "WorkReported", "CardDone", "CheckOpened"]
    assert [name for name in facts.names() if name in wanted] == wanted
    assert status_of(burst_main) == "done"


def test_the_card_is_done_when_every_service_has_reported(two_services, order_of, facts, at):
    actions.report_done(order_of(two_services, "DOR").id, outcome="done", reason_code="planned", at=at)
    after_one = status_of(two_services)
    actions.report_done(order_of(two_services, "AKIM-NURA").id, outcome="done", reason_code="planned", at=at)

    assert (after_one, status_of(two_services)) == ("in_work", "done")
    assert facts.names().count("CardDone") == 1


def test_not_mine_needs_a_reason_and_goes_back_to_the_second_line(burst_main, order, facts, dana, at):
    with pytest.raises(rules.ReasonNeeded):
        actions.decline(order.id, reason="  ", by=dana, at=at)

    actions.decline(order.id, reason="бұл жылу желісі", by=dana, at=at)

    card = card_queries.card(burst_main.id)
    assert (card.status, card.owner_code) == ("routed", "L2")
    assert [f.reason for f in facts.of(OrderDeclined)] == ["бұл жылу желісі"]
    assert facts.of(OrderWithdrawn) == []
    assert queries.order(order.id).status == "declined"
    assert routing_queries.outlook(burst_main.id).assignments == ()
    assert [f for f in facts.names() if f == "EscalationOpened"] == ["EscalationOpened"]


def test_when_one_service_declines_the_other_goes_on_and_owns_the_card(two_services, order_of, at):
    actions.decline(order_of(two_services, "DOR").id, reason="аулада", at=at)

    assert card_queries.card(two_services.id).owner_code == "AKIM-NURA"
    actions.report_done(order_of(two_services).id, outcome="done", reason_code="planned", at=at)
    assert status_of(two_services) == "done"


def test_when_the_last_open_service_declines_what_the_others_did_is_checked(two_services, order_of, at):
    actions.report_done(order_of(two_services, "DOR").id, outcome="done", reason_code="planned", at=at)

    actions.decline(order_of(two_services, "AKIM-NURA").id, reason="біздікі емес", at=at)

    assert status_of(two_services) == "done"


def test_a_declined_order_is_over(order, at):
    actions.decline(order.id, reason="x", at=at)

    for verb in (actions.accept, actions.set_out, actions.arrive):
        with pytest.raises(rules.ForbiddenMove):
            verb(order.id, at=at)
    with pytest.raises(rules.ForbiddenMove):
        actions.report_done(order.id, outcome="done", reason_code="planned", at=at)


def test_accepting_does_not_take_a_report_back(order, at):
    actions.report_done(order.id, outcome="done", reason_code="planned", at=at)

    with pytest.raises(rules.ForbiddenMove):
        actions.accept(order.id, at=at)


def test_the_same_report_sent_twice_is_one_report(order, facts, at):
    told = {"outcome": "done", "reason_code": "planned", "key": "abc", "at": at}

    first = actions.report_done(order.id, **told)
    second = actions.report_done(order.id, **told)

    assert first == second
    assert Report.objects.count() == 1
    assert len(facts.of(WorkReported)) == 1


def test_the_key_of_one_report_is_no_key_of_another(register, order_of, at):
    first, second = order_of(register("WAT-02")), order_of(register("WAT-02"))
    actions.report_done(first.id, outcome="done", reason_code="planned", key="abc", at=at)

    with pytest.raises(rules.KeyTaken):
        actions.report_done(second.id, outcome="done", reason_code="planned", key="abc", at=at)


@pytest.mark.parametrize("proofs", [[(404, "after")], [("image", "sideways")], [("document", "after")]])
def test_what_is_no_picture_of_the_work_proves_nothing(order, at, proofs):
    told = [(shown if isinstance(shown, int) else picture(at, kind=shown).id, shows) for shown, shows in proofs]

    with pytest.raises(rules.UnknownProof):
        actions.report_done(order.id, outcome="done", proofs=told, at=at)
    assert queries.order(order.id).status == "sent"


def test_work_given_back_keeps_its_time_and_its_history(burst_main, order, facts, olzhas, at):
    actions.report_done(order.id, outcome="done", reason_code="planned", at=at)

    actions.give_back(order.id, reason="әлі ағып тұр", by=olzhas, at=at + HOUR)

    again = queries.order(order.id)
    assert (again.status, again.returned, again.done_at, again.ended_at) == ("accepted", 1, None, None)
    assert again.due_at == at + 2 * HOUR
    assert [f.reason for f in facts.of(OrderReturned)] == ["әлі ағып тұр"]
    assert verbs(order)[-1] == "returned"


def test_a_card_taken_away_takes_its_order_away(burst_main, order, facts, olzhas, at):
    (line,) = routing_queries.outlook(burst_main.id).assignments

    routing.withdraw(line.assignment_id, reason="қате", by=olzhas, at=at)

    assert queries.order(order.id).status == "withdrawn"
    assert [f.service_code for f in facts.of(OrderWithdrawn)] == ["SU"]


def test_when_the_unfinished_service_is_taken_away_the_card_is_done(two_services, order_of, olzhas, at):
    actions.report_done(order_of(two_services, "DOR").id, outcome="done", reason_code="planned", at=at)
    akimat = routing_queries.outlook(two_services.id).assignments[1]

    routing.withdraw(akimat.assignment_id, reason="керек емес", by=olzhas, at=at)

    assert status_of(two_services) == "done"


def test_a_redirected_card_is_not_done_because_the_first_service_left(two_services, order_of, olzhas, at):
    actions.report_done(order_of(two_services, "DOR").id, outcome="done", reason_code="planned", at=at)

    routing.redirect(two_services.id, from_service="AKIM-NURA", to_service="SU", reason="құдық", by=olzhas, at=at)

    assert status_of(two_services) == "in_work"
    assert order_of(two_services, "SU").status == "sent"


def test_when_a_card_is_over_nobody_has_to_work_on_it(two_services, order_of, olzhas, at):
    actions.report_done(order_of(two_services, "DOR").id, outcome="done", reason_code="planned", at=at)

    cards.withdraw(two_services.id, by=olzhas, at=at)

    assert [(one.service_code, one.status) for one in queries.of_card(two_services.id)] == [
        ("DOR", "done"),
        ("AKIM-NURA", "withdrawn"),
    ]


def test_the_topic_corrected_withdraws_one_order_and_sends_another(burst_main, order, order_of, aigerim, at):
    cards.correct(burst_main.id, revision=burst_main.revision, topic_code="HEA-01", by=aigerim, at=at)

    assert queries.order(order.id).status == "withdrawn"
    assert order_of(burst_main).service_code == "TT"


@pytest.mark.parametrize("verb", [actions.accept, actions.set_out, actions.arrive])
def test_the_people_of_another_service_may_not_touch_an_order(order, marat, charlie, aigerim, at, verb):
    for stranger in (marat, charlie, aigerim):
        with pytest.raises(rules.NotYourOrder):
            verb(order.id, by=stranger, at=at)
    assert OrderEntry.objects.filter(order=order).count() == 1


def test_the_second_line_may_act_for_a_service(order, olzhas, at):
    actions.accept(order.id, by=olzhas, at=at)

    assert queries.order(order.id).accepted_by == olzhas


def test_an_order_that_never_was_is_named(db, at):
    with pytest.raises(rules.NoSuchOrder):
        actions.accept(404, at=at)
