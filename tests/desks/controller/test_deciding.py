"""The second line decides: once, about what it has seen, with a reason; and what was typed stays when it is refused."""

import html
import re

import pytest
from tests.fixtures.line import at_once

from komek.platform.clock import now
from komek.registers.calendar.rules import BadNorm
from komek.rooms.cards import queries as cards
from komek.rooms.control import queries as control
from komek.rooms.control.rules import AlreadyDecided, AlreadyResolved, NothingToCheck
from komek.rooms.routing import queries as routing
from komek.rooms.workorders import actions as workorders
from komek.rooms.workorders import queries as orders

LANGUAGES = ("kk", "ru", "en")
BURST = "Көшеде су құбыры жарылды"


@pytest.fixture
def number(line, write, run_after):
    _, number, _ = write(BURST, topic_code="WAT-02", place_text="Кенесары 12")
    run_after()
    return number


@pytest.fixture
def done(number, work):
    """A card whose service says done: it waits for a check."""
    work.finish(number)
    return number


@pytest.fixture
def act(browser):
    """One decision of somebody: `act(olzhas, number, "accept", outcome="done")`."""

    def acted(person, number, verb, language=None, follow=False, **told):
        answer = browser(person, language).post(f"/controller/card/{number}/{verb}/", told, follow=follow)
        assert answer.status_code < 500, answer.content.decode()[:2000]
        return answer

    return acted


def text_of(answer):
    return html.unescape(answer.content.decode())


def card_of(number):
    return cards.by_number(number)


