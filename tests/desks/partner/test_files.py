import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from komek.platform.models import StoredFile
from komek.rooms.cards.models import Entry
from komek.rooms.channels.models import Attachment


def test_a_photo_is_added_to_the_contact_and_noted_on_its_card(qala, card_of_qala, photo):
    answer = qala.upload("/contacts/q-1/files", photo(), photo("second.jpg", "olive"))

    assert answer.status_code == 201
    assert [file["name"] for file in answer.json()["files"]] == ["burst.jpg", "second.jpg"]
    assert Attachment.objects.filter(message__conversation_id=card_of_qala.conversation_id).count() == 2
    assert Entry.objects.filter(card=card_of_qala, verb="resident_wrote").count() == 1


def test_the_link_of_a_file_shows_it_without_the_place_where_it_was_taken(qala, card_of_qala, photo, client):
    told = qala.upload("/contacts/q-1/files", photo()).json()["files"][0]

    shown = client.get(told["url"].removeprefix("http://testserver"))
    content = b"".join(shown.streaming_content)
    assert shown["Content-Type"] == told["media_type"] == "image/jpeg"
    assert not Image.open(io.BytesIO(content)).getexif()


def test_the_same_files_sent_twice_are_added_once(qala, card_of_qala, photo):
    first = qala.upload("/contacts/q-1/files", photo())
    second = qala.upload("/contacts/q-1/files", photo())

    assert second.json() == first.json()
    assert StoredFile.objects.count() == Attachment.objects.count() == 1


def test_another_file_under_the_same_idempotency_key_is_a_conflict(qala, card_of_qala, photo):
    qala.upload("/contacts/q-1/files", photo(), key="k-1")

    assert qala.upload("/contacts/q-1/files", photo(colour="olive"), key="k-1").status_code == 409


def test_one_bad_file_takes_the_good_ones_with_it_and_is_named(qala, card_of_qala, photo):
    program = SimpleUploadedFile("cat.jpg", b"MZ\x90\x00" + b"\0" * 4_000, content_type="image/jpeg")

    answer = qala.upload("/contacts/q-1/files", photo(), program)

    assert (answer.status_code, answer.json()["code"]) == (422, "file_not_accepted")
    assert "cat.jpg" in answer.json()["detail"]
    assert StoredFile.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "file_empty"), (b"\xff\xd8\xff\xe0truncated", "file_broken"), (b"just words", "file_not_accepted")],
)
def test_a_file_that_cannot_be_shown_is_refused_by_its_content(qala, card_of_qala, content, code):
    answer = qala.upload("/contacts/q-1/files", SimpleUploadedFile("photo.jpg", content, content_type="image/jpeg"))

    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_more_than_ten_files_at_once_are_too_many(qala, card_of_qala):
    files = [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(11)]

    assert qala.upload("/contacts/q-1/files", *files).status_code == 413


def test_an_upload_without_files_says_what_is_missing(qala, card_of_qala):
    answer = qala.upload("/contacts/q-1/files")

    assert (answer.status_code, answer.json()["fields"]) == (422, {"files": "This is missing."})


def test_a_contact_that_was_never_brought_takes_no_files(qala, photo):
    answer = qala.upload("/contacts/q-9/files", photo())

    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_contact")
