"""Following a number: by its code and nobody else's, however it was typed; and the files behind signed links."""

import html
import itertools
import re

import pytest
from django.core import signing

from komek.platform import files, limits
from komek.rooms.cards.rules import NoSuchCard, WrongNumber
from komek.ui.files import SALT

LANGUAGES = ("kk", "ru", "en")
BURST = "Көшеде су құбыры жарылды"


@pytest.fixture
def shown_photo(card, work, browser):
    """The link to the photo of the work, as the status page gives it."""
    work.finish(card.number)
    page = browser().get(f"/status/{card.number}/{card.access_code}/").content.decode()
    return re.search(r'src="(/file/[^"]+)"', page)[1]


def text_of(answer):
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_code_is_as_unknown_as_a_wrong_number(card, browser, in_words, language):
    sentence = in_words(NoSuchCard(card.number), language)
    for address in (
        f"/status/{card.number}/bcdfghjk/",
        f"/status/{card.number}/{card.access_code}x/",
        f"/status/{card.number}/%00/",
    ):
        answer = browser(language=language).get(address)
        assert answer.status_code == 404
        assert sentence in text_of(answer)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_digit_is_told_before_anything_is_looked_for(card, browser, in_words, language):
    wrong = card.number[:-1] + str((int(card.number[-1]) + 1) % 10)
    answer = browser(language=language).get("/status/", {"number": wrong, "code": card.access_code})

    assert answer.status_code == 404
    assert in_words(WrongNumber(wrong), language) in text_of(answer)
    assert f'value="{wrong}"' in text_of(answer)
    assert f'value="{card.access_code}"' in text_of(answer)


@pytest.mark.parametrize("typed", ["{plain}", "№ {spaced}", " {dashed} ", "{dotted}", "\u202e{dashed}\u200f"])
def test_a_number_is_found_however_it_is_typed(card, browser, typed):
    plain = card.number.replace("-", "")
    forms = {
        "plain": plain,
        "spaced": card.number.replace("-", " "),
        "dashed": card.number,
        "dotted": card.number.replace("-", "."),
    }
    answer = browser().get("/status/", {"number": typed.format(**forms), "code": f" {card.access_code.upper()} "})

    assert answer.status_code == 302
    assert answer["Location"] == f"/status/{card.number}/{card.access_code}/"


@pytest.mark.parametrize(
    "number", ["", " ", "abc", "0", "9" * 300, "'; DROP TABLE cards_card; --", "<script>", "\0", "२६-०००१-२३४५"]
)
def test_rubbish_for_a_number_is_a_page_and_not_a_fault(line, browser, number):
    answer = browser().get("/status/", {"number": number, "code": "x"})

    assert answer.status_code in {404, 422}
    assert "<script>" not in answer.content.decode().replace('<script type="module"', "")


def test_nobody_tries_all_codes(card, browser):
    client = browser(language="en")
    statuses = (client.get(f"/status/{card.number}/{n:08d}/").status_code for n in itertools.count())

    assert set(itertools.takewhile(lambda status: status != 429, statuses)) == {404}
    answer = client.get("/status/", {"number": card.number, "code": "x"})
    assert answer.status_code == 429
    assert limits.TooMany(1).text.partition("%")[0] in text_of(answer)


def test_the_page_shows_no_name_and_no_phone_of_the_resident(line, write, run_after):
    client, number, code = write(BURST, topic_code="WAT-02", name="Асан Серіков", phone="+7 701 555 01 01")
    run_after()
    page = client.get(f"/status/{number}/{code}/").content.decode()

    assert "Серіков" not in page
    assert "555 01 01" not in page
    assert "5550101" not in page


def test_a_photo_opens_by_its_link(shown_photo, browser):
    answer = browser().get(shown_photo)

    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"].startswith("private")
    assert answer["Content-Security-Policy"] == "default-src 'none'"
    assert b"".join(answer.streaming_content)[:3] == b"\xff\xd8\xff"


def test_a_player_that_asks_for_parts_gets_parts(shown_photo, browser):
    whole = b"".join(browser().get(shown_photo).streaming_content)
    size = len(whole)
    for asked, begin, end in (
        ("bytes=0-1", 0, 1),
        ("bytes=10-", 10, size - 1),
        ("bytes=-5", size - 5, size - 1),
        (f"bytes=0-{size * 9}", 0, size - 1),
        (f"bytes=-{size * 9}", 0, size - 1),
    ):
        answer = browser().get(shown_photo, headers={"range": asked})
        assert answer.status_code == 206, asked
        assert b"".join(answer.streaming_content) == whole[begin : end + 1], asked
        assert answer["Content-Range"] == f"bytes {begin}-{end}/{size}"
        assert answer["Content-Security-Policy"] == "default-src 'none'"


def test_a_part_that_is_not_there_is_refused_and_rubbish_gets_the_whole(shown_photo, browser):
    assert browser().get(shown_photo, headers={"range": "bytes=99999999-"}).status_code == 416
    assert browser().get(shown_photo, headers={"range": "bytes=5-2"}).status_code == 416
    for rubbish in ("", "x", "bytes=-", "bytes=0-1,3-4", "bytes=" + "9" * 40 + "-", "items=0-1"):
        answer = browser().get(shown_photo, headers={"range": rubbish})
        assert answer.status_code == 200, rubbish
        assert b"".join(answer.streaming_content)[:3] == b"\xff\xd8\xff"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_of_yesterday_shows_nothing(shown_photo, browser, in_words, language, monkeypatch):
    monkeypatch.setattr("komek.ui.files.LINK_SECONDS", -1)
    answer = browser(language=language).get(shown_photo)

    assert answer.status_code == 404
    assert in_words("This link is no longer valid.", language) in text_of(answer)


def test_a_forged_link_shows_nothing(shown_photo, browser):
    forged = [
        "/file/1/",
        "/file/MQ:abc/",
        shown_photo[:-2] + "x/",
        f"/file/{signing.dumps(1)}/",
        f"/file/{signing.dumps(1, salt='komek.live')}/",
    ]

    assert {browser().get(link).status_code for link in forged} == {404}


def test_a_link_to_a_file_that_is_gone_says_so(card, browser, photo, at):
    kept = files.receive(photo("other.jpg"), name="other.jpg", by=None, at=at, purpose="contact")
    link = signing.dumps(kept.pk, salt=SALT)
    files.delete(kept)

    assert browser().get(f"/file/{link}/").status_code == 404


def test_the_page_costs_few_queries(card, work, browser, django_assert_max_num_queries):
    work.finish(card.number)
    client = browser()
    with django_assert_max_num_queries(14):
        assert client.get(f"/status/{card.number}/{card.access_code}/").status_code == 200
