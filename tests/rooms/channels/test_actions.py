from datetime import timedelta

import pytest

from komek.platform import plugs
from komek.registers.staff import actions as staff
from komek.rooms.channels import actions as channels
from komek.rooms.channels import rules
from komek.rooms.channels.actions import delivering
from komek.rooms.channels.facts import CallDue, MessageFailed, MessageHeard, MessageKept, MessageQueued, MessageSent
from komek.rooms.channels.models import Conversation, Message
from komek.rooms.channels.ports import Channel
from komek.rooms.channels.rules import State

MINUTE = timedelta(minutes=1)


def test_what_a_resident_says_is_kept_clean_and_announced(with_asel, facts, at):
    message = channels.hear(with_asel, text="Су\0 жоқ \u202e", at=at)

    assert (message.text, message.direction, message.state) == ("Су жоқ", "in", State.RECEIVED)
    assert facts.of(MessageHeard) == [MessageHeard(message.id, with_asel.id, "fake", at)]


def test_a_megabyte_of_text_is_refused_and_nothing_is_kept(with_asel, at):
    with pytest.raises(rules.TextTooLong):
        channels.hear(with_asel, text="а" * 1_000_000, at=at)

    assert not Message.objects.exists()


def test_a_conversation_that_the_other_side_knows_is_gone_on_with(db, at):
    partner = staff.register_partner(name="Smart Astana", at=at)

    first = channels.open_conversation("api", language="ru", at=at, outer_id="SA-1", partner_id=partner.id)
    again = channels.open_conversation("api", language="kk", at=at, outer_id="SA-1", partner_id=partner.id)

    assert first == again
    assert Conversation.objects.count() == 1


def test_two_partners_may_use_the_same_id_for_different_conversations(db, at):
    one = channels.open_conversation("api", language="ru", at=at, outer_id="1", partner_id=1)
    other = channels.open_conversation("api", language="ru", at=at, outer_id="1", partner_id=2)

    assert one != other


def test_a_key_of_the_web_form_makes_one_conversation_though_it_has_no_partner(db, at):
    one = channels.open_conversation("webform", language="ru", at=at, outer_id="form-key")

    assert channels.open_conversation("webform", language="ru", at=at, outer_id="form-key") == one


def test_a_channel_that_is_not_plugged_in_is_refused_by_name(db, at):
    with pytest.raises(rules.UnknownChannel):
        channels.open_conversation("pigeon", language="kk", at=at)


def test_an_answer_is_queued_announced_and_delivered_to_the_resident(with_asel, line, facts, run_after, at):
    message = channels.tell(with_asel, text="Бригада жолда.", at=at)
    run_after()

    message.refresh_from_db()
    assert line.delivered == [("+7 701 555 01 01", "Бригада жолда.")]
    assert (message.state, message.outer_id, message.attempts) == (State.SENT, "fake-1", 1)
    assert facts.names() == ["MessageQueued", "MessageSent"]


def test_whoever_answers_stands_under_the_answer(with_asel, aigerim, facts, at):
    message = channels.tell(with_asel, text="Бригада жолда.", by=aigerim, at=at)

    assert message.author == aigerim
    assert facts.of(MessageQueued) == [MessageQueued(message.id, with_asel.id, "fake", "text", aigerim.id, at)]


def test_the_same_key_is_said_once(with_asel, line, run_after, at):
    first = channels.tell(with_asel, text="Тіркелді.", key="card:1:registered", at=at)
    again = channels.tell(with_asel, text="Тіркелді.", key="card:1:registered", at=at)
    run_after()

    assert first == again
    assert len(line.delivered) == 1


def test_a_job_that_runs_twice_delivers_once(with_asel, line, run_after, at):
    message = channels.tell(with_asel, text="Тіркелді.", at=at)
    run_after()

    channels.deliver(message_id=message.id)

    assert len(line.delivered) == 1


def test_a_line_that_is_down_is_tried_again_later(with_asel, line, facts, at):
    line.failing = 1
    message = channels.tell(with_asel, text="Тіркелді.", at=at)

    channels.send(message.id, at=at)
    message.refresh_from_db()
    assert (message.state, message.failure, message.next_attempt_at) == (State.QUEUED, "the line is down", at + MINUTE)
    assert [failed.permanent for failed in facts.of(MessageFailed)] == [False]

    assert channels.send(message.id, at=at + timedelta(seconds=59)) is None
    channels.send(message.id, at=at + MINUTE)
    message.refresh_from_db()
    assert message.state == State.SENT
    assert message.failure == ""


def test_a_line_that_stays_down_is_given_up_loudly(with_asel, line, facts, at):
    line.failing = 99
    message = channels.tell(with_asel, text="Тіркелді.", at=at)

    for hour in range(rules.MOST_ATTEMPTS):
        channels.send(message.id, at=at + timedelta(hours=2 * hour))

    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.FAILED, rules.MOST_ATTEMPTS)
    assert [failed.permanent for failed in facts.of(MessageFailed)] == [False] * 7 + [True]


def test_a_number_that_does_not_exist_is_not_tried_again(with_asel, line, facts, at):
    line.unreachable = {"+7 701 555 01 01"}
    message = channels.tell(with_asel, text="Тіркелді.", at=at)

    channels.send(message.id, at=at)

    message.refresh_from_db()
    assert (message.state, message.next_attempt_at) == (State.FAILED, None)
    assert facts.of(MessageFailed)[0].permanent


