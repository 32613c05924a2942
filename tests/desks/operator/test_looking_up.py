"""Finding cards and people, and the suggestions under a field: whatever is typed, there is an answer and never a fault."""

import pytest

from komek.desks.console.pack import read
from komek.platform.clock import now
from komek.rooms.cards.models import Card
from komek.rooms.cards.rules import NoSuchCard, WrongNumber
from komek.rooms.knowledge import actions as knowledge

LANGUAGES = ("kk", "ru", "en")
RUBBISH = (
    "",
    " ",
    "\0",
    "x",
    "%",
    "'; DROP TABLE cards_card; --",
    "9" * 300,
    "🜁" * 100,
    "\u202e26",
    "а" * 250,
    "<script>alert(1)</script>",
    "+7",
    "00",
    "-1e400",
)


@pytest.fixture
def card(contact, desk):
    desk.finish(contact, applicant="Әсел Сәрсенова", place_text="Кенесары 12")
    return Card.objects.get()


@pytest.mark.parametrize("language", LANGUAGES)
def test_looking_for_rubbish_says_that_the_number_is_wrong(line, desk_of, aigerim, in_words, text_of, language):
    client = desk_of(aigerim, language).client
    for typed in RUBBISH:
        answer = client.get("/operator/find/", {"q": typed}, follow=True)
        assert answer.status_code == 200, typed
        assert in_words(WrongNumber("…"), language).partition("…")[2] in text_of(answer), typed
        assert "<script>alert" not in answer.content.decode()


def test_a_number_of_nobody_is_said_to_be_unknown(line, desk_of, aigerim, in_words, text_of):
    answer = desk_of(aigerim, "ru").client.get("/operator/find/", {"q": "26-0999-9996"}, follow=True)

    assert in_words(NoSuchCard("26-0999-9996"), "ru") in text_of(answer) or in_words(
        WrongNumber("26-0999-9996"), "ru"
    ) in text_of(answer)


def test_a_card_is_found_however_its_number_is_typed(card, desk):
    for typed in (card.number, card.number.replace("-", ""), f"№ {card.number.replace('-', ' ')}"):
        assert desk.get("/operator/find/", q=typed)["Location"] == f"/operator/card/{card.number}/"


def test_people_on_one_phone_are_found_and_masked(line, write, desk, text_of, run_after):
    for name in ("Асан Серіков", "Үсен Серіков"):
        write("Су жоқ", name=name, phone="+7 701 555 01 01", key=name)
    run_after()
    page = text_of(desk.get("/operator/find/", q="8 701 555 01 01"))

    assert "Серіков" not in page
    assert page.count("555 01 01") == page.count("8 701 555 01 01")
    assert page.count("/operator/card/") == 2


def test_a_card_that_is_none_is_not_there(line, desk):
    for number in ("x", "0", "26-0000-0000", "9" * 100, "' OR 1=1", "%00"):
        assert desk.get(f"/operator/card/{number}/").status_code == 404, number


@pytest.mark.parametrize("what", ["places", "topics", "answers"])
def test_suggestions_bear_whatever_is_typed(line, desk, what):
    for typed in (*RUBBISH, "Кенесары 12", "су жоқ"):
        answer = desk.get(f"/operator/suggest/{what}/", q=typed)
        assert answer.status_code == 200, typed
        assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize("name", ["text", "topic_code", "place_text", "lat", "street_id", "house_id"])
def test_help_bears_whatever_is_typed(line, desk, name):
    for typed in (*RUBBISH, "Кенесары 12", "су жоқ"):
        answer = desk.get("/operator/help/", **{"place_text": "Кенесары 12", name: typed})
        assert answer.status_code == 200, typed
        assert "<script>alert" not in answer.content.decode()


def test_cards_near_nowhere_are_none(card, desk):
    for lat, lon in (("", ""), ("x", "y"), ("NaN", "NaN"), ("1e9", "0"), ("inf", "-inf"), ("90", "180"), ("\0", "0")):
        answer = desk.get("/operator/help/", place_text="түбектегі көк қақпа", lat=lat, lon=lon)
        assert answer.status_code == 200, (lat, lon)
        assert card.number not in answer.content.decode()


def test_cards_near_a_point_are_shown(card, desk):
    answer = desk.get("/operator/help/", place_text=card.place_text, lat=card.lat, lon=card.lon)

    assert card.number in answer.content.decode()


def test_where_it_goes_is_told_before_it_is_registered(card, desk, text_of):
    told = text_of(desk.get("/operator/help/", text="Су ағып жатыр", topic_code="WAT-02", place_text="Кенесары 12"))

    assert "Астана су арнасы" in told


@pytest.mark.parametrize("what", ["people", "x", "0"])
def test_a_suggestion_of_something_else_is_no_page(line, desk, what):
    assert desk.get(f"/operator/suggest/{what}/", q="x").status_code == 404


def test_a_script_says_what_is_known_and_leaves_open_what_is_not_yet(line, desk, request):
    knowledge.publish_scripts(read(request.config.rootpath / "cities" / "astana").scripts, by=None, at=now())

    told = desk.get(
        "/operator/help/", text="Жоғарыдан су ағып жатыр, көршілер су басты", language="kk"
    ).content.decode()

    assert "нөмірі: …" in told
    assert "{card_number}" not in told
