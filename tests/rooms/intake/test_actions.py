"""One contact from arrival to wrap-up; who arrives, and what they bring along."""

from datetime import timedelta

import pytest

from komek.platform.models import StoredFile
from komek.registers.residents import actions as residents
from komek.registers.residents.models import Resident
from komek.registers.residents.rules import UnknownResident
from komek.rooms.channels import queries as channels
from komek.rooms.channels import rules as channel_rules
from komek.rooms.intake import actions as intake
from komek.rooms.intake import queries, rules
from komek.rooms.intake.facts import (
    ContactAbandoned,
    ContactAccepted,
    ContactArrived,
    ContactEnded,
    ContactIdentified,
    ContactPutBack,
    ContactSettled,
    ContactWrappedUp,
    DraftSaved,
)
from komek.rooms.intake.models import Contact, Draft
from komek.rooms.intake.rules import State

PHONE = {"handle_kind": "phone", "handle_value": "8 701 555 01 01"}


def words(contact):
    return [message.text for message in channels.said(contact.conversation_id)]


def test_whoever_writes_waits_in_the_queue_of_their_language(arrive, facts, at):
    contact = arrive("Su jok\0", language="kk")

    assert (contact.state, contact.language, contact.arrived_at) == (State.WAITING, "kk", at)
    assert words(contact) == ["Su jok"]
    assert facts.names() == ["MessageHeard", "ContactArrived"]
    assert facts.of(ContactArrived) == [ContactArrived(contact.id, "webform", "kk", "normal", at)]


def test_a_call_arrives_without_words(arrive, facts):
    contact = arrive("", channel="desk", **PHONE)

    assert words(contact) == []
    assert facts.names() == ["ContactArrived"]


def test_a_photo_arrives_without_words(arrive, at):
    photo = StoredFile.objects.create(
        sha256="0" * 64, kind="image", media_type="image/jpeg", size=9, purpose="intake", stored_at=at
    )

    contact = arrive("", file_ids=[photo.id])

    message = channels.said(contact.conversation_id)[0]
    assert [attachment.file for attachment in message.attachments.all()] == [photo]


def test_an_unknown_language_topic_urgency_phone_and_place_keep_nobody_out(arrive):
    contact = arrive(
        "Яма",
        language="de",
        topic_code="NO\0PE",
        urgency="very",
        handle_kind="phone",
        handle_value="позвоните мне",
        place={"lat": 1e99, "text": "\0"},
    )

    assert words(contact) == ["Яма"]
    assert (contact.language, contact.topic_hint, contact.urgency) == ("kk", "", "normal")
    assert (contact.place_hint, contact.resident) == ({}, None)


def test_a_known_topic_and_a_place_come_along_as_hints(arrive):
    contact = arrive(topic_code="WAT-02", place={"text": "Кенесары 12", "lat": 51.15, "lon": 71.43})

    contact.refresh_from_db()
    assert contact.topic_hint == "WAT-02"
    assert contact.place_hint == {"text": "Кенесары 12", "lat": 51.15, "lon": 71.43}


@pytest.mark.parametrize("text", ["а" * 1_000_000, "\u202e\u200f"])
def test_words_that_cannot_be_kept_are_refused_to_the_writer_and_nothing_is_half_there(arrive, text):
    with pytest.raises((channel_rules.TextTooLong, channel_rules.TextEmpty)):
        arrive(text)

    assert not Contact.objects.exists()


def test_a_caller_we_know_is_found_by_their_number(arrive, asel):
    contact = arrive(**PHONE)

    assert contact.resident == asel
    assert contact.conversation.handle.resident == asel


def test_a_caller_we_do_not_know_is_remembered(arrive):
    first = arrive(**PHONE)
    again = arrive(**PHONE)

    assert first.resident is not None
    assert first.resident == again.resident


def test_of_several_people_on_one_number_none_is_guessed(arrive, asel, at):
    son = residents.remember(name="Нұрлан Сәрсенов", handles=[("phone", "+77015550101")], at=at)

    contact = arrive(**PHONE)

    assert contact.resident is None
    assert [person.resident_id for person in queries.people(contact)] == [asel.id, son]
    assert contact.conversation.handle.normalized == "+77015550101"


