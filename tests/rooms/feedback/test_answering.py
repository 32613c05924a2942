"""Confirmed, or refuted: the same number opens again on its first clock."""

from datetime import timedelta

import pytest
from tests.fixtures.line import at_once

from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries as card_queries
from komek.rooms.channels import actions as channels
from komek.rooms.control import queries as control
from komek.rooms.feedback import actions, queries, rules
from komek.rooms.feedback.facts import ConfirmationAsked, ResultConfirmed, ResultRefuted
from komek.rooms.feedback.models import Survey
from komek.rooms.routing import queries as routing

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def closed(register, conversation, report, olzhas, at):
    """A leak said to be mended, closed after an hour and asked about."""
    card = register("WAT-02", conversation=conversation)
    report(card, at=at + HOUR)
    cards.close(card.id, outcome="done", by=olzhas, at=at + HOUR)
    actions.ask(card.id, at=at + HOUR)
    return card


def token_of(card):
    return queries.last_survey(card.id).token


def test_a_round_is_asked_about_once(closed, facts, at):
    again = actions.ask(closed.id, at=at + 2 * HOUR)

    assert again.token == token_of(closed)
    assert facts.of(ConfirmationAsked) == []
    assert len(again.token) >= 24


def test_a_confirmed_result_keeps_the_score_and_the_card_stays_closed(closed, facts, at):
    actions.confirm(token_of(closed), score="5", comment="Рақмет", at=at + DAY)

    survey = queries.last_survey(closed.id)
    assert (survey.answer, survey.score, survey.comment, survey.answered_at) == ("confirmed", 5, "Рақмет", at + DAY)
    assert [(f.card_id, f.score) for f in facts.of(ResultConfirmed)] == [(closed.id, 5)]
    assert card_queries.card(closed.id).status == "closed"
    assert queries.open_survey(closed.id) is None


def test_a_low_score_alone_does_not_reopen(closed, at):
    actions.confirm(token_of(closed), score=1, comment="Ұзақ болды", at=at + DAY)

    assert card_queries.card(closed.id).status == "closed"


def test_a_refuted_result_opens_the_same_number_on_its_first_clock(closed, order_of, facts, at):
    due = routing.clock(closed.id).due_at

    actions.refute(token_of(closed), reason="снова течёт", at=at + DAY)

    card, clock = card_queries.card(closed.id), routing.clock(closed.id)
    assert (card.number, card.status, card.reopened, card.closed_at) == (closed.number, "routed", 1, None)
    assert (clock.started_at, clock.due_at, clock.stopped_at) == (at, due, None)
    assert order_of(closed).status == "sent"
    wanted = ["ResultRefuted", "CardReopened", "CardRouted", "OrderSent", "EscalationOpened"]
    assert [name for name in facts.names() if name in wanted] == wanted
    assert [f.reason for f in facts.of(ResultRefuted)] == ["снова течёт"]
    (escalation,) = control.escalations_of(closed.id)
    assert (escalation.cause, escalation.detail) == ("refuted", {"reason": "снова течёт"})


def test_who_refutes_need_not_say_why(closed, at):
    actions.refute(token_of(closed), at=at + DAY)

    assert card_queries.card(closed.id).status == "routed"


def test_the_next_round_is_asked_about_anew(closed, report, olzhas, at):
    first = token_of(closed)
    actions.refute(first, at=at + DAY)
    report(closed, at=at + DAY)
    cards.close(closed.id, outcome="done", by=olzhas, at=at + DAY)
    actions.ask(closed.id, at=at + DAY)

    assert [(one.round, one.answer) for one in queries.surveys(closed.id)] == [(0, "refuted"), (1, "")]
    actions.confirm(token_of(closed), at=at + DAY)
    with pytest.raises(rules.AlreadyAnswered):
        actions.confirm(first, at=at + DAY)


def test_a_second_answer_is_refused_kindly(closed, facts, at):
    actions.confirm(token_of(closed), at=at + DAY)

    with pytest.raises(rules.AlreadyAnswered, match="Thank you"):
        actions.refute(token_of(closed), at=at + DAY)
    assert facts.of(ResultRefuted) == []


def test_after_ten_days_a_new_number_is_better(closed, at):
    with pytest.raises(rules.TooLate):
        actions.refute(token_of(closed), at=at + HOUR + timedelta(days=10, seconds=1))
    with pytest.raises(rules.TooLate):
        actions.confirm(token_of(closed), at=at + 11 * DAY)
    assert queries.open_survey(closed.id, at=at + 11 * DAY) is None


def test_a_question_about_a_result_that_is_no_longer_the_result_is_not_answered(closed, at):
    cards.reopen(closed.id, reason="тексердік", at=at + DAY)

    for answer in (actions.confirm, actions.refute):
        with pytest.raises(rules.OpenAgain):
            answer(token_of(closed), at=at + DAY)


@pytest.mark.parametrize("token", ["", "nobody-knows-this", "\0", "x" * 5000])
def test_a_link_to_no_question_says_so(db, at, token):
    with pytest.raises(rules.UnknownSurvey):
        actions.confirm(token, at=at)


def test_a_wrong_score_answers_nothing(closed, at):
    with pytest.raises(rules.WrongScore):
        actions.confirm(token_of(closed), score=7, at=at)

    assert queries.last_survey(closed.id).answer == ""


def test_what_the_resident_writes_is_cleaned(closed, at):
    actions.confirm(token_of(closed), comment="Рақмет\0\u202e" + "ә" * 9_000, at=at + DAY)

    comment = queries.last_survey(closed.id).comment
    assert "\0" not in comment
    assert len(comment) == 4_000


@pytest.mark.parametrize(
    ("text", "answer", "status"),
    [("Да, спасибо!", "confirmed", "closed"), ("Нет, не сделали", "refuted", "routed"), ("Кто приедет?", "", "closed")],
)
def test_a_reply_in_the_conversation_answers_the_question(closed, conversation, run_after, at, text, answer, status):
    run_after()
    channels.hear(conversation, text=text, at=at + DAY)
    run_after()

    assert queries.last_survey(closed.id).answer == answer
    assert card_queries.card(closed.id).status == status


def test_a_reply_heard_twice_is_one_answer(closed, conversation, at):
    message = channels.hear(conversation, text="Нет", at=at + DAY)

    assert queries.last_survey(closed.id).answer == "refuted"
    assert actions.hear_reply(message.id, at=at + DAY) is None


def test_what_was_said_before_we_asked_is_no_answer(closed, conversation, at):
    early = channels.hear(conversation, text="Нет воды!", at=at)

    assert actions.hear_reply(early.id, at=at + DAY) is None


def test_nobody_is_asked_about_an_open_card(register, conversation, at):
    assert actions.ask(register("WAT-02", conversation=conversation).id, at=at) is None


@pytest.mark.django_db(transaction=True)
def test_confirmed_and_refuted_in_one_moment_is_one_answer(closed, at):
    token = token_of(closed)

    came = at_once(
        lambda: actions.confirm(token, at=at + DAY),
        lambda: actions.refute(token, reason="x", at=at + DAY),
    )

    assert sum(isinstance(one, Survey) for one in came) == 1
    assert sum(isinstance(one, rules.AlreadyAnswered) for one in came) == 1
    answered = queries.last_survey(closed.id).answer
    assert card_queries.card(closed.id).status == {"confirmed": "closed", "refuted": "routed"}[answered]
