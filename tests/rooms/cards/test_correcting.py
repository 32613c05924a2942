from datetime import timedelta

import pytest

from komek.registers.catalog.rules import UnknownTopic
from komek.registers.places.rules import Place
from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries, rules
from komek.rooms.cards.facts import CardCorrected
from komek.rooms.cards.rules import Kind
from komek.rooms.channels.rules import TextEmpty


def test_a_corrected_card_says_what_was_changed_and_by_whom(card, madina, facts, at):
    later = at + timedelta(minutes=3)

    corrected = cards.correct(card.id, revision=1, text="Үйде су жоқ", topic_code="WAT-01", by=madina, at=later)

    assert (corrected.text, corrected.topic_code, corrected.revision) == ("Үйде су жоқ", "WAT-01", 2)
    assert facts.of(CardCorrected) == [CardCorrected(card.id, ("text", "topic"), madina.id, later)]
    told = queries.story(card)[-1]
    assert (told.verb, told.by, told.data["changed"]) == ("corrected", madina, ["text", "topic"])
    assert told.data["was"] == {"topic": "WAT-02"}


def test_of_two_who_correct_one_card_the_second_overwrites_nothing(card, aigerim, madina, at):
    cards.correct(card.id, revision=1, text="бірінші", by=aigerim, at=at)

    with pytest.raises(rules.CardChanged):
        cards.correct(card.id, revision=1, text="екінші", by=madina, at=at)

    assert queries.card(card.id).text == "бірінші"


def test_whoever_classifies_a_card_may_have_changed_anything_on_it(contact, draft, city, aigerim, madina, at):
    card = cards.receive(contact=contact, text="су", place=city.place, at=at)
    cards.classify(card.id, draft=draft(), by=aigerim, at=at)
    card = cards.correct(card.id, revision=2, text="Көшеде су", by=madina, at=at)

    def told(revision):
        return [(entry.by, entry.data["changed"]) for entry in queries.corrections_since(card, revision)]

    assert told(1) == [(aigerim, list(rules.CORRECTABLE)), (madina, ["text"])]
    assert told(2) == [(madina, ["text"])]
    assert told(3) == told(9) == []


def test_a_card_that_was_answered_and_opened_again_is_another_revision(contact, draft, aigerim, madina, at):
    card = cards.receive(contact=contact, text="су", place=None, at=at)
    cards.answer(draft(), contact=contact, text="Кешке", channel="webform", by=aigerim, at=at, card_id=card.id)
    cards.reopen(card.id, reason="әлі жоқ", at=at)
    card = cards.correct(card.id, revision=2, text="Көшеде су", by=madina, at=at)

    assert [entry.verb for entry in queries.corrections_since(card, 1)] == ["answered", "corrected"]


def test_nothing_changed_is_no_correction(card, facts, at):
    same = cards.correct(card.id, revision=1, text=card.text, topic_code="WAT-02", by=None, at=at)

    assert same.revision == 1
    assert facts.of(CardCorrected) == []


def test_another_place_is_a_correction_and_the_old_one_stays_readable(card, city, at):
    cards.correct(card.id, revision=1, place=Place(text="Абай 5", district_code="yesil"), by=None, at=at)

    corrected = queries.card(card.id)
    assert (corrected.place_text, corrected.district_code, corrected.house) == ("Абай 5", "yesil", None)
    assert queries.story(card)[-1].data["was"]["place"]["house_id"] == city.house.id


def test_moves_along_the_line_do_not_disturb_who_is_writing(card, at):
    cards.route(card.id, owner_code="SU", at=at)
    cards.take_into_work(card.id, at=at)

    assert cards.correct(card.id, revision=1, text="анық мәтін", by=None, at=at).revision == 2


def test_a_request_becomes_an_appeal_only_with_a_name_under_it(register, asel, contact, aigerim, at):
    card = register()
    with pytest.raises(rules.ApplicantNeeded):
        cards.correct(card.id, revision=1, kind=Kind.APPEAL, by=None, at=at)

    contact.resident = asel
    named = register(who=contact)
    appeal = cards.correct(named.id, revision=1, kind=Kind.APPEAL, appeal_kind="proposal", by=aigerim, at=at)
    assert (appeal.kind, appeal.appeal_kind) == (Kind.APPEAL, "proposal")
    assert cards.correct(named.id, revision=2, kind=Kind.REQUEST, by=aigerim, at=at).appeal_kind == ""


def test_what_has_ended_is_corrected_only_after_it_was_reopened(card, at):
    cards.withdraw(card.id, by=None, at=at)

    with pytest.raises(rules.CardIsOver):
        cards.correct(card.id, revision=1, text="кеш", by=None, at=at)


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"text": "\0"}, TextEmpty),
        ({"topic_code": "NOPE"}, UnknownTopic),
        ({"place": {"lat": 1}}, rules.ImpossiblePlace),
        ({"kind": Kind.QUESTION}, rules.WrongKind),
    ],
)
def test_rubbish_is_refused_and_the_card_stays_as_it_was(card, told, refusal, at):
    with pytest.raises(refusal):
        cards.correct(card.id, revision=1, by=None, at=at, **told)

    after = queries.card(card.id)
    assert (after.text, after.topic_code, after.revision) == (card.text, "WAT-02", 1)


def test_the_topic_can_be_taken_away_again(card, at):
    assert cards.correct(card.id, revision=1, topic_code="", by=None, at=at).topic is None
