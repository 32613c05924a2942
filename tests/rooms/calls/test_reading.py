"""The journal of a switch becomes contacts: in order, late, twice, and with lines missing."""

from datetime import timedelta

import pytest

from komek.rooms.calls import actions as calls
from komek.rooms.calls import queries
from komek.rooms.calls.facts import CallAnswered, CallBackWanted, CallEnded
from komek.rooms.calls.models import Call, CallBack, JournalEntry
from komek.rooms.calls.rules import Cause, Entry, Place, State, Told, What, Wish
from komek.rooms.intake import actions as intake
from komek.rooms.intake import queries as contacts
from komek.rooms.intake.models import Contact
from komek.rooms.intake.rules import State as ContactState

UNIQUE = "1790000000.17"
NUMBER = "+77015550142"


@pytest.fixture
def journal(topics, at):
    """Lines as a switch writes them, a second apart, read as they come."""
    told = {"seconds": 0, "offset": 0}

    def read(*lines, unique_id=UNIQUE, queue="q109-ru"):
        entries = []
        for what, agent, *data in lines:
            told["seconds"] += 1
            when = at + timedelta(seconds=told["seconds"])
            entries.append(Entry(when, unique_id, what, queue, agent and agent.pk, tuple(data)))
        told["offset"] += 100 * len(lines)
        calls.read(entries, place=Place(7, told["offset"]), at=at)
        return entries[-1].at

    return read


def the_contact():
    return contacts.contact(queries.by_unique_id(UNIQUE).contact_id)


def test_a_caller_waits_with_number_and_language(journal, facts):
    when = journal((What.ENTERED, None, "", NUMBER, "1"))

    contact = the_contact()
    assert (contact.state, contact.channel, contact.language) == (ContactState.WAITING, "phone", "ru")
    assert contact.conversation.handle.value == NUMBER
    assert contact.arrived_at == when


def test_intake_offers_no_call_by_itself(journal, aigerim, at):
    intake.take_seat(aigerim, at=at)

    journal((What.ENTERED, None, "", NUMBER, "1"))

    assert intake.offer_waiting(at=at) == 0
    assert the_contact().state == ContactState.WAITING


def test_a_call_is_answered_and_ends_in_a_wrap_up(journal, aigerim, at, facts):
    intake.take_seat(aigerim, at=at)

    journal((What.ENTERED, None, "", NUMBER, "1"), (What.ANSWERED, aigerim, "4"), (What.ENDED, aigerim, "4", "60"))

    contact = the_contact()
    assert (contact.state, contact.accepted_by) == (ContactState.WRAP_UP, aigerim)
    assert contacts.seat(aigerim).state == "wrap_up"
    assert [fact.agent_id for fact in facts.of(CallAnswered)] == [aigerim.pk]
    assert [fact.agent_id for fact in facts.of(CallEnded)] == [aigerim.pk]


def test_a_browser_that_answers_first_makes_the_call_and_the_journal_finds_it(journal, aigerim, at):
    intake.take_seat(aigerim, at=at)

    call = calls.accept(UNIQUE, told=Told(NUMBER, "ru", "q109-ru", 12), by=aigerim, at=at)
    journal((What.ENTERED, None, "", NUMBER, "1"), (What.ANSWERED, aigerim, "4"))

    assert Call.objects.count() == Contact.objects.count() == 1
    assert call.entered_at == at - timedelta(seconds=12)
    assert the_contact().state == ContactState.ACCEPTED


def test_a_line_read_late_takes_nothing_back(journal, aigerim, at):
    intake.take_seat(aigerim, at=at)
    calls.accept(UNIQUE, told=Told(NUMBER, "ru", "q109-ru"), by=aigerim, at=at)
    intake.wrap_up(the_contact().pk, by=aigerim, at=at + timedelta(seconds=1))

    journal((What.ENTERED, None, "", NUMBER, "1"), (What.ANSWERED, aigerim, "4"), (What.ENDED, aigerim, "4", "60"))

    assert the_contact().state == ContactState.ENDED
    assert queries.by_unique_id(UNIQUE).state == State.ENDED


