"""The table of routing rules: every broken line is named with its remedy, a table is tried before it is published."""

import html

import pytest
from django.utils import translation

from komek.platform.clock import now
from komek.registers.places.rules import Place
from komek.rooms.cards import actions as cards
from komek.rooms.cards.rules import CardDraft
from komek.rooms.routing import queries as routing
from komek.rooms.routing.rules import NoRules

LANGUAGES = ("kk", "ru", "en")
HEADER = "order,topic,district,house_duty,hours,services,priority,norm,note\n"
GOOD = HEADER + "10,WAT-02,*,,always,SU,,,\n20,HEA-01,*,,always,TT,,,\n30,ROA-01,*,,always,DOR,,,\n"
BROKEN = (
    HEADER
    + "x,WAT-02,*,,always,SU,,,\n"  # 2: no order
    + "20,ZZZ-1,*,,always,SU,,,\n"  # 3: no topic
    + "30,WAT-02,mars,,always,SU,,,\n"  # 4: no district
    + "\n"
    + "40,WAT-02,*,,sometimes,SU,,,\n"  # 6: no hours
    + "50,WAT-02,*,,always,NOBODY,,,\n"  # 7: no service
    + "60,WAT-02,*,,always,,,,\n"  # 8: none at all
    + "70,HEA-01,*,,always,TT,urgent,5 days,\n"  # 9: neither priority nor norm
    + "70,HEA-01,nura,,always,TT,,,\n"  # 10: order repeated
)


@pytest.fixture
def send(browser, saule):
    def sent(table, language="kk", publish=False, **told):
        button = {"publish": "1"} if publish else {"try": "1"}
        answer = browser(saule, language).post("/supervisor/rules/", {"table": table, **button, **told})
        assert answer.status_code < 500, answer.content.decode()[:2000]
        return answer

    return sent


def text_of(answer):
    return html.unescape(answer.content.decode())


def version():
    return routing.rule_book().version


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("publish", [False, True])
def test_every_broken_line_is_named_with_its_remedy(line, send, language, publish):
    answer = send(BROKEN, language, publish)

    assert answer.status_code == 422
    with translation.override(language):
        word = translation.gettext("line")
        remedies = [
            translation.gettext(remedy)
            for remedy in (
                "Write a whole number, or leave the column empty.",
                "Write the code of a topic, a group as WAT-*, or * for any.",
                "Write the code of a district, or * for any.",
                "Write always, working or off.",
                "Write the code of a service that works.",
                "Name one, or several joined by +.",
                "Write critical, high, normal or low, or leave it empty for the topic's own.",
                "Write now, handover, 30m, 4h or 3wd, or leave it empty for the topic's own.",
                "Number the lines so that each comes at its own place.",
            )
        ]
    for number in (2, 3, 4, 6, 7, 8, 9, 10):
        assert f"<b>{word} {number}</b>" in text_of(answer)
    assert f"<b>{word} 5</b>" not in text_of(answer)
    for remedy in remedies:
        assert remedy in text_of(answer)
    assert "sometimes" in text_of(answer)
    assert version() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_table_is_surely_a_slip(line, send, in_words, language):
    answer = send(HEADER, language, publish=True)

    assert answer.status_code == 422
    assert in_words(NoRules(), language) in text_of(answer)
    assert version() == 1


@pytest.mark.parametrize(
    "table",
    [
        "",
        "   ",
        "rubbish",
        "\0",
        '"',
        HEADER + '10,"WAT-02,*,,always,SU,,,\n20,HEA-01,*,,always,TT,,,\n',
        HEADER + f"10,{'W' * 140_000},*,,always,SU,,,\n",
        "topic;district\nWAT-02;*\n",
        HEADER + "10,WAT-02,*,,always,SU,,,a note, with a comma\n",
        "a,b\r,c\rd",
    ],
    ids=range(10),
)
def test_a_text_that_is_no_table_is_refused_with_a_sentence_and_stays(line, send, table):
    for publish in (False, True):
        answer = send(table, publish=publish)
        assert answer.status_code == 422
        assert 'class="errorlist' in text_of(answer)
    assert version() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_line_that_is_not_closed_is_named(line, send, in_words, language):
    answer = send(HEADER + '10,"WAT-02,*,,always,SU,,,\n', language)
    sentence = in_words(
        "Line %(line)s cannot be read: a quotation mark is not closed, or the line is far too long.", language
    )

    assert sentence % {"line": 2} in text_of(answer)


@pytest.mark.parametrize("semicolons", [False, True])
def test_a_table_is_tried_on_cards_and_then_published(line, send, semicolons):
    cards.register(
        CardDraft(text="Суық", topic_code="HEA-01", place=Place(text="бір жерде")), channel="desk", by=None, at=now()
    )
    table = GOOD.replace("always,TT", "always,SU")
    table = "\ufeff" + table.replace(",", ";") if semicolons else table
    tried = send(table)

    assert tried.status_code == 200
    assert 'name="publish"' in text_of(tried)
    assert version() == 1
    published = send(table, publish=True, version=1, note="Жылу да суда")
    assert published.status_code == 302
    assert version() == 2
    assert {line.topic: line.services for line in routing.rule_book().lines}["HEA-01"] == ("SU",)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_version_that_was_published_meanwhile_is_not_overwritten_in_silence(line, send, in_words, language):
    send(GOOD, publish=True, version=1)
    answer = send(GOOD.replace("DOR", "SU"), language, publish=True, version=1)
    sentence = in_words(
        "Version %(version)s was published meanwhile. Compare it with your table, then publish again.", language
    )

    assert answer.status_code == 409
    assert sentence % {"version": 2} in text_of(answer)
    assert 'name="version" value="2"' in text_of(answer)
    assert version() == 2


def test_what_is_downloaded_can_be_published_as_it_is(line, browser, saule, send):
    table = browser(saule).get("/supervisor/rules/download/").content.decode()

    assert send(table, publish=True, version=1).status_code == 302
    assert version() == 1


def test_a_formula_in_a_note_is_only_a_note(line, browser, saule, send):
    send(HEADER + '10,WAT-02,*,,always,SU,,,"=cmd|calc"\n', publish=True, version=1)
    page = browser(saule).get("/supervisor/rules/").content.decode()

    assert "=cmd|calc" in page
