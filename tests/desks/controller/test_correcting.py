"""Two people correct one card: the second is shown both versions, chooses, and loses nothing of what was typed."""

import html

import pytest
from lxml import html as page_of
from tests.fixtures.people import TOPICS

from komek.platform.clock import now
from komek.registers.catalog import actions as catalog
from komek.registers.places.rules import Place
from komek.rooms.cards import actions
from komek.rooms.cards import queries as cards
from komek.rooms.cards.rules import CardDraft

BURST = "Көшеде су құбыры жарылды"


def fields_of(answer, form="correct"):
    """What a browser would send of the form as it stands, line ends and all."""
    fields = dict(page_of.fromstring(answer.content.decode()).get_element_by_id(form).fields)
    return {name: (value or "").replace("\n", "\r\n") for name, value in fields.items()}


@pytest.fixture
def opened(browser, olzhas):
    """Whoever has the card on their screen saves it as it was then."""

    def open_card(card):
        shown = fields_of(browser(olzhas).get(f"/controller/card/{card.number}/"))

        def saved(person, language=None, **changed):
            answer = browser(person, language).post(f"/controller/card/{card.number}/correct/", {**shown, **changed})
            return answer, html.unescape(answer.content.decode())

        return saved

    return open_card


@pytest.fixture
def save(opened, card):
    return opened(card)


@pytest.fixture
def on_a_square(line, run_after):
    """A card at a point that no words lead to, told in two lines."""
    draft = CardDraft(
        text="Шам жанбайды.\nАлаң қараңғы.", place=Place(text="Алаң", lat=51.123456, lon=71.43, of_register=True)
    )
    made = actions.register(draft, channel="desk", by=None, at=now())
    run_after()
    return made


def point_of(card):
    return now_is(card).lat, now_is(card).lon


def now_is(card):
    return cards.by_number(card.number)


def test_a_card_is_corrected(card, save, olzhas):
    answer, _ = save(olzhas, text="Ауладағы су құбыры жарылды", landmark="мектептің жаны")

    assert answer.status_code == 302
    assert (now_is(card).text, now_is(card).landmark) == ("Ауладағы су құбыры жарылды", "мектептің жаны")
    assert now_is(card).place_text == card.place_text


def test_nothing_changed_is_no_revision(card, save, olzhas):
    save(olzhas)

    assert now_is(card).revision == card.revision


def test_both_versions_are_shown_and_nothing_is_overwritten(card, save, olzhas, gulnara):
    save(gulnara, text="Құбыр ескі, көп су ағып жатыр")
    answer, page = save(olzhas, text="Екі үйдің арасында ағып жатыр", landmark="мектептің жаны")

    assert answer.status_code == 409
    assert "Құбыр ескі, көп су ағып жатыр" in page
    assert "Екі үйдің арасында ағып жатыр" in page
    assert gulnara.name in page
    assert 'name="landmark" value="мектептің жаны"' in page
    assert (now_is(card).text, now_is(card).landmark) == ("Құбыр ескі, көп су ағып жатыр", "")


def test_what_was_chosen_is_saved_field_by_field(card, save, olzhas, gulnara):
    save(gulnara, text="Құбыр ескі, көп су ағып жатыр")
    told = {"text": "Екі үйдің арасында", "landmark": "мектептің жаны", "revision": now_is(card).revision}
    answer, _ = save(olzhas, **told, **{"keep-text": "theirs", "keep-place": "mine"})

    assert answer.status_code == 302
    assert (now_is(card).text, now_is(card).landmark) == ("Құбыр ескі, көп су ағып жатыр", "мектептің жаны")


def test_a_field_that_only_one_of_them_has_touched_is_proposed(card, save, olzhas, gulnara):
    save(gulnara, topic_code="HEA-01")
    _, page = save(olzhas, text="Екі үйдің арасында")

    assert 'name="keep-topic" value="theirs" required checked' in page
    assert 'name="keep-text" value="mine" checked' in page


