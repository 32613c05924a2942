"""Stories, what they count for, and the formulas: all of it without a database."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from komek.rooms.analytics import rules
from komek.rooms.analytics.rules import CardStory, ContactStory, Dimension, Measure, MessageStory, Spread
from komek.rooms.cards import facts as cards
from komek.rooms.channels import facts as channels
from komek.rooms.control import facts as control
from komek.rooms.feedback import facts as feedback
from komek.rooms.intake import facts as intake
from komek.rooms.routing import facts as routing
from komek.rooms.workorders import facts as workorders

ASTANA = ZoneInfo("Asia/Almaty")
MONDAY = datetime(2026, 11, 2, 4, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def told(*facts, **known):
    """A card that came on Monday morning, with what was announced about it."""
    story = CardStory(1, received_at=MONDAY, **known)
    for fact in facts:
        story.hear(fact)
    rules.settle(story)
    return story


def counted(story, day=None):
    """The sums over the whole city by measure, of one day or of all."""
    sums = Counter()
    for (on, measure, dimension, _), count in rules.card_counts(story, zone=ASTANA).items():
        if dimension == Dimension.ALL and day in (None, on):
            sums[measure] += count
    return sums


def a_life():
    """Routed to two services, one withdrawn, reported, returned, closed, refuted, closed again, confirmed."""
    at = MONDAY
    return [
        routing.CardRouted(1, 11, "SU", "critical", at + 2 * HOUR, at),
        routing.CardRouted(1, 12, "TT", "critical", at + 2 * HOUR, at),
        workorders.OrderAccepted(5, 1, "SU", at + HOUR / 4),
        workorders.OrderAccepted(6, 1, "TT", at + HOUR / 2),
        routing.AssignmentWithdrawn(12, 1, "TT", "not theirs", at + HOUR),
        workorders.WorkReported(5, 1, "SU", "done", "weather", 0, on_site=True, at=at + HOUR),
        cards.CardDone(1, at + HOUR),
        control.WorkReturned(3, 1, "dirty", 2, at + 2 * HOUR),
        workorders.WorkReported(5, 1, "SU", "done", "", 2, on_site=True, at=at + 3 * HOUR),
        cards.CardDone(1, at + 3 * HOUR),
        cards.CardClosed(1, "partly", 2, at + 4 * HOUR),
        feedback.ConfirmationAsked(1, 21, at + 4 * HOUR),
        feedback.ResultRefuted(1, 21, "no", at + DAY),
        cards.CardReopened(1, "no", 1, at + DAY),
        routing.CardRouted(1, 13, "DOR", "critical", at + 2 * HOUR, at + DAY),
        workorders.WorkReported(7, 1, "DOR", "done", "nothing_to_show", 0, on_site=True, at=at + 2 * DAY),
        cards.CardDone(1, at + 2 * DAY),
        cards.CardClosed(1, "done", 2, at + 2 * DAY),
        feedback.ConfirmationAsked(1, 22, at + 2 * DAY),
        feedback.ResultConfirmed(1, 22, 4, at + 3 * DAY),
    ]


def test_a_story_gathers_what_became_of_a_card():
    story = told(*a_life())

    assert story.services == ["DOR", "SU"]
    assert (story.first_service, story.transfers) == ("SU", 1)
    assert story.routed_at == MONDAY
    assert story.accepted_at == MONDAY + HOUR / 4
    assert story.done_at == MONDAY + HOUR
    assert (story.first_ended_at, story.ended_at) == (MONDAY + 4 * HOUR, MONDAY + 2 * DAY)
    assert (story.ended_as, story.outcome) == ("closed", "done")
    assert (story.reopened, story.returned, story.proofs, story.on_site) == (1, 1, 2, True)
    assert story.reason_code == "nothing_to_show"
    assert (story.asked_at, story.refuted_at) == (MONDAY + 4 * HOUR, MONDAY + DAY)
    assert (story.confirmed_at, story.score) == (MONDAY + 3 * DAY, 4)


@pytest.mark.parametrize("seed", range(50))
def test_a_story_is_the_same_in_whatever_order_it_is_told_and_however_often(seed):
    facts = a_life()
    chance = random.Random(seed)
    shuffled = [*facts, *chance.sample(facts, 8)]
    chance.shuffle(shuffled)

    story = CardStory(1, received_at=MONDAY)
    for fact in shuffled:
        story.hear(fact)
        rules.settle(story)

    assert story == told(*facts)


def test_every_closing_counts_on_its_own_day_and_the_past_stays_as_it_was():
    first = [fact for fact in a_life() if fact.at <= MONDAY + 4 * HOUR]
    before = counted(told(*first, due_at=MONDAY + 5 * HOUR), day=date(2026, 11, 2))

    story = told(*a_life(), due_at=MONDAY + 5 * HOUR)

    assert before[Measure.CLOSED] == before[Measure.CLOSED_IN_TIME] == before[Measure.CLOSED_WITH_PROOF] == 1
    assert counted(story, day=date(2026, 11, 2)) == before + Counter({"refuted": 1})
    assert counted(story, day=date(2026, 11, 3)) == Counter({"open": 1, "reopened": 1, "overdue": 1})
    assert counted(story, day=date(2026, 11, 4)) == Counter(
        {
            "open": -1,
            "overdue": -1,
            "ended": 1,
            "closed": 1,
            "closed_promised": 1,
            "closed_on_site": 1,
            "asked": 1,
            "confirmed": 1,
        }
    )


def test_a_card_is_overdue_from_its_promise_to_its_end():
    story = told(cards.CardClosed(1, "done", 2, MONDAY + 3 * DAY), due_at=MONDAY + DAY)

    assert counted(story, day=date(2026, 11, 3))["overdue"] == 1
    assert counted(story, day=date(2026, 11, 5))["overdue"] == -1
    assert counted(story)["closed_in_time"] == 0


def test_a_card_closed_at_the_very_moment_of_its_promise_is_in_time():
    story = told(cards.CardClosed(1, "done", 2, MONDAY + DAY), due_at=MONDAY + DAY)

    assert counted(story)["closed_in_time"] == 1
    assert counted(story)["overdue"] == 0


def test_a_promise_does_not_run_out_while_the_clock_stands_but_a_broken_one_stays_broken():
    kept = told(due_at=MONDAY + DAY, paused_at=MONDAY + HOUR)
    broken = told(due_at=MONDAY + DAY, paused_at=MONDAY + 2 * DAY)

    assert counted(kept)["overdue"] == 0
    assert counted(broken)["overdue"] == 1


def test_a_day_begins_at_midnight_of_the_city():
    late_evening = datetime(2026, 11, 2, 18, 59, tzinfo=UTC)

    before, after = (CardStory(1, received_at=late_evening + timedelta(minutes=more)) for more in (0, 1))

    assert counted(before, day=date(2026, 11, 2))["cards"] == 1
    assert counted(after, day=date(2026, 11, 3))["cards"] == 1


def test_a_card_counts_under_each_of_its_values_and_each_of_its_services():
    story = told(*a_life(), channel="phone", language="kk", district_code="nura", topic_code="WAT-02", group_code="WAT")

    parts = {(d, v) for _, measure, d, v in rules.card_counts(story, zone=ASTANA) if measure == "cards"}

    assert parts == {
        ("all", ""),
        ("channel", "phone"),
        ("language", "kk"),
        ("district", "nura"),
        ("topic", "WAT-02"),
        ("group", "WAT"),
        ("service", "DOR"),
        ("service", "SU"),
    }


def test_what_was_only_answered_is_not_closed_and_reopening_it_is_no_reopening():
    story = told(cards.CardAnswered(1, None, 2, MONDAY + HOUR), cards.CardReopened(1, "no", 1, MONDAY + DAY))

    assert story.ended_at is None
    assert (counted(story)["closed"], counted(story)["reopened"], counted(story)["open"]) == (0, 0, 1)


def test_work_reopened_under_check_before_it_was_closed_is_a_reopening():
    story = told(cards.CardDone(1, MONDAY + HOUR), cards.CardReopened(1, "no", 1, MONDAY + 2 * HOUR))

    assert counted(story)["reopened"] == 1
    assert counted(story)["open"] == 1


def test_a_card_nobody_knows_yet_counts_for_nothing():
    story = CardStory(1)
    story.hear(cards.CardClosed(1, "done", 2, MONDAY))
    rules.settle(story)

    assert not rules.card_counts(story, zone=ASTANA)


@pytest.mark.parametrize(
    ("later", "came_back"),
    [
        ({"received_at": MONDAY + 7 * DAY}, True),
        ({"received_at": MONDAY + 7 * DAY + HOUR}, False),
        ({"received_at": MONDAY - DAY}, False),
        ({"received_at": MONDAY + DAY, "contact_id": 7}, False),
        ({"received_at": MONDAY}, True),
    ],
    ids=["within a week", "later", "before", "in the same contact", "at the same moment, but after"],
)
def test_who_comes_back_within_a_week_was_not_helped(later, came_back):
    first = told(contact_id=7)
    other = CardStory(2, **{"contact_id": 8, **later})

    assert bool(rules.came_back_at(first, [first, other])) is came_back


def test_who_refutes_within_a_week_has_come_back_too():
    story = told(cards.CardAnswered(1, None, 2, MONDAY), cards.CardReopened(1, "no", 1, MONDAY + DAY))

    assert rules.came_back_at(story, [story]) == MONDAY + DAY


def heard(*facts):
    story = ContactStory(9)
    for fact in facts:
        story.hear(fact)
    rules.settle_contact(story)
    return story


def a_call():
    return [
        intake.ContactArrived(9, "phone", "kk", "normal", MONDAY),
        intake.ContactOffered(9, 2, MONDAY + timedelta(seconds=1)),
        intake.ContactAccepted(9, 2, 5, MONDAY + timedelta(seconds=5)),
        intake.ContactPutBack(9, 2, "line", MONDAY + timedelta(seconds=8)),
        intake.ContactOffered(9, 3, MONDAY + timedelta(seconds=9)),
        intake.ContactAccepted(9, 3, 21, MONDAY + timedelta(seconds=21)),
        intake.ContactEnded(9, 3, 100, MONDAY + timedelta(seconds=121)),
        intake.ContactWrappedUp(9, 3, 100, 30, MONDAY + timedelta(seconds=151)),
    ]


@pytest.mark.parametrize("seed", range(20))
def test_a_contact_that_was_put_back_has_waited_until_it_was_taken_again(seed):
    facts = [*a_call(), *a_call()]
    random.Random(seed).shuffle(facts)

    story = heard(*facts)

    assert (story.agent_id, story.waited_seconds, story.talk_seconds, story.wrap_up_seconds) == (3, 21, 100, 30)
    assert story.offered_at == MONDAY + timedelta(seconds=1)


def contact_sums(story):
    return Counter({m: n for (_, m, d, _), n in rules.contact_counts(story, zone=ASTANA).items() if d == Dimension.ALL})


@pytest.mark.parametrize(
    ("seconds", "fact", "measures"),
    [
        (20, intake.ContactAccepted(9, 2, 20, MONDAY + timedelta(seconds=20)), {"accepted", "calls_quick"}),
        (21, intake.ContactAccepted(9, 2, 21, MONDAY + timedelta(seconds=21)), {"accepted"}),
        (5, intake.ContactAbandoned(9, 5, MONDAY + timedelta(seconds=5)), {"abandoned", "calls_short"}),
        (6, intake.ContactAbandoned(9, 6, MONDAY + timedelta(seconds=6)), {"abandoned", "calls_lost"}),
    ],
)
def test_a_call_is_quick_within_twenty_seconds_and_given_up_early_within_five(seconds, fact, measures):
    story = heard(a_call()[0], fact)

    assert story.waited_seconds == seconds
    assert set(contact_sums(story)) == {"contacts", "calls", *measures}


def test_who_writes_does_not_wait_on_a_line():
    story = heard(
        intake.ContactArrived(9, "telegram", "kk", "normal", MONDAY),
        intake.ContactAccepted(9, 2, 600, MONDAY + timedelta(minutes=10)),
    )

    assert contact_sums(story) == Counter(contacts=1, accepted=1)


def test_a_contact_is_resolved_when_every_card_of_it_was_settled_before_it_was_over():
    contact = heard(*a_call())
    in_time = told(cards.CardAnswered(1, None, 3, MONDAY + timedelta(seconds=60)), topic_code="WAT-04")
    too_late = told(cards.CardAnswered(1, None, 3, MONDAY + DAY))
    registered = told()

    for of_contact, resolved in [([in_time], True), ([in_time, registered], False), ([too_late], False), ([], False)]:
        rules.tie(contact, of_contact)
        assert contact.resolved is resolved
        assert contact.cards == len(of_contact)
    assert in_time.answered_in_contact
    assert not too_late.answered_in_contact


def test_a_resolved_contact_whose_person_came_back_is_declared_but_not_proved():
    contact = heard(*a_call())
    card = told(cards.CardExplained(1, 3, MONDAY + timedelta(seconds=60)), came_back_at=MONDAY + DAY)

    rules.tie(contact, [card])

    assert contact_sums(contact)["resolved"] == contact_sums(contact)["came_back"] == 1


def message(number, minutes, direction="in", conversation=1, **known):
    said_at = MONDAY + timedelta(minutes=minutes)
    return MessageStory(number, conversation, "telegram", direction, said_at, **known)


def test_a_message_is_answered_by_the_first_that_goes_out_after_it():
    first, second, third, elsewhere = message(1, 0), message(2, 5), message(5, 30), message(6, 1, conversation=2)
    answers = [message(3, 10, "out"), message(4, 20, "out")]

    rules.find_answers([elsewhere, *answers, third, second, first])

    assert first.answered_at == second.answered_at == MONDAY + timedelta(minutes=10)
    assert third.answered_at is None
    assert elsewhere.answered_at is None


def test_an_answer_that_is_heard_of_late_is_still_the_first():
    known = message(1, 0, answered_at=MONDAY + timedelta(minutes=20))

    rules.find_answers([known, message(3, 10, "out")])

    assert known.answered_at == MONDAY + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("fact", "counts"),
    [
        (channels.MessageHeard(1, 1, "telegram", MONDAY), True),
        (channels.MessageHeard(1, 1, "phone", MONDAY), False),
        (channels.MessageSent(1, 1, "telegram", "text", MONDAY), True),
        (channels.MessageSent(1, 1, "telegram", "received", MONDAY), False),
        (channels.MessageQueued(1, 1, "telegram", "text", None, MONDAY), False),
    ],
    ids=["written", "spoken", "answered", "receipt", "not sent yet"],
)
def test_only_what_is_written_is_counted_and_a_receipt_is_no_answer(fact, counts):
    assert bool(rules.told_by(fact)) is counts


def figure(name, spread=None, **counts):
    definition = next(d for d in rules.DEFINITIONS if d.name == name)
    return rules.kpi(definition, counts, spread or Spread())


@pytest.mark.parametrize(
    ("name", "counts", "value"),
    [
        ("service_level", {"calls": 105, "calls_short": 5, "calls_quick": 90}, 0.9),
        ("abandoned", {"calls": 105, "calls_short": 5, "calls_lost": 3}, 0.03),
        ("resolved_declared", {"handled": 200, "resolved": 170}, 0.85),
        ("resolved_proved", {"handled": 200, "resolved": 170, "came_back": 10}, 0.8),
        ("in_time", {"closed_in_time": 90, "closed_promised": 95, "overdue": 5}, 0.9),
        ("confirmed", {"asked": 50, "confirmed": 40, "refuted": 5}, 0.8),
        ("reopened", {"closed": 100, "reopened": 4}, 0.04),
        ("answered_in_networks", {"messages": 10, "messages_answered": 9}, 0.9),
        ("first_answer", {"messages_answered": 2, "answer_seconds": 1800}, 15),
        ("handling_time", {"wrapped_up": 4, "handling_seconds": 720}, 180),
        ("proof", {"closed_on_site": 20, "closed_with_proof": 19}, 0.95),
    ],
)
def test_each_figure_follows_its_formula(name, counts, value):
    assert figure(name, **counts).value == pytest.approx(value)


@pytest.mark.parametrize("definition", rules.DEFINITIONS, ids=lambda d: d.name)
def test_a_figure_of_nothing_is_no_figure(definition):
    kpi = rules.kpi(definition, {}, Spread())

    assert kpi.value is None
    assert kpi.reached is None
    assert kpi.denominator == 0
    assert kpi.formula


def test_percentiles_come_from_the_spread():
    spread = Spread(closed=10, hours=(5.5, 40.0))

    assert figure("hours_to_close_median", spread).value == 5.5
    assert figure("hours_to_close_p90", spread).value == 40.0


@pytest.mark.parametrize(
    ("name", "counts", "reached"),
    [
        ("in_time", {"closed_in_time": 94, "closed_promised": 100}, False),
        ("in_time", {"closed_in_time": 95, "closed_promised": 100}, True),
        ("resolved_declared", {"handled": 100, "resolved": 85}, True),
        ("abandoned", {"calls": 100, "calls_lost": 3}, False),
        ("first_answer", {"messages_answered": 1, "answer_seconds": 899}, True),
        ("handling_time", {"wrapped_up": 1, "handling_seconds": 1}, None),
    ],
)
def test_an_aim_is_ours_or_else_the_published_one(name, counts, reached):
    assert figure(name, **counts).reached is reached
