"""One draft a contact: a newer one is shown and never overwritten, and rubbish is refused with a sentence."""

import json

import pytest

from komek.rooms.intake import queries
from komek.rooms.intake.rules import ContactIsOver, DraftIsNewer, DraftNotReadable, NotYours

LANGUAGES = ("kk", "ru", "en")
JSON = {"accept": "application/json"}


def saved(contact):
    kept = queries.draft(contact.pk)
    return kept.revision, kept.data


def test_a_draft_is_there_after_the_page_was_lost(contact, desk, text_of):
    answer = desk.draft(
        contact, {"data": {"text": "Су ағып жатыр, үйде бала бар", "topic_words": "Су құбыры"}, "revision": 0}
    )

    assert answer.json() == {"revision": 1}
    page = text_of(desk.get("/operator/"))
    assert "Су ағып жатыр, үйде бала бар" in page
    assert 'value="Су құбыры"' in page
    assert 'data-revision="1"' in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_two_windows_the_second_is_shown_the_first_and_overwrites_nothing(
    contact, desk, desk_of, aigerim, in_words, language
):
    desk.draft(contact, {"data": {"text": "бірінші терезе"}, "revision": 0})
    answer = desk_of(aigerim, language).draft(contact, {"data": {"text": "екінші терезе"}, "revision": 0})

    assert answer.status_code == 409
    told = answer.json()
    assert told["detail"] == in_words(DraftIsNewer(contact.pk, 1, {}), language)
    assert (told["revision"], told["data"]) == (1, {"text": "бірінші терезе"})
    assert saved(contact) == (1, {"text": "бірінші терезе"})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"rubbish",
        b"[]",
        b"null",
        b'"text"',
        b'{"data": {}}',
        b'{"data": [1, 2], "revision": 0}',
        b'{"data": "text", "revision": 0}',
        b'{"data": {}, "revision": "first"}',
        b'{"data": {}, "revision": Infinity}',
        b'{"data": {}, "revision": null}',
        b"\xff\xfe",
        b'{"data": {}, "revision": ' + b"9" * 5_000 + b"}",
        b'{"data": ' + b"[" * 100_000 + b"]" * 100_000 + b', "revision": 0}',
    ],
    ids=range(14),
)
def test_rubbish_for_a_draft_is_refused_with_a_sentence(contact, desk, body):
    answer = desk.draft(contact, body)

    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert saved(contact) == (0, {})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("data", [{"text": "а" * 300_000}, {"n": float("nan")}], ids=["too long", "no number"])
def test_a_draft_that_cannot_be_kept_is_refused_and_the_one_before_stays(
    contact, desk, desk_of, aigerim, in_words, data, language
):
    desk.draft(contact, {"data": {"text": "бұрынғы"}, "revision": 0})
    answer = desk_of(aigerim, language).draft(contact, json.dumps({"data": data, "revision": 1}))

    assert answer.status_code == 400
    assert answer.json()["detail"] == in_words(DraftNotReadable(), language)
    assert saved(contact) == (1, {"text": "бұрынғы"})


def test_letters_that_cannot_be_kept_are_left_out(contact, desk):
    answer = desk.draft(contact, '{"data": {"text": "су\\u0000 жоқ \\ud800"}, "revision": 0}')

    assert answer.status_code == 200
    assert saved(contact)[1] == {"text": "су жоқ "}


def test_more_than_a_draft_may_weigh_is_refused_with_a_sentence(contact, desk):
    answer = desk.draft(contact, json.dumps({"data": {"text": "а" * 3_000_000}, "revision": 0}), headers=JSON)

    assert answer.status_code == 413
    assert answer.json()["detail"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_writes_in_anothers_draft(contact, desk_of, madina, in_words, language):
    answer = desk_of(madina, language).draft(contact, {"data": {"text": "менікі"}, "revision": 0})

    assert answer.status_code == 409
    assert answer.json()["detail"] == in_words(NotYours(contact.pk), language)
    assert saved(contact) == (0, {})


def test_a_draft_of_a_contact_that_has_ended_is_refused(contact, desk, in_words):
    desk.post(f"/operator/contact/{contact.pk}/wrap-up/")
    answer = desk.draft(contact, {"data": {"text": "кеш"}, "revision": 0}, headers={"accept-language": "en"})

    assert answer.status_code == 409
    assert answer.json()["detail"] == in_words(ContactIsOver(contact.pk), "en")


def test_a_draft_of_a_contact_that_was_never_there_is_refused(line, desk):
    answer = desk.client.post("/operator/draft/999999/", {"data": {}, "revision": 0}, content_type="application/json")

    assert answer.status_code == 404