def test_a_channel_that_was_unplugged_keeps_its_messages_for_later(with_asel, line, monkeypatch, at):
    message = channels.tell(with_asel, text="Тіркелді.", at=at)
    monkeypatch.delitem(plugs._plugged[Channel], "fake")

    channels.send(message.id, at=at)

    message.refresh_from_db()
    assert message.state == State.QUEUED
    assert "not plugged" in message.failure


def test_the_clock_asks_again_for_what_is_due_and_for_nothing_else(with_asel, line, held_jobs, at):
    line.failing = 1
    late = channels.tell(with_asel, text="Бірінші.", at=at)
    channels.send(late.id, at=at)
    channels.tell(with_asel, text="Екінші.", at=at)
    held_jobs.waiting.clear()

    assert channels.send_again(at=at) == 0
    assert channels.send_again(at=at + MINUTE) == 1
    assert [arguments for _, arguments in held_jobs.waiting] == [{"message_id": late.id}]


def test_a_sending_that_was_interrupted_is_made_again(with_asel, line, at):
    message = channels.tell(with_asel, text="Тіркелді.", at=at)
    delivering._claim(message.id, at=at)

    assert channels.send(message.id, at=at + MINUTE) is None
    assert channels.send_again(at=at + rules.SENDING_LASTS) == 1
    assert channels.send(message.id, at=at + rules.SENDING_LASTS).state == State.SENT


def test_a_message_to_a_caller_waits_on_the_call_back_list(call_back, facts, at):
    assert (call_back.state, call_back.sent_at) == (State.KEPT, None)


def test_keeping_a_message_is_announced_and_not_called_sent(with_asel, asel, facts, at):
    conversation = channels.open_conversation("desk", handle=with_asel.handle, resident=asel, language="kk", at=at)
    message = channels.tell(conversation, text="Жұмыс бітті.", at=at)

    assert facts.names() == ["MessageQueued", "MessageKept"]
    assert facts.of(MessageKept)[0].message_id == message.id


def test_a_call_made_is_a_message_sent(call_back, aigerim, facts, at):
    later = at + timedelta(hours=1)

    message = channels.called_back(call_back.id, by=aigerim, at=later)

    assert (message.state, message.sent_at, message.sent_by) == (State.SENT, later, aigerim)
    assert facts.names()[-1] == "MessageSent"


def test_nobody_calls_twice(call_back, aigerim, madina, at):
    channels.called_back(call_back.id, by=aigerim, at=at)

    with pytest.raises(rules.NotKept):
        channels.called_back(call_back.id, by=madina, at=at)


def test_a_call_that_reached_nobody_is_a_failure_with_its_reason(call_back, aigerim, facts, at):
    message = channels.not_reached(call_back.id, reason="Нөмір өшірулі", by=aigerim, at=at)

    assert (message.state, message.failure) == (State.FAILED, "Нөмір өшірулі")
    assert facts.of(MessageFailed)[0].permanent


def test_who_did_not_answer_is_due_again_when_the_time_has_come_and_once(call_back, aigerim, facts, at):
    again = at + rules.BETWEEN_CALLS
    channels.unanswered(call_back.conversation_id, through=call_back.id, reason="-", by=aigerim, at=at)

    assert channels.call_again(at=again - MINUTE) == 0
    assert channels.call_again(at=again) == 1
    assert channels.call_again(at=again) == 0
    assert facts.of(CallDue) == [CallDue(call_back.id, call_back.conversation_id, "desk", again)]


def test_a_caller_without_a_number_cannot_be_called_back(db, at):
    conversation = channels.open_conversation("desk", language="kk", at=at)

    assert channels.tell(conversation, text="Жұмыс бітті.", at=at).state == State.FAILED


def test_a_partner_fetches_its_messages_once_and_only_its_own(db, facts, at):
    mine = channels.open_conversation("api", language="ru", at=at, outer_id="1", partner_id=1)
    foreign = channels.open_conversation("api", language="ru", at=at, outer_id="1", partner_id=2)
    kept = [channels.tell(conversation, text="Готово.", at=at).id for conversation in (mine, foreign)]
    for message_id in kept:
        channels.send(message_id, at=at)

    assert channels.fetched(1, message_ids=kept, at=at) == 1
    assert channels.fetched(1, message_ids=kept, at=at) == 0
    assert [sent.message_id for sent in facts.of(MessageSent)] == [kept[0]]
    assert Message.objects.get(id=kept[1]).state == State.KEPT


def test_a_partner_is_answered_under_its_own_id_and_a_resident_under_their_number(with_asel, asel, at):
    partners = channels.open_conversation(
        "api", handle=with_asel.handle, resident=asel, language="ru", at=at, outer_id="SA-1", partner_id=1
    )
    form = channels.open_conversation("webform", handle=with_asel.handle, language="ru", at=at, outer_id="form-key")

    assert channels.address(partners) == "SA-1"
    assert channels.address(form) == "+7 701 555 01 01"


def test_a_message_that_is_not_there_is_refused_by_name(db, aigerim, at):
    with pytest.raises(rules.NoSuchMessage):
        channels.called_back(109, by=aigerim, at=at)
