"""From a contact to a card: once, by whoever has the contact, with everything that was typed when it is refused."""

import pytest

from komek.platform.clock import now
from komek.registers.catalog.rules import UnknownTopic
from komek.registers.places.rules import Place
from komek.rooms.cards.models import Card
from komek.rooms.cards.rules import ApplicantNeeded, UnknownArticle
from komek.rooms.channels.rules import TextEmpty
from komek.rooms.intake import actions as intake
from komek.rooms.intake import queries
from komek.rooms.intake.models import Contact
from komek.rooms.intake.rules import Arrival, NotYours

LANGUAGES = ("kk", "ru", "en")
TYPED = {"text": "Су ағып жатыр, бала бар", "place_text": "Кенесары 12", "landmark": "арканың жаны"}


def typed_stays(page):
    return all(words in page for words in TYPED.values())


def test_a_double_click_is_one_card(contact, desk):
    first = desk.finish(contact)
    second = desk.finish(contact)

    assert (first.status_code, second.status_code) == (302, 302)
    assert Card.objects.count() == 1


@pytest.mark.parametrize("kind", ["request", "question", "not_ours", "emergency", "appeal"])
def test_a_double_click_on_a_received_card_is_one_card_of_every_kind(line, write, desk, text_of, run_after, kind):
    write("Жолда шұңқыр бар", place_text="Кенесары 12", name="Асан")
    run_after()
    waiting = Contact.objects.get()
    desk.post(f"/operator/contact/{waiting.pk}/pick/")
    received = Card.objects.get().pk
    assert f'name="received" value="{received}"' in text_of(desk.get("/operator/"))
    told = {"kind": kind, "text": "Жолда шұңқыр бар", "topic_code": "ROA-01", "received": received, "applicant": "Асан"}
    told |= {"handed_to": "112", "confirmed_by": "Диспетчер 5"}

    answers = [desk.finish(waiting, **told) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert [card.pk for card in Card.objects.all()] == [received]


def test_a_second_matter_of_one_contact_is_a_second_card(contact, desk, text_of):
    desk.draft(contact, {"data": {"text": "Су жоқ", "key": "one"}, "revision": 0})
    desk.finish(contact, text="Су жоқ")
    page = text_of(desk.get("/operator/"))

    assert 'value="one"' not in page
    assert ">\nСу жоқ</textarea>" not in page
    assert queries.draft(contact.pk).data == {}
    desk.finish(contact, text="Жылу да жоқ", topic_code="HEA-01")
    assert [card.topic_code for card in Card.objects.order_by("id")] == ["WAT-02", "HEA-01"]


def test_going_back_and_writing_something_else_is_another_card(line, write, desk, run_after):
    write("Жолда шұңқыр бар")
    run_after()
    waiting, received = Contact.objects.get(), Card.objects.get()
    desk.post(f"/operator/contact/{waiting.pk}/pick/")
    desk.finish(waiting, text="Жолда шұңқыр бар", topic_code="ROA-01", received=received.pk)
    desk.finish(waiting, text="Су да жоқ", topic_code="WAT-02", received=received.pk)

    assert sorted(card.text for card in Card.objects.all()) == ["Жолда шұңқыр бар", "Су да жоқ"]


def test_a_received_card_of_another_contact_is_left_alone(line, write, contact, desk, run_after):
    write("Жолда шұңқыр бар")
    run_after()
    received = Card.objects.get()
    desk.finish(contact, received=received.pk)

    received.refresh_from_db()
    assert received.status == "received"
    assert Card.objects.count() == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_finishes_anothers_contact(contact, desk_of, madina, in_words, text_of, language):
    answer = desk_of(madina, language).finish(contact, **TYPED)

    assert answer.status_code == 409
    assert in_words(NotYours(contact.pk), language) in text_of(answer)
    assert f"/operator/finish/{contact.pk}/" not in text_of(answer)
    assert Card.objects.count() == 0


def test_nobody_finishes_a_contact_that_waits(waiting, desk):
    assert desk.finish(waiting).status_code == 409
    assert Card.objects.count() == 0


def test_the_card_can_still_be_made_when_the_wrap_up_ran_out(contact, desk):
    desk.post(f"/operator/contact/{contact.pk}/wrap-up/")

    assert desk.finish(contact).status_code == 302
    assert Card.objects.count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_without_words_is_asked_for_them(contact, desk_of, aigerim, in_words, text_of, language):
    answer = desk_of(aigerim, language).finish(contact, **{**TYPED, "text": " "})

    assert answer.status_code == 422
    assert in_words(TextEmpty().text, language) in text_of(answer)
    assert "Кенесары 12" in text_of(answer)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_topic_is_named(contact, desk_of, aigerim, in_words, text_of, language):
    answer = desk_of(aigerim, language).finish(contact, **TYPED, topic_code="ZZZ-1", topic_words="не бар")

    assert answer.status_code == 409
    assert in_words(UnknownTopic("ZZZ-1"), language) in text_of(answer)
    assert typed_stays(text_of(answer))
    assert 'value="не бар"' in text_of(answer)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["question", "not_ours"])
