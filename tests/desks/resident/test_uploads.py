"""Photos in the web form: each is taken or refused by name, and what was taken need not be sent again."""

import html
import re

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile

from komek.platform import files
from komek.platform.models import StoredFile
from komek.rooms.cards import queries as cards
from komek.rooms.channels import queries as channels
from komek.rooms.channels.rules import TextEmpty
from komek.ui.uploads import TooManyFiles

LANGUAGES = ("kk", "ru", "en")
BURST = "Көшеде су құбыры жарылды"


@pytest.fixture
def send(browser):
    def sent(language="kk", **fields):
        answer = browser(language=language).post("/write/", {"key": "one", **fields})
        assert answer.status_code < 500, answer.content.decode()[:2000]
        return answer

    return sent


def text_of(answer):
    return html.unescape(answer.content.decode())


def kept_list(answer):
    """The signed list of files as the form carries it on."""
    found = re.search(r'name="kept_files" value="([^"]+)"', answer.content.decode())
    return html.unescape(found[1]) if found else ""


def files_of(answer):
    assert answer.status_code == 302, text_of(answer)[:3000]
    card = cards.by_number(answer["Location"].split("/")[2])
    return [files.stored(file_id) for file_id in channels.files_of(card.conversation_id)]


def refusal_of(upload):
    """What the platform says of this file."""
    upload.seek(0)
    try:
        files.receive(upload, name=upload.name, by=None, at=None, purpose="contact")
    except files.NotAccepted as refusal:
        return refusal
    except (files.TooManyPixels, files.BrokenFile, files.EmptyFile) as refusal:
        return refusal
    raise AssertionError("it was taken")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("bad", ["renamed_program", "bomb", "half_a_photo"])
def test_a_file_that_cannot_be_taken_is_named_and_the_rest_of_the_form_stays(
    request, line, send, kept, in_words, photo, bad, language
):
    upload = request.getfixturevalue(bad)
    said = in_words(refusal_of(upload), language)
    upload.seek(0)
    answer = send(language, text=BURST, place_text="Кенесары 12", files=[photo("good.jpg"), upload])

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert upload.name in said
    assert BURST in text_of(answer)
    assert "Кенесары 12" in text_of(answer)
    assert kept() == {"cards": 0, "contacts": 0, "files": 1}


def test_what_was_taken_before_an_error_need_not_be_sent_again(line, send, kept, photo, renamed_program):
    refused = send(text=BURST, files=[photo("good.jpg"), renamed_program])
    answer = send(text=BURST, kept_files=kept_list(refused))

    assert [file.original_name for file in files_of(answer)] == ["good.jpg"]
    assert kept() == {"cards": 1, "contacts": 1, "files": 1}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_elsewhere_costs_nobody_a_second_upload(line, send, kept, photo, in_words, language):
    refused = send(language, text="", files=[photo()])
    assert in_words(TextEmpty().text, language) in text_of(refused)
    again = send(language, text=" ", kept_files=kept_list(refused))
    answer = send(language, text=BURST, kept_files=kept_list(again))

    assert len(files_of(answer)) == 1
    assert kept()["files"] == 1


def test_what_was_taken_survives_being_asked_to_wait(line, send, photo):
    refused = send(text="", files=[photo()])
    while (answer := send(text="", kept_files=kept_list(refused))).status_code != 429:
        pass

    assert signing.loads(kept_list(answer), salt="komek.ui.uploads.contact") == list(
        StoredFile.objects.values_list("id", flat=True)
    )


@pytest.mark.parametrize(
    "forged",
    ["", "1", "[1]", "x" * 5_000, signing.dumps([1, 2, 3]), signing.dumps([1], salt="komek.ui.uploads.proof"), "\0"],
    ids=["nothing", "a number", "a list", "long", "signed for nothing", "signed for another", "zero"],
)
def test_a_list_of_files_that_we_did_not_sign_is_no_list(line, send, photo, forged):
    secret = files.receive(photo("secret.jpg"), name="secret.jpg", by=None, at="2026-11-02T04:30:00Z", purpose="proof")
    answer = send(text=BURST, kept_files=forged)

    assert secret.pk not in [file.pk for file in files_of(answer)]


def test_a_kept_file_that_is_gone_meanwhile_stops_nobody(line, send, photo):
    refused = send(text="", files=[photo()])
    files.delete(StoredFile.objects.get())

    assert files_of(send(text=BURST, kept_files=kept_list(refused))) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_more_files_than_five_are_told_of_and_five_are_kept(line, send, photo, in_words, language):
    shots = [photo(f"{n}.jpg", color=(n * 20, 100, 100)) for n in range(6)]
    refused = send(language, text=BURST, files=shots)

    assert refused.status_code == 422
    assert in_words(TooManyFiles(5), language) in text_of(refused)
    answer = send(language, text=BURST, kept_files=kept_list(refused))
    assert [file.original_name for file in files_of(answer)] == [f"{n}.jpg" for n in range(5)]


def test_five_kept_and_one_more_are_too_many_as_well(line, send, photo):
    refused = send(text="", files=[photo(f"{n}.jpg", color=(n * 20, 1, 1)) for n in range(5)])
    again = send(text=BURST, kept_files=kept_list(refused), files=[photo("sixth.jpg")])

    assert again.status_code == 422
    assert StoredFile.objects.count() == 5


def test_an_empty_file_input_is_no_file(line, browser):
    part = '--x\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n{}\r\n'
    body = part.format("text", "", BURST) + part.format(
        "files", '; filename=""\r\nContent-Type: application/octet-stream', ""
    )
    answer = browser().post("/write/", (body + "--x--\r\n").encode(), content_type="multipart/form-data; boundary=x")

    assert files_of(answer) == []


def test_an_empty_file_is_named(line, send, in_words):
    answer = send("ru", text=BURST, files=[SimpleUploadedFile("empty.jpg", b"")])

    assert answer.status_code == 422
    assert in_words(files.EmptyFile("empty.jpg"), "ru") in text_of(answer)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.jpg", "photo\u202egpj.exe", "\0.jpg", "к" * 400 + ".jpg", '"><script>.jpg']
)
def test_a_name_of_a_file_is_only_a_name(line, send, photo, name):
    (file,) = files_of(send(text=BURST, files=[photo(name)]))

    assert file.original_name.endswith(".jpg")
    assert not set(file.original_name) & set("/\\\0\u202e")
    assert len(file.original_name) < 130
