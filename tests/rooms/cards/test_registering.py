"""How a card begins."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.fixtures.people import TOPICS

from komek.registers.catalog import actions as catalog
from komek.registers.catalog.rules import UnknownTopic
from komek.registers.places.rules import ImpossiblePoint, Place
from komek.registers.residents import actions as residents
from komek.registers.residents.models import Resident
from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries, rules
from komek.rooms.cards.facts import CardAnswered, CardExplained, CardHandedOver, CardReceived, CardRegistered
from komek.rooms.cards.models import Card
from komek.rooms.cards.rules import Kind, Outcome, Status
from komek.rooms.channels import rules as channel_rules
from komek.rooms.intake import actions as intake
from komek.rooms.intake import queries as intake_queries
from komek.rooms.intake.rules import Arrival
from komek.rooms.intake.rules import State as ContactState
from komek.rooms.knowledge.models import Article


@pytest.fixture
def article(db, at):
    return Article.objects.create(code="WAT-A1", owner="SU", updated_at=at)


def verbs(card):
    return [(entry.verb, entry.was, entry.status) for entry in queries.story(card)]


def test_a_registered_card_has_a_number_an_owner_and_a_first_line_of_history(register, city, aigerim, facts, at):
    card = register()
    contact = card.contact

    assert (card.status, card.kind, card.owner_code) == (Status.REGISTERED, Kind.REQUEST, rules.FIRST_LINE)
    assert (card.conversation_id, card.registered_by) == (contact.conversation_id, aigerim)
    assert (card.topic.code, card.topic.version, card.district_code) == ("WAT-02", city.topics, "nura")
    assert (card.street, card.house, card.house_number) == (city.street, city.house, "12")
    assert verbs(card) == [("registered", "", "registered")]
    assert facts.of(CardRegistered) == [
        CardRegistered(card.id, "request", "WAT-02", "nura", "webform", "kk", contact.id, aigerim.id, at)
    ]


def test_numbers_follow_each_other_and_can_be_read_aloud(register):
    first, second = register(), register()

    serials = [int(card.number.replace("-", "")[2:-1]) for card in (first, second)]
    assert serials[1] == serials[0] + 1
    assert rules.read_number(first.number) == first.number


def test_the_year_of_a_number_is_the_year_of_the_city_not_of_greenwich(register):
    new_year = datetime(2026, 12, 31, 19, 30, tzinfo=UTC)  # half past midnight in Astana

    assert register(when=new_year).number.startswith("27-")
    assert register(when=new_year - timedelta(hours=1)).number.startswith("26-")


def test_a_number_that_was_refused_or_undone_is_not_given_again(register, contact, at):
    before = register()
    with pytest.raises(UnknownTopic):
        register(topic_code="NOPE")

    after = register()

    assert after.number > before.number
    assert Card.objects.count() == 2


def test_a_double_click_on_register_is_one_card(register, facts):
    first = register(key="form-1")
    again = register(key="form-1", text="басқа")

    assert first == again
    assert Card.objects.get().text == "Көшеде су ағып жатыр"
    assert len(facts.of(CardRegistered)) == 1


def test_one_contact_may_bring_several_cards(register, contact):
    made = [register(key="form-1"), register(key="form-2"), register()]

    assert queries.of_contact(contact) == made


def test_the_same_key_in_another_contact_is_another_card(register, city, at):
    other = intake.arrive(Arrival(channel="webform", text="Тағы"), at=at)

    assert register(key="form-1") != register(key="form-1", who=other)


def test_a_card_without_a_contact_is_registered_too(draft, saule, at):
    card = cards.register(draft(), channel="desk", by=saule, at=at)

    assert (card.contact, card.conversation, card.resident) == (None, None, None)


def test_a_card_keeps_the_version_of_the_catalog_it_was_made_under(register, city, at):
    card = register()
    columns = ("code", "topic_kk", "topic_ru", "topic_en", "service", "priority", "deadline", "first_line")
    rows = [dict(zip(columns, row, strict=True)) | {"deadline": "30m"} for row in TOPICS]
    newer = catalog.publish(rows, at=at + timedelta(hours=1)).version

    later = register(when=at + timedelta(hours=2))
    cards.correct(card.id, revision=1, topic_code="HEA-01", by=None, at=at + timedelta(hours=2))

    card.refresh_from_db()
    assert (card.topic.code, card.topic.version) == ("HEA-01", city.topics)
    assert later.topic.version == newer


def test_a_place_nobody_knows_never_blocks_a_card(register):
    card = register(place=Place(text="Көк қақпаның артында, теректің түбінде"))

    assert (card.place_text, card.street, card.district_code) == ("Көк қақпаның артында, теректің түбінде", None, "")


def test_without_a_topic_a_card_is_registered_and_routing_will_see_to_it(register):
    card = register(topic_code=None)

    assert (card.topic, card.topic_code, card.status) == (None, "", Status.REGISTERED)


@pytest.mark.parametrize(
    "place",
    [
        {"text": "Кенесары 12"},
        "Кенесары 12",
        Place(text="", house_id=10**9),
        Place(text="", house_id=-1, street_id=-1),
        Place(text="", street_id=10**9),
    ],
)
def test_a_place_that_no_address_field_made_is_refused(register, place):
    with pytest.raises(rules.ImpossiblePlace):
        register(place=place)


@pytest.mark.parametrize("point", [(91.0, 0.0), (51.0, None), (float("nan"), 71.0), (1e300, 1e300)])
def test_a_point_off_the_globe_is_refused(register, point):
    with pytest.raises(ImpossiblePoint):
        register(place=Place(text="", lat=point[0], lon=point[1]))


def test_a_house_of_another_street_is_refused(register, city):
    with pytest.raises(rules.ImpossiblePlace):
        register(place=Place(text="", street_id=city.street.id + 1, house_id=city.house.id))


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"text": "\0\u202e "}, channel_rules.TextEmpty),
        ({"text": "а" * 1_000_000}, channel_rules.TextTooLong),
        ({"topic_code": "WAT-99"}, UnknownTopic),
        ({"topic_code": "\0" * 500}, UnknownTopic),
        ({"language": "de"}, channel_rules.UnknownLanguage),
        ({"kind": Kind.QUESTION}, rules.WrongKind),
        ({"kind": "party"}, rules.WrongKind),
    ],
)
def test_rubbish_is_refused_by_name_and_leaves_nothing_behind(register, facts, told, refusal):
    with pytest.raises(refusal):
        register(**told)

    assert not Card.objects.exists()
    assert facts.of(CardRegistered) == []


def test_tricks_of_direction_and_nul_are_taken_out_of_every_text(register):
    card = register(text="Су\0 \u202eжоқ", place=Place(text="Абай\0 \u202e5", landmark="\u2066мектеп\0"))

    assert (card.text, card.place_text, card.landmark) == ("Су жоқ", "Абай 5", "мектеп")


def test_an_appeal_needs_the_name_of_who_makes_it(draft, contact, aigerim, asel, at):
    appeal = draft(kind=Kind.APPEAL, appeal_kind="complaint")
    nameless = Resident.objects.get(id=residents.remember(handles=[("phone", "+77019999999")], at=at))

    for resident in (None, nameless):
        with pytest.raises(rules.ApplicantNeeded):
            cards.register(appeal, contact=contact, resident=resident, channel="desk", by=aigerim, at=at)

    card = cards.register(appeal, contact=contact, resident=asel, channel="desk", by=aigerim, at=at)
    assert (card.kind, card.appeal_kind, card.resident) == (Kind.APPEAL, "complaint", asel)


def test_an_appeal_of_no_said_kind_is_an_application_and_an_unknown_kind_is_refused(draft, aigerim, asel, at):
    told = {"resident": asel, "channel": "desk", "by": aigerim, "at": at}

    assert cards.register(draft(kind=Kind.APPEAL), **told).appeal_kind == "application"
    with pytest.raises(rules.WrongKind):
        cards.register(draft(kind=Kind.APPEAL, appeal_kind="x" * 1000), **told)


def test_a_card_gets_its_number_before_anybody_has_read_it(contact, city, facts, at):
    card = cards.receive(contact=contact, text="Су ағып жатыр", place=city.place, at=at)

    assert (card.status, card.owner_code, card.registered_at) == (Status.RECEIVED, rules.FIRST_LINE, None)
    assert verbs(card) == [("received", "", "received")]
    assert facts.of(CardReceived) == [CardReceived(card.id, contact.id, at)]


def test_a_contact_sent_twice_has_one_received_card(contact, city, facts, at):
    first = cards.receive(contact=contact, text="Су ағып жатыр", place=city.place, at=at)

    assert cards.receive(contact=contact, text="Су ағып жатыр", place=None, at=at) == first
    assert len(facts.of(CardReceived)) == 1


def test_an_operator_reads_a_received_card_and_registers_it(contact, draft, aigerim, facts, at):
    later = at + timedelta(minutes=5)
    card = cards.receive(contact=contact, text="вода", place=None, at=at)

    read = cards.classify(card.id, draft=draft(), by=aigerim, at=later)

    assert (read.id, read.number, read.status, read.topic_code) == (card.id, card.number, Status.REGISTERED, "WAT-02")
    assert (read.received_at, read.registered_at, read.revision) == (at, later, 2)
    assert verbs(card) == [("received", "", "received"), ("classified", "received", "registered")]
    assert facts.names()[-2:] == ["CardReceived", "CardRegistered"]


def test_a_second_click_of_the_same_person_classifies_nothing_twice_and_another_person_is_told(
    contact, draft, aigerim, madina, facts
):
    at = contact.arrived_at
    card = cards.receive(contact=contact, text="вода", place=None, at=at)
    cards.classify(card.id, draft=draft(), by=aigerim, at=at)

    assert cards.classify(card.id, draft=draft(), by=aigerim, at=at).id == card.id
    with pytest.raises(rules.ForbiddenMove):
        cards.classify(card.id, draft=draft("басқа"), by=madina, at=at)
    assert len(facts.of(CardRegistered)) == 1


def test_a_form_with_a_topic_goes_its_way_and_nobody_has_to_take_the_contact(city, draft, facts, at):
    arrival = Arrival(channel="webform", text="Су ағып жатыр", outer_id="form-key", topic_code="WAT-02")

    card = cards.take_in(arrival, draft=draft(), at=at)
    again = cards.take_in(arrival, draft=draft(), at=at)

    assert card == again
    assert card.status == Status.REGISTERED
    assert intake_queries.contact(card.contact_id).state == ContactState.ENDED
    assert facts.names() == ["MessageHeard", "ContactArrived", "CardRegistered", "ContactSettled"]


def test_a_form_without_a_topic_waits_for_an_operator_with_its_number(city, draft, facts, at):
    card = cards.take_in(Arrival(channel="webform", text="Су"), draft=draft(topic_code=None), at=at)

    assert card.status == Status.RECEIVED
    assert intake_queries.contact(card.contact_id).state == ContactState.WAITING
    assert facts.names() == ["MessageHeard", "ContactArrived", "CardReceived"]


def test_a_question_is_answered_in_the_contact_and_the_card_is_final(draft, contact, article, aigerim, facts):
    at = contact.arrived_at

    card = cards.answer(
        draft("Су қашан беріледі?", topic_code="WAT-04"),
        contact=contact,
        article_id=article.id,
        text="Кешкі алтыда.",
        channel="webform",
        by=aigerim,
        at=at,
    )

    assert (card.status, card.kind, card.outcome) == (Status.ANSWERED, Kind.QUESTION, Outcome.ANSWERED)
    assert (card.answered_by, card.answer, card.closed_at) == (article, "Кешкі алтыда.", at)
    assert verbs(card) == [("answered", "", "answered")]
    assert facts.of(CardAnswered) == [CardAnswered(card.id, article.id, aigerim.id, at)]
    assert facts.of(CardRegistered) == []


def test_an_article_that_is_not_there_answers_nothing(draft, contact, aigerim, at):
    with pytest.raises(rules.UnknownArticle):
        cards.answer(draft(), contact=contact, article_id=10**9, channel="webform", by=aigerim, at=at)


def test_a_received_card_may_turn_out_to_be_a_question(contact, draft, aigerim, at):
    card = cards.receive(contact=contact, text="Су қашан беріледі?", place=None, at=at)

    told = {"contact": contact, "text": "Алтыда.", "channel": "webform", "by": aigerim, "card_id": card.id}
    answered = cards.answer(draft(), at=at, **told)
    again = cards.answer(draft(), at=at, **told)

    assert answered.id == again.id == card.id
    assert verbs(card) == [("received", "", "received"), ("answered", "received", "answered")]


def test_what_is_not_ours_is_explained_and_counted(draft, contact, aigerim, facts, at):
    card = cards.explain(
        draft("Банк несие бермеді", topic_code=None),
        contact=contact,
        text="Ұлттық банкке хабарласыңыз: 1477.",
        channel="webform",
        by=aigerim,
        at=at,
    )

    assert (card.status, card.kind, card.outcome) == (Status.EXPLAINED, Kind.NOT_OURS, Outcome.EXPLAINED)
    assert facts.of(CardExplained) == [CardExplained(card.id, aigerim.id, at)]


def test_an_emergency_is_handed_over_when_somebody_there_has_confirmed_it(draft, contact, aigerim, facts, at):
    told = {"contact": contact, "channel": "desk", "by": aigerim, "at": at}
    fire = draft("Өрт!", topic_code="EMG-01")

    for to, confirmed_by in (("", "диспетчер 7"), ("101", " \0")):
        with pytest.raises(rules.HandOverUnconfirmed):
            cards.hand_over(fire, to=to, confirmed_by=confirmed_by, **told)
    card = cards.hand_over(fire, to="101", confirmed_by="диспетчер 7", **told)

    assert (card.status, card.kind, card.handed_to) == (Status.HANDED_OVER, Kind.EMERGENCY, "101")
    assert facts.of(CardHandedOver) == [CardHandedOver(card.id, "101", "диспетчер 7", aigerim.id, at)]


@pytest.mark.parametrize("verb", [cards.answer, cards.explain])
def test_a_double_click_on_an_ending_is_one_card(verb, draft, contact, aigerim, at):
    told = {"contact": contact, "channel": "webform", "by": aigerim, "at": at, "key": "form-1"}

    assert verb(draft(), **told) == verb(draft(), **told)
    assert Card.objects.count() == 1


def test_codes_are_made_anew_for_every_card(register):
    codes = {register().access_code for _ in range(5)}

    assert len(codes) == 5
    assert all(set(code) <= set(rules.CODE_LETTERS) and len(code) == rules.CODE_LENGTH for code in codes)