def test_a_name_tells_people_on_one_number_apart(arrive, asel, at):
    residents.remember(name="Нұрлан Сәрсенов", handles=[("phone", "+77015550101")], at=at)

    assert arrive(name="Сәрсенова Әсел", **PHONE).resident == asel


def test_the_operator_says_which_of_the_people_on_the_number_it_is(arrive, aigerim, asel, facts, at):
    son = residents.remember(name="Нұрлан Сәрсенов", handles=[("phone", "+77015550101")], at=at)
    contact = intake.pick(arrive(**PHONE).id, by=aigerim, at=at)

    intake.identify(contact.id, resident_id=son, by=aigerim, at=at)

    contact.refresh_from_db()
    assert contact.resident_id == contact.conversation.resident_id == son
    assert facts.of(ContactIdentified) == [ContactIdentified(contact.id, son, aigerim.id, at)]


def test_only_who_has_the_contact_may_say_who_it_is_and_only_somebody_known(accepted, aigerim, madina, asel, at):
    with pytest.raises(rules.NotYours):
        intake.identify(accepted.id, resident_id=asel.id, by=madina, at=at)
    with pytest.raises(UnknownResident):
        intake.identify(accepted.id, resident_id=10**9, by=aigerim, at=at)


def test_a_partner_that_sends_the_same_id_again_gets_the_same_contact(arrive, facts):
    told = {"channel": "api", "partner_id": 7, "outer_id": "SA-1", **PHONE}

    first = arrive("Яма", **told)
    again = arrive("Яма", **told)

    assert first == again
    assert words(first) == ["Яма"]
    assert Resident.objects.count() == 1
    assert len(facts.of(ContactArrived)) == 1


def test_another_partner_may_use_the_same_id(arrive):
    assert arrive(channel="api", partner_id=7, outer_id="1") != arrive(channel="api", partner_id=8, outer_id="1")


def test_a_contact_is_accepted_talked_about_and_wrapped_up(arrive, aigerim, facts, at):
    intake.take_seat(aigerim, at=at - timedelta(minutes=1))
    contact = arrive()

    intake.accept(contact.id, by=aigerim, at=at + timedelta(seconds=4))
    intake.end(contact.id, by=aigerim, at=at + timedelta(seconds=64))
    intake.wrap_up(contact.id, by=aigerim, at=at + timedelta(seconds=84))

    contact.refresh_from_db()
    assert contact.state == State.ENDED
    assert facts.of(ContactAccepted)[0].waited_seconds == 4
    assert facts.of(ContactEnded)[0].talk_seconds == 60
    told = facts.of(ContactWrappedUp)[0]
    assert (told.talk_seconds, told.wrap_up_seconds) == (60, 20)
    assert facts.names() == [
        "SeatChanged",
        "MessageHeard",
        "ContactArrived",
        "ContactOffered",
        "SeatChanged",
        "ContactAccepted",
        "SeatChanged",
        "ContactEnded",
        "SeatChanged",
        "ContactWrappedUp",
        "SeatChanged",
    ]


def test_wrapping_up_ends_the_conversation_too(accepted, aigerim, facts, at):
    intake.wrap_up(accepted.id, by=aigerim, at=at + timedelta(seconds=30))

    assert [fact.talk_seconds for fact in facts.of(ContactEnded)] == [30]
    assert queries.contact(accepted.id).state == State.ENDED


def test_a_second_click_on_accept_end_or_wrap_up_changes_nothing(facts, accepted, aigerim, at):
    for verb in (intake.accept, intake.end, intake.end, intake.wrap_up, intake.wrap_up):
        verb(accepted.id, by=aigerim, at=at)

    assert facts.names().count("ContactAccepted") == 1
    assert facts.names().count("ContactEnded") == 1
    assert facts.names().count("ContactWrappedUp") == 1