def test_the_forms_of_a_page_are_the_readers_own_and_about_its_card(number, line, write, run_after, browser, olzhas):
    _, another, _ = write(BURST, topic_code="WAT-02", place_text="Кенесары 12")
    run_after()
    tokens = []
    for of_card in (number, another):
        reader = browser(olzhas)
        reader.handler.enforce_csrf_checks = True
        page = text_of(reader.get(f"/controller/card/{of_card}/"))
        assert set(re.findall(r'action="/controller/card/([^/]+)/', page)) == {of_card}
        assert f'name="next" value="/controller/card/{of_card}/"' in page
        tokens.append(re.search(r'/remind/".*?csrfmiddlewaretoken" value="(\w+)"', page)[1])
        for token in tokens:
            told = {"csrfmiddlewaretoken": token, "reason": "Тез"}
            answer = reader.post(f"/controller/card/{of_card}/remind/", told)
            assert (answer.status_code == 403) == (token is not tokens[-1])
    assert len(set(tokens)) == len(tokens)


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_two_who_decide_one_check_one_is_told(done, act, olzhas, gulnara, in_words, language):
    check = control.open_check(card_of(done).pk).pk
    assert act(olzhas, done, "accept", outcome="done", check=check).status_code == 302
    answer = act(gulnara, done, "give-back", language, reason="Сурет басқа жерден", check=check)

    assert answer.status_code == 409
    assert in_words(NothingToCheck(card_of(done).pk), language) in text_of(answer)
    assert card_of(done).status == "closed"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_in_one_moment_one_is_told(done, act, olzhas, gulnara):
    check = control.open_check(card_of(done).pk).pk
    answers = at_once(
        lambda: act(olzhas, done, "accept", outcome="done", check=check),
        lambda: act(gulnara, done, "give-back", reason="Сурет басқа жерден", check=check),
    )

    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert len(control.checks_of(card_of(done).pk)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verb", ["accept", "give-back"])
def test_work_that_nobody_has_looked_at_is_not_decided_from_an_old_page(
    done, act, work, olzhas, gulnara, in_words, verb, language
):
    seen = control.open_check(card_of(done).pk).pk
    act(gulnara, done, "give-back", reason="Сурет басқа жерден", check=seen)
    work.report(done, key="second")
    answer = act(olzhas, done, verb, language, outcome="done", reason="Көрдім, дұрыс емес", check=seen)

    assert answer.status_code == 409
    assert in_words(AlreadyDecided(done), language) in text_of(answer)
    assert card_of(done).status == "done"


def test_the_page_and_the_list_name_the_check_they_show(done, browser, olzhas):
    check = f'name="check" value="{control.open_check(card_of(done).pk).pk}"'

    assert check in text_of(browser(olzhas).get(f"/controller/card/{done}/"))
    assert f'data-check="{control.open_check(card_of(done).pk).pk}"' in text_of(
        browser(olzhas).get("/controller/checks/")
    )


def test_a_bad_norm_is_refused_and_the_reason_stays(number, act, olzhas):
    was = routing.clock(card_of(number).pk).due_at
    for norm in ("", "5 days", "0h", "-1h", "400wd", "9" * 30 + "h", "1e3h", "\0", "٣h", "4h; DROP TABLE"):
        answer = act(olzhas, number, "extend", norm=norm, reason="Бөлшек күтіп тұрмыз")
        assert answer.status_code in {409, 422}, norm
        assert 'class="message error"' in text_of(answer), norm
        assert 'value="Бөлшек күтіп тұрмыз"' in text_of(answer), norm

    assert routing.clock(card_of(number).pk).due_at == was


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bad_norm_is_shown_how_to_be_written(number, act, olzhas, in_words, language):
    answer = act(olzhas, number, "extend", language, norm="5 days", reason="x")

    assert in_words("Write for example 4h or 3wd.", language) in text_of(answer)


def test_more_than_a_year_is_no_norm(number, act, olzhas, in_words):
    answer = act(olzhas, number, "extend", "ru", norm="400wd", reason="x")

    assert in_words(BadNorm("400 working_days"), "ru") in text_of(answer)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_decision_needs_a_reason(number, act, olzhas, in_words, language):
    before = [entry.verb for entry in cards.story(card_of(number))]
    verbs = {
        "assign": {"to_service": "TT"},
        "extend": {"norm": "4h"},
        "pause": {},
        "resolve": {},
        "give-back": {},
        "reopen": {},
    }
    for verb, told in verbs.items():
        for reason in ("", " \0 "):
            answer = act(olzhas, number, verb, language, reason=reason, **told)
            assert answer.status_code == 422, verb
            assert in_words("Please give a reason.", language) in text_of(answer), verb

    assert [entry.verb for entry in cards.story(card_of(number))] == before


def test_a_service_that_is_none_is_refused_and_the_reason_stays(number, act, olzhas):
    for to, instead in (("NOBODY", ""), ("", ""), ("'; --", ""), ("TT", "NOBODY"), ("S" * 41, "")):
        answer = act(olzhas, number, "assign", to_service=to, from_service=instead, reason="Бұл жылу желісі")
        assert answer.status_code in {404, 409, 422}, to
        assert 'class="message error"' in text_of(answer), to
        assert 'value="Бұл жылу желісі"' in text_of(answer), to

    assert [one.code for one in routing.outlook(card_of(number).pk).assignments] == ["SU"]


def test_a_topic_that_is_none_is_refused(number, act, olzhas):
    told = {"text": BURST, "kind": "request", "place_text": "Кенесары 12"}
    for code, revision in (("ZZZ-1", 1), ("ROA-01", ""), ("ROA-01", "x"), ("ROA-01", "9" * 40), ("\0", "")):
        answer = act(olzhas, number, "correct", topic_code=code, revision=revision, **told)
        assert answer.status_code in {404, 409, 422}, (code, revision)

    assert card_of(number).topic_code == "WAT-02"


def test_a_card_does_not_end_as_anything(done, act, olzhas):
    for outcome in ("", "perfect", "withdrawn", "\0"):
        assert act(olzhas, done, "accept", outcome=outcome).status_code == 422, outcome

    assert card_of(done).status == "done"


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_two_who_decide_one_matter_one_is_told(number, act, work, olzhas, gulnara, in_words, language):
    work.do(work.order_of(number), "decline", reason="Бұл жылу желісі")
    (matter,) = [one for one in control.escalations_of(card_of(number).pk) if one.resolved_at is None]
    assert act(olzhas, number, "resolve", reason="Жылу желісіне берілсін", escalation=matter.pk).status_code == 302
    answer = act(gulnara, number, "resolve", language, reason="Өзіміз жауап береміз", escalation=matter.pk)

    assert answer.status_code == 409
    assert in_words(AlreadyResolved(number), language) in text_of(answer)
    (after,) = control.escalations_of(card_of(number).pk)
    assert after.resolved_by == olzhas


def test_an_impossible_verb_is_no_page(number, act, olzhas):
    for verb in ("explode", "close", "delete", "act", "0"):
        assert act(olzhas, number, verb).status_code == 404, verb


def test_a_card_that_is_none_is_not_there(line, browser, act, olzhas):
    for wrong in ("x", "26-0000-0000", "9" * 100, "' OR 1=1"):
        assert browser(olzhas).get(f"/controller/card/{wrong}/").status_code == 404, wrong
        assert act(olzhas, wrong, "accept", outcome="done").status_code == 404, wrong


@pytest.mark.parametrize("inside", ["/controller/checks/", "/controller/?service=SU"])
def test_a_decision_in_a_list_goes_back_to_the_list(done, act, olzhas, inside):
    assert act(olzhas, done, "accept", outcome="done", next=inside)["Location"] == inside


def test_no_decision_leads_out_of_the_house(number, act, olzhas):
    for outside in (
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "controller:home",
        "\t//evil.example",
    ):
        answer = act(olzhas, number, "pause", reason="Күтеміз", next=outside)
        assert answer["Location"] == f"/controller/card/{number}/", outside
        refused = act(olzhas, number, "pause", reason="Күтеміз", next=outside)
        assert refused.status_code == 409, outside
        act(olzhas, number, "resume")


def test_no_header_is_smuggled_in_with_an_address(number, act, olzhas):
    answer = act(olzhas, number, "pause", reason="Күтеміз", next="/controller/\r\nX-Evil: 1")

    assert "X-Evil" not in answer.headers


def test_a_refusal_in_a_list_is_said_there(done, act, olzhas, gulnara, in_words):
    act(olzhas, done, "accept", outcome="done")
    answer = act(gulnara, done, "accept", "ru", follow=True, outcome="done", next="/controller/checks/")

    assert answer.redirect_chain == [("/controller/checks/", 302)]
    assert in_words(NothingToCheck(card_of(done).pk), "ru") in text_of(answer)


def test_a_page_that_refuses_says_where_it_is_found_again(number, act, olzhas):
    answer = act(olzhas, number, "extend", norm="x", reason="y")

    assert f'data-live-page="/controller/card/{number}/"' in text_of(answer)


def test_the_history_says_who_did_what(number, act, browser, olzhas):
    act(olzhas, number, "pause", reason="Бөлшек күтіп тұрмыз")
    page = text_of(browser(olzhas).get(f"/controller/card/{number}/"))

    assert re.search(r"Бөлшек күтіп тұрмыз.{0,200}· Олжас Бекенов", page, re.DOTALL)


def test_the_resident_is_not_named_in_full(line, write, browser, olzhas, run_after):
    _, number, _ = write(BURST, topic_code="WAT-02", name="Асан Серіков", phone="+7 701 555 01 01")
    run_after()
    page = text_of(browser(olzhas).get(f"/controller/card/{number}/"))

    assert "Серіков" not in page
    assert "555 01 01" not in page


def test_what_the_resident_sent_is_shown_as_what_it_is(line, write, browser, olzhas, photo, run_after):
    _, number, _ = write(BURST, topic_code="WAT-02", files=[photo("hole.jpg")])
    run_after()

    assert 'src="/file/' in text_of(browser(olzhas).get(f"/controller/card/{number}/"))


def test_a_card_is_extended_with_a_good_norm(number, act, olzhas):
    was = routing.clock(card_of(number).pk).due_at
    assert act(olzhas, number, "extend", norm="4h", reason="Бөлшек күтіп тұрмыз").status_code == 302

    assert routing.clock(card_of(number).pk).due_at > was


def test_a_link_taken_after_the_check_is_still_the_same_order(done, dana, at):
    (order,) = orders.of_card(card_of(done).pk)

    assert workorders.by_link(workorders.link(order.pk, foreman="Ерлан", by=dana, at=now()), at=now()).pk == order.pk