def test_who_does_not_answer_pauses_and_the_next_is_rung(journal, aigerim, madina, at):
    for one in (aigerim, madina):
        intake.take_seat(one, at=at)
    journal((What.ENTERED, None, "", NUMBER, "1"))
    calls.rang(UNIQUE, number=NUMBER, queue="q109-ru", agent_id=aigerim.pk, at=at)

    journal((What.NOT_ANSWERED, aigerim, "15000"))
    calls.rang(UNIQUE, number=NUMBER, queue="q109-ru", agent_id=madina.pk, at=at)

    assert contacts.seat(aigerim).state == "break"
    assert contacts.offered(madina).pk == the_contact().pk


def test_a_caller_whose_operators_line_died_waits_again_with_the_draft(journal, aigerim, madina, at):
    for one in (aigerim, madina):
        intake.take_seat(one, at=at)
    journal((What.ENTERED, None, "", NUMBER, "1"), (What.ANSWERED, aigerim, "4"))
    intake.save_draft(the_contact().pk, data={"text": "Прорвало трубу"}, revision=0, by=aigerim, at=at)

    journal((What.ENDED, aigerim, "4", "60"), (What.ENTERED, None, "", NUMBER, "1"))

    assert the_contact().state == ContactState.WAITING
    assert contacts.seat(aigerim).state == "break"
    journal((What.ANSWERED, madina, "4"))
    assert contacts.at_hand(madina)[0].draft.data == {"text": "Прорвало трубу"}


def test_a_caller_who_gives_up_is_to_be_called_back(journal, at, facts):
    journal((What.ENTERED, None, "", NUMBER, "1"), *[(What.INCIDENT_JOINED, None)] * 11)

    when = journal((What.ABANDONED, None, "1", "1", "12"), (What.GONE, None, "16"))

    assert the_contact().state == ContactState.ABANDONED
    (wish,) = CallBack.objects.all()
    assert (wish.number, wish.cause, wish.state) == (NUMBER, Cause.ABANDONED, Wish.WAITING)
    assert [fact.cause for fact in facts.of(CallBackWanted)] == ["abandoned"]
    assert queries.due_call_backs(at=when) == []
    assert [one.number for one in queries.due_call_backs(at=when + timedelta(minutes=10))] == [NUMBER]


def test_a_wrong_number_is_not_called_back(journal):
    journal((What.ENTERED, None, "", NUMBER, "1"), (What.ABANDONED, None, "1", "1", "2"))

    assert not CallBack.objects.exists()


def test_a_life_in_danger_that_is_gone_is_called_at_once_and_first(journal, at):
    journal((What.ENTERED, None, "", "+77010000001", "1"), *[(What.INCIDENT_JOINED, None)] * 11, unique_id="1.1")
    journal((What.ABANDONED, None), unique_id="1.1")

    when = journal((What.URGENT, None, NUMBER), (What.ENTERED, None, "", NUMBER, "1"), (What.ABANDONED, None))

    assert the_contact().urgency == "urgent"
    due = queries.due_call_backs(at=when + timedelta(minutes=11))
    assert [(one.number, one.urgent) for one in due] == [(NUMBER, True), ("+77010000001", False)]
    assert [one.number for one in queries.due_call_backs(at=when)] == [NUMBER]


def test_a_hidden_number_is_called_back_by_nobody(journal):
    journal((What.URGENT, None, ""), (What.ENTERED, None, "", "anonymous", "1"), (What.ABANDONED, None))

    assert not CallBack.objects.exists()
    assert the_contact().conversation.handle is None