def test_an_unknown_article_is_said_so(contact, desk_of, aigerim, in_words, text_of, language, kind):
    answer = desk_of(aigerim, language).finish(contact, **TYPED, kind=kind, article_id="999999")

    assert answer.status_code == 409
    assert in_words(UnknownArticle(999999), language) in text_of(answer)
    assert typed_stays(text_of(answer))


@pytest.mark.parametrize("article", ["x", "-1", "9" * 40, "1; DROP TABLE"])
def test_an_article_that_is_none_is_no_article(contact, desk, article):
    assert desk.finish(contact, kind="question", article_id=article, answer="Ертең қосылады").status_code == 302
    assert Card.objects.get().answered_by is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "told", [{}, {"handed_to": "112"}, {"confirmed_by": "Диспетчер 5"}, {"handed_to": "999", "confirmed_by": "x"}]
)
def test_an_emergency_counts_only_when_somebody_there_has_confirmed_it(
    contact, desk_of, aigerim, in_words, text_of, told, language
):
    answer = desk_of(aigerim, language).finish(contact, **TYPED, kind="emergency", **told)

    assert answer.status_code == 422
    if told.get("handed_to") != "999":
        assert in_words("Say to whom it was handed over and who confirmed it.", language) in text_of(answer)
    assert typed_stays(text_of(answer))
    assert 'value="emergency" checked' in text_of(answer)
    assert Card.objects.count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_appeal_needs_a_name(contact, desk_of, aigerim, in_words, text_of, language):
    answer = desk_of(aigerim, language).finish(contact, **TYPED, kind="appeal", appeal_kind="complaint")

    assert answer.status_code == 409
    assert in_words(ApplicantNeeded(), language) in text_of(answer)
    assert typed_stays(text_of(answer))
    assert Card.objects.count() == 0


@pytest.mark.parametrize("kind", ["application", "complaint", "notice", "proposal", "response", "inquiry"])
def test_an_appeal_of_every_kind_of_the_law_is_registered(contact, desk, text_of, kind):
    assert f'<option value="{kind}"' in text_of(desk.get("/operator/"))
    assert desk.finish(contact, kind="appeal", appeal_kind=kind, applicant="Асан Серіков").status_code == 302
    assert Card.objects.get().appeal_kind == kind


@pytest.mark.parametrize(
    "told",
    [
        {"kind": "gift"},
        {"kind": ""},
        {"language": "fr"},
        {"text": "а" * 20_001},
        {"place_text": "а" * 501},
        {"landmark": "а" * 301},
        {"topic_code": "т" * 25},
        {"answer": "а" * 20_001},
        {"appeal_kind": "poem"},
        {"confirmed_by": "а" * 201},
    ],
)
def test_a_field_that_cannot_be_read_says_so(contact, desk, text_of, told):
    answer = desk.finish(contact, **told)

    assert answer.status_code == 422
    assert 'class="errorlist' in text_of(answer)
    assert f'data-live-page="/operator/?contact={contact.pk}"' in text_of(answer)
    assert Card.objects.count() == 0


@pytest.mark.parametrize(
    "told",
    [
        {"street_id": "x", "house_id": "<b>"},
        {"street_id": "9" * 40, "house_id": "9" * 40},
        {"street_id": "-1"},
        {"house_id": "999999"},
        {"lat": "NaN", "lon": "1e9"},
        {"lat": "51.1"},
        {"text": "су\0 жоқ"},
        {"topic_words": "т" * 200},
    ],
)
def test_what_nobody_sees_or_can_mend_keeps_no_card_out(contact, desk, told):
    assert desk.finish(contact, place_text="Беймәлім орын", **told).status_code == 302
    assert Card.objects.get().place_text == "Беймәлім орын"


def test_words_that_look_like_commands_are_only_words(contact, desk, text_of):
    rubbish = "'; DROP TABLE cards_card; -- <script>alert(1)</script>"
    desk.finish(contact, text=rubbish, place_text=rubbish)
    page = text_of(desk.get(f"/operator/card/{Card.objects.get().number}/"))

    assert Card.objects.get().text == rubbish
    assert rubbish in page
    assert "<script>alert" not in desk.get(f"/operator/card/{Card.objects.get().number}/").content.decode()


def test_the_place_that_came_with_the_words_is_on_the_desk(line, write, desk, text_of, run_after):
    write("Жолда шұңқыр бар", place_text="Кенесары 12", landmark="арканың жаны")
    run_after()
    desk.post(f"/operator/contact/{Contact.objects.get().pk}/pick/")
    page = text_of(desk.get("/operator/"))

    assert 'value="Кенесары 12"' in page
    assert 'value="арканың жаны"' in page


def test_an_address_from_another_system_is_no_text_of_the_card(line, desk, aigerim, text_of):
    place = Place(text="Абай 5")
    arrival = Arrival(channel="desk", text="Су жоқ", language="kk", place={"text": place.text, "landmark": "дүкен"})
    intake.enter(arrival, by=aigerim, at=now())
    page = text_of(desk.get("/operator/"))

    assert "Су жоқ</textarea>" in page
    assert 'value="Абай 5"' in page
    assert 'value="дүкен"' in page
