"""Taking contacts: what one has taken the other is told of, and what was written down is taken once."""

import pytest

from komek.platform.clock import now
from komek.registers.residents.rules import HandleKind, UnreadableHandle
from komek.rooms.intake import actions as intake
from komek.rooms.intake import queries
from komek.rooms.intake.models import Contact
from komek.rooms.intake.rules import NoSuchContact, NotYours, OfferIsOver, SeatIsBusy

LANGUAGES = ("kk", "ru", "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verb", ["pick", "accept"])
def test_of_two_who_take_one_contact_one_is_told(waiting, desk_of, aigerim, madina, in_words, text_of, verb, language):
    desk_of(aigerim).post(f"/operator/contact/{waiting.pk}/pick/")
    answer = desk_of(madina, language).post(f"/operator/contact/{waiting.pk}/{verb}/", follow=True)

    assert in_words(NotYours(waiting.pk), language) in text_of(answer)
    assert queries.contact(waiting.pk).accepted_by == aigerim
    assert queries.at_hand(madina) == []


def test_an_offer_that_went_back_is_said_to_be_over(waiting, desk_of, aigerim, in_words, text_of):
    desk = desk_of(aigerim, "ru")
    desk.post("/operator/seat/", {"state": "ready"})
    intake.decline(waiting.pk, by=aigerim, reason="", at=now())
    answer = desk.post(f"/operator/contact/{waiting.pk}/accept/", follow=True)

    assert in_words(OfferIsOver(waiting.pk), "ru") in text_of(answer)


@pytest.mark.parametrize("verb", ["end", "wrap-up"])
def test_nobody_ends_anothers_conversation(contact, desk_of, madina, in_words, text_of, verb):
    answer = desk_of(madina, "en").post(f"/operator/contact/{contact.pk}/{verb}/", follow=True)

    assert in_words(NotYours(contact.pk), "en") in text_of(answer)
    assert queries.contact(contact.pk).state == "accepted"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("contact_id", ["0", "999999999", "9" * 30])
def test_a_contact_that_was_never_there_is_said_so(line, desk_of, aigerim, in_words, text_of, contact_id, language):
    answer = desk_of(aigerim, language).post(f"/operator/contact/{contact_id}/accept/", follow=True)

    assert in_words(NoSuchContact(int(contact_id)), language) in text_of(answer)


def test_an_unknown_verb_is_no_page(contact, desk):
    assert desk.post(f"/operator/contact/{contact.pk}/explode/").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", ["break", "off"])
def test_nobody_leaves_a_resident_on_the_line(contact, desk_of, aigerim, in_words, text_of, state, language):
    answer = desk_of(aigerim, language).post("/operator/seat/", {"state": state, "reason": "шай\0"}, follow=True)

    assert answer.status_code == 200
    assert in_words(SeatIsBusy(), language) in text_of(answer)


@pytest.mark.parametrize("told", [{}, {"state": "asleep"}, {"state": "break", "reason": "р" * 500}])
def test_a_state_that_is_none_changes_nothing(line, desk, aigerim, told):
    assert desk.post("/operator/seat/", told).status_code == 302
    assert queries.seat(aigerim) is None


def test_a_contact_written_down_twice_by_a_nervous_finger_is_one(line, desk, aigerim):
    told = {"language": "kk", "phone": "+7 701 555 01 01", "name": "Асан", "key": "one"}
    first = desk.post("/operator/entry/", told)
    second = desk.post("/operator/entry/", told)

    assert first["Location"] == second["Location"]
    assert Contact.objects.count() == 1


def test_the_same_key_of_another_operator_is_another_contact(line, desk, desk_of, madina):
    desk.post("/operator/entry/", {"language": "kk", "key": "one"})
    desk_of(madina).post("/operator/entry/", {"language": "kk", "key": "one"})

    assert Contact.objects.count() == 2
    assert len(queries.at_hand(madina)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phone_misheard_is_told_while_the_resident_is_still_there(
    line, desk_of, aigerim, in_words, text_of, language
):
    answer = desk_of(aigerim, language).post(
        "/operator/entry/", {"language": "kk", "phone": "жеті жүз", "name": "Асан"}
    )

    assert answer.status_code == 422
    assert in_words(UnreadableHandle(HandleKind.PHONE, "жеті жүз"), language) in text_of(answer)
    assert 'value="жеті жүз"' in text_of(answer)
    assert 'value="Асан"' in text_of(answer)
    assert Contact.objects.count() == 0


@pytest.mark.parametrize(
    "told", [{}, {"language": "fr"}, {"language": "kk", "phone": "7" * 300}, {"language": "kk", "name": "а" * 201}]
)
def test_an_entry_that_cannot_be_read_is_asked_for_again(line, desk, text_of, told):
    answer = desk.post("/operator/entry/", told)

    assert answer.status_code == 422
    assert 'class="errorlist' in text_of(answer)
    assert 'data-live-page="/operator/"' in text_of(answer)
    assert Contact.objects.count() == 0


def test_a_contact_of_another_is_not_shown_by_its_id(contact, desk_of, madina, text_of):
    answer = desk_of(madina).get("/operator/", contact=contact.pk)

    assert f"/operator/finish/{contact.pk}/" not in text_of(answer)


@pytest.mark.parametrize("told", ["", "x", "9" * 40, "\0", "' OR 1=1 --"])
def test_rubbish_for_a_contact_shows_the_first_at_hand(contact, desk, text_of, told):
    assert f"/operator/finish/{contact.pk}/" in text_of(desk.get("/operator/", contact=told))


def test_the_photos_of_the_resident_are_on_the_desk(line, write, desk, photo, text_of, run_after):
    write("Жолда шұңқыр", files=[photo("hole.jpg")])
    run_after()
    waiting = Contact.objects.get()
    desk.post(f"/operator/contact/{waiting.pk}/pick/")

    assert 'src="/file/' in text_of(desk.get("/operator/"))


@pytest.fixture
def full_queue(line, write, run_after):
    for n in range(11):
        write(f"{n}: Су жоқ", name=f"Асан {n}", key=str(n))
    run_after()


def test_the_desk_without_a_contact_costs_few_queries(full_queue, desk, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        assert desk.get("/operator/").status_code == 200


def test_the_desk_with_a_caller_costs_few_queries(full_queue, desk, aigerim, asel, django_assert_max_num_queries):
    desk.post("/operator/seat/", {"state": "ready"})
    desk.post("/operator/entry/", {"language": "kk", "phone": "+7 701 555 01 01", "name": "Әсел Сәрсенова"})
    with django_assert_max_num_queries(14):
        answer = desk.get("/operator/")

    assert "Әсел Сәрсенова" in answer.content.decode()


def test_a_photo_in_the_conversation_costs_one_query_more(
    full_queue, write, desk, photo, run_after, django_assert_max_num_queries
):
    write("Су жоқ", name="Асан", phone="+7 701 555 01 01", files=[photo(), photo(color=(1, 1, 1))])
    run_after()
    newest = Contact.objects.latest("id")
    desk.post(f"/operator/contact/{newest.pk}/pick/")
    with django_assert_max_num_queries(15):
        answer = desk.get("/operator/")

    assert answer.content.decode().count('src="/file/') == 2