def test_nobody_ends_the_contact_of_another(accepted, madina, at):
    for verb in (intake.end, intake.wrap_up):
        with pytest.raises(rules.NotYours):
            verb(accepted.id, by=madina, at=at)


def test_who_gives_up_waiting_is_abandoned_and_counted(arrive, facts, at):
    contact = arrive()

    intake.abandon(contact.id, at=at + timedelta(seconds=7))
    intake.abandon(contact.id, at=at + timedelta(seconds=9))

    assert facts.of(ContactAbandoned) == [ContactAbandoned(contact.id, 7, at + timedelta(seconds=7))]
    assert queries.waiting() == []


def test_an_accepted_contact_cannot_be_abandoned(accepted, at):
    with pytest.raises(rules.ForbiddenMove):
        intake.abandon(accepted.id, at=at)


def test_a_contact_that_needs_nobody_is_settled(arrive, facts, at):
    contact = arrive()

    intake.settle(contact.id, at=at)
    intake.settle(contact.id, at=at)

    assert queries.contact(contact.id).state == State.ENDED
    assert facts.of(ContactSettled) == [ContactSettled(contact.id, 0, at)]


def test_an_accepted_contact_put_back_waits_again_with_its_draft(accepted, aigerim, madina, facts, at):
    intake.save_draft(accepted.id, data={"text": "труба"}, revision=0, by=aigerim, at=at)

    intake.put_back(accepted.id, reason="needs English", by=aigerim, at=at)
    intake.pick(accepted.id, by=madina, at=at)

    assert queries.draft(accepted.id).data == {"text": "труба"}
    assert facts.of(ContactPutBack) == [ContactPutBack(accepted.id, aigerim.id, "needs English", at)]


def test_a_draft_is_kept_and_its_revision_grows(accepted, aigerim, facts, at):
    intake.save_draft(accepted.id, data={"text": "т"}, revision=0, by=aigerim, at=at)
    draft = intake.save_draft(accepted.id, data={"text": "труба\0"}, revision=1, by=aigerim, at=at)

    assert (draft.data, draft.revision) == ({"text": "труба"}, 2)
    assert [saved.revision for saved in facts.of(DraftSaved)] == [1, 2]


def test_an_older_window_never_overwrites_a_newer_draft_and_is_shown_it(accepted, aigerim, at):
    intake.save_draft(accepted.id, data={"text": "new"}, revision=0, by=aigerim, at=at)

    with pytest.raises(rules.DraftIsNewer) as refused:
        intake.save_draft(accepted.id, data={"text": "old"}, revision=0, by=aigerim, at=at)

    assert (refused.value.revision, refused.value.saved) == (1, {"text": "new"})
    assert queries.draft(accepted.id).data == {"text": "new"}


def test_nobody_writes_into_the_draft_of_another(accepted, madina, at):
    with pytest.raises(rules.NotYours):
        intake.save_draft(accepted.id, data={}, revision=0, by=madina, at=at)


def test_a_draft_may_be_finished_while_wrapping_up_but_not_afterwards(accepted, aigerim, at):
    intake.end(accepted.id, by=aigerim, at=at)
    intake.save_draft(accepted.id, data={"text": "а"}, revision=0, by=aigerim, at=at)
    intake.wrap_up(accepted.id, by=aigerim, at=at)

    with pytest.raises(rules.ContactIsOver):
        intake.save_draft(accepted.id, data={"text": "б"}, revision=1, by=aigerim, at=at)
    assert queries.draft(accepted.id).data == {"text": "а"}


def test_a_contact_has_one_draft_however_often_it_is_taken(accepted, aigerim, madina, at):
    intake.put_back(accepted.id, reason="", by=aigerim, at=at)
    intake.pick(accepted.id, by=madina, at=at)

    assert Draft.objects.filter(contact=accepted).count() == 1


def test_a_contact_that_is_not_there_is_refused_by_name(aigerim, at):
    with pytest.raises(rules.NoSuchContact):
        intake.accept(109, by=aigerim, at=at)