def test_a_field_that_both_have_changed_is_proposed_to_nobody(card, save, olzhas, gulnara):
    save(gulnara, text="Құбыр ескі")
    _, page = save(olzhas, text="Екі үйдің арасында")

    assert 'name="keep-text" value="theirs" required checked' not in page
    assert 'name="keep-text" value="mine" checked' not in page


def test_a_third_who_saves_meanwhile_is_shown_again(card, save, olzhas, gulnara, saule):
    save(gulnara, text="Құбыр ескі")
    chosen = now_is(card).revision
    save(saule, text="Су аз", revision=chosen)
    answer, page = save(olzhas, text="Екі үйдің арасында", revision=chosen, **{"keep-text": "mine"})

    assert answer.status_code == 409
    assert "Су аз" in page
    assert "Екі үйдің арасында" in page


def test_a_card_that_is_closed_is_not_corrected(card, save, olzhas, work):
    work.finish(card.number)
    work.check(card.number)
    answer, _ = save(olzhas, text="Кеш", revision=now_is(card).revision)

    assert answer.status_code == 409
    assert now_is(card).text == BURST


def test_a_card_without_a_topic_gets_none_that_nobody_chose(on_a_square, opened, olzhas):
    answer, _ = opened(on_a_square)(olzhas, text="Алаңда шам жанбайды")

    assert answer.status_code == 302
    assert (now_is(on_a_square).text, now_is(on_a_square).topic_code) == ("Алаңда шам жанбайды", "")


def test_a_card_keeps_a_topic_that_has_been_retired_since(card, opened, olzhas):
    columns = ("code", "topic_kk", "topic_ru", "topic_en", "service", "priority", "deadline", "first_line")
    catalog.publish((dict(zip(columns, row, strict=True)) for row in TOPICS if row[0] != card.topic_code), at=now())
    answer, _ = opened(card)(olzhas, text="Ауладағы су құбыры жарылды")

    assert answer.status_code == 302
    assert now_is(card).topic_code == card.topic_code


def test_a_landmark_leaves_the_pin_where_it_is(on_a_square, opened, olzhas):
    opened(on_a_square)(olzhas, landmark="мектептің жаны")

    assert now_is(on_a_square).landmark == "мектептің жаны"
    assert point_of(on_a_square) == (51.123456, 71.43)


def test_a_pin_is_moved_under_the_same_words(on_a_square, opened, olzhas):
    opened(on_a_square)(olzhas, lat="51.2", lon="71.5")

    assert point_of(on_a_square) == (51.2, 71.5)


def test_what_was_chosen_stays_after_a_refusal(on_a_square, opened, olzhas):
    chosen = {"place_text": "Көпір", "lat": "51.2", "lon": "71.5", "topic_code": "ROA-01", "landmark": ""}
    answer, _ = opened(on_a_square)(olzhas, "ru", text="", **chosen)

    assert answer.status_code == 422
    shown = fields_of(answer)
    assert {name: shown[name] for name in (*chosen, "text")} == {**chosen, "text": ""}


def test_two_pins_under_the_same_words_are_two_versions(on_a_square, opened, olzhas, gulnara):
    save = opened(on_a_square)
    save(gulnara, lat="51.2", lon="71.5")
    answer, page = save(olzhas, lat="51.3", lon="71.6")

    assert answer.status_code == 409
    assert "Алаң (51.2 71.5)" in page
    assert "Алаң (51.3 71.6)" in page


def test_lines_that_end_in_another_way_are_no_other_version(on_a_square, opened, olzhas, gulnara):
    save = opened(on_a_square)
    save(gulnara, landmark="мектептің жаны")
    _, page = save(olzhas, topic_code="ROA-01")

    assert 'name="keep-text"' not in page
    assert 'name="keep-topic" value="mine" checked' in page


def test_who_has_chosen_and_meets_a_third_finds_the_same_chosen(card, save, olzhas, gulnara, saule):
    save(gulnara, text="Құбыр ескі")
    seen = now_is(card).revision
    save(saule, landmark="мектептің жаны", revision=seen)
    _, page = save(olzhas, text="Екі үйдің арасында", revision=seen, **{"keep-text": "theirs"})

    assert 'name="keep-text" value="theirs" required checked' in page
