"""What an order may become, what counts as done, and how long a link opens it."""

from datetime import UTC, datetime, timedelta

import pytest

from komek.rooms.workorders import rules
from komek.rooms.workorders.models import Order
from komek.rooms.workorders.rules import Outcome, Pass, Status

GIVEN = datetime(2026, 11, 2, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize("was", list(Status))
def test_an_order_moves_only_as_the_table_allows(was):
    for to in Status:
        order = Order(id=7, status=was)
        if to in rules.TRANSITIONS[was]:
            order.move_to(to)
            assert order.status == to
        else:
            with pytest.raises(rules.ForbiddenMove, match="Order 7"):
                order.move_to(to)


def test_what_was_declined_or_withdrawn_never_comes_back():
    assert all(not rules.TRANSITIONS[gone] for gone in rules.GONE)


@pytest.mark.parametrize(
    ("outcome", "proofs", "reason", "refusal"),
    [
        (Outcome.DONE, 1, "", None),
        (Outcome.DONE, 0, "nothing_to_show", None),
        (Outcome.PARTLY, 2, "weather", None),
        (Outcome.NOT_DONE, 0, "no_access", None),
        (Outcome.DONE, 0, "", rules.ProofNeeded),
        (Outcome.PARTLY, 2, "", rules.ReasonNeeded),
        (Outcome.NOT_DONE, 1, "", rules.ReasonNeeded),
        (Outcome.DONE, 1, "because", rules.ReasonNeeded),
        (Outcome.DONE, 21, "", rules.TooManyProofs),
    ],
)
def test_done_is_done_with_proof_or_with_a_reason(outcome, proofs, reason, refusal):
    if refusal is None:
        rules.check_report(outcome=outcome, proofs=proofs, reason_code=reason)
    else:
        with pytest.raises(refusal):
            rules.check_report(outcome=outcome, proofs=proofs, reason_code=reason)


def test_a_result_nobody_knows_is_refused():
    assert rules.outcome_of("partly") is Outcome.PARTLY
    with pytest.raises(rules.WrongOutcome):
        rules.outcome_of("perhaps")


@pytest.mark.parametrize(
    ("after", "version", "status", "opens"),
    [
        (timedelta(0), 1, Status.SENT, True),
        (timedelta(hours=72), 1, Status.ON_SITE, True),
        (timedelta(minutes=-5), 1, Status.SENT, True),
        (timedelta(hours=1), 1, Status.DONE, True),
        (timedelta(hours=72, seconds=1), 1, Status.SENT, False),
        (timedelta(hours=-1), 1, Status.SENT, False),
        (timedelta(hours=1), 2, Status.SENT, False),
        (timedelta(hours=1), 1, Status.WITHDRAWN, False),
        (timedelta(hours=1), 1, Status.DECLINED, False),
    ],
)
def test_a_link_opens_its_order_for_three_days(after, version, status, opens):
    link = Pass(order_id=7, version=1, foreman="Ерлан", given_at=GIVEN)

    if opens:
        link.check(version=version, status=status, at=GIVEN + after)
    else:
        with pytest.raises(rules.LinkExpired):
            link.check(version=version, status=status, at=GIVEN + after)


HOUR = timedelta(hours=1)
NOW = GIVEN + 24 * HOUR


@pytest.mark.parametrize(
    ("told", "since", "believed"),
    [
        (None, GIVEN, NOW),
        (NOW - HOUR, GIVEN, NOW - HOUR),
        (NOW + HOUR, GIVEN, NOW),
        (NOW - 2 * HOUR, NOW - HOUR, NOW - HOUR),
        (NOW - 20 * HOUR, GIVEN, NOW - rules.LONGEST_WITHOUT_NETWORK),
        (NOW - HOUR, NOW + HOUR, NOW),
    ],
)
def test_a_telephone_is_believed_within_bounds(told, since, believed):
    assert rules.believed(told, since=since, at=NOW) == believed


def test_an_order_is_as_far_as_its_step_or_further():
    assert rules.is_as_far(Status.ON_SITE, Status.ACCEPTED)
    assert rules.is_as_far(Status.ACCEPTED, Status.ACCEPTED)
    assert not rules.is_as_far(Status.SENT, Status.ACCEPTED)
    assert not rules.is_as_far(Status.WITHDRAWN, Status.ACCEPTED)


def test_every_reason_can_be_given_by_one_button():
    assert {*rules.WITHOUT_PROOF, *rules.NOT_DONE} == set(rules.Reason)
