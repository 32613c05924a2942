"""Two people correct one card: the second is shown both versions, chooses, and loses nothing of what was typed."""

import html

import pytest

from komek.rooms.cards import queries as cards

BURST = "Көшеде су құбыры жарылды"


@pytest.fixture
def card(line, write, run_after):
    _, number, _ = write(BURST, topic_code="WAT-02", place_text="Кенесары 12")
    run_after()
    return cards.by_number(number)


@pytest.fixture
def save(browser, card):
    """Somebody saves the card as they have it on their screen."""

    def saved(person, language=None, **changed):
        told = {
            "text": card.text,
            "topic_code": card.topic_code,
            "kind": card.kind,
            "place_text": card.place_text,
            "landmark": card.landmark,
            "revision": card.revision,
            "was-text": card.text,
            "was-topic": card.topic_code,
            "was-kind": card.kind,
            "was-place": card.place_text,
        }
        answer = browser(person, language).post(f"/controller/card/{card.number}/correct/", {**told, **changed})
        return answer, html.unescape(answer.content.decode())

    return saved


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