def test_a_wish_keeps_the_place_and_ends_when_they_are_reached(journal, at):
    journal((What.ENTERED, None, "", NUMBER, "1"))
    entered = queries.by_unique_id(UNIQUE).entered_at

    when = journal((What.CALLBACK_ASKED, None, NUMBER, "ru", str(int(entered.timestamp())), "0"))

    assert the_contact().state == ContactState.ENDED
    (due,) = queries.due_call_backs(at=when)
    calls.dialled(due.id, at=when)
    assert queries.due_call_backs(at=when) == []
    journal((What.CALLED_BACK, None, str(due.id), NUMBER), (What.ENTERED, None, "", NUMBER, "1"), unique_id="1.2")
    assert CallBack.objects.get().state == Wish.DONE
    assert queries.by_unique_id("1.2").contact_id != queries.by_unique_id(UNIQUE).contact_id


def test_a_wish_has_an_end_also_when_nobody_answers(journal, at):
    when = journal((What.CALLBACK_ASKED, None, NUMBER, "ru", "", "0"))

    for turn in range(3):
        when += timedelta(minutes=11)
        calls.give_up(at=when)
        assert [one.number for one in queries.due_call_backs(at=when)] == [NUMBER], turn
        calls.dialled(CallBack.objects.get().pk, at=when)
    calls.give_up(at=when + timedelta(minutes=11))

    assert CallBack.objects.get().state == Wish.NOT_REACHED


def test_who_comes_through_by_themselves_is_not_called(journal, at):
    journal((What.CALLBACK_ASKED, None, NUMBER, "ru", "", "0"))

    journal((What.ENTERED, None, "", NUMBER, "1"), unique_id="1.2")

    assert CallBack.objects.get().state == Wish.OVERTAKEN


def test_the_place_and_the_contacts_are_written_together_or_not_at_all(journal, at):
    journal((What.ENTERED, None, "", NUMBER, "1"))
    bad = Entry(at, UNIQUE, "no such word", "q109-ru")

    with pytest.raises(KeyError):
        calls.read([Entry(at, "1.2", What.ENTERED, "q109-ru"), bad], place=Place(7, 999), at=at)

    assert queries.place() == Place(7, 100)
    assert Call.objects.count() == JournalEntry.objects.count() == 1


def test_a_call_that_ended_before_any_queue_is_nobodys_contact(journal):
    journal((What.GONE, None, "16"))

    assert not Contact.objects.exists()
    assert JournalEntry.objects.count() == 1


def test_a_bell_that_is_faster_than_the_journal_loses_nothing_the_journal_says(journal, aigerim, at):
    intake.take_seat(aigerim, at=at)
    calls.rang(UNIQUE, number=NUMBER, queue="q109-ru", agent_id=aigerim.pk, at=at)

    journal((What.URGENT, None, NUMBER), (What.ENTERED, None, "", NUMBER, "1"), (What.ANSWERED, aigerim, "1"))

    call = queries.by_unique_id(UNIQUE)
    assert (call.urgent, call.state, call.agent) == (True, State.TALKING, aigerim)
    assert the_contact().urgency == "urgent"


def test_who_entered_the_queue_before_them_is_ahead_of_a_call_back(journal):
    journal((What.ENTERED, None, "", "+77010000001", "1"), unique_id="1.1")
    journal((What.ENTERED, None, "", "+77010000002", "1"), unique_id="1.2", queue="q109-kk")
    journal((What.ENTERED, None, "", NUMBER, "2"))
    entered = queries.by_unique_id(UNIQUE).entered_at
    when = journal((What.CALLBACK_ASKED, None, NUMBER, "ru", str(int(entered.timestamp()) + 1), "0"))
    journal((What.ENTERED, None, "", "+77010000003", "2"), unique_id="1.3")

    (due,) = queries.due_call_backs(at=when)
    before = queries.rung_back(at=when)["ru"], queries.paces(at=when)["ru"].waiting
    calls.dialled(due.id, at=when)

    assert due.ahead == 1, "who waits in another language, or came later, is not ahead"
    assert before == (0, 3), "whoever keeps a place waits too"
    assert queries.rung_back(at=when)["ru"] == 1
    when = journal(
        (What.CALLED_BACK, None, str(due.id), NUMBER), (What.ENTERED, None, "", NUMBER, "1"), unique_id="1.4"
    )
    assert queries.rung_back(at=when)["ru"] == 1, "they wait for an answer"
