"""A service's people see their own orders and those of the bodies under them; nobody else's, by whatever way."""

import html
import re

import pytest
from tests.fixtures.people import hired
from tests.fixtures.screens import nothing_is_heard_outside as live

from komek.platform.live import topics_of
from komek.registers.staff import actions as staff
from komek.registers.staff.rules import Role
from komek.rooms.cards import queries as cards
from komek.rooms.workorders import queries
from komek.rooms.workorders.models import OrderEntry
from komek.rooms.workorders.rules import ForbiddenMove, NotYourOrder

LANGUAGES = ("kk", "ru", "en")
BURST = "Көшеде су құбыры жарылды"
VERBS = ("accept", "decline", "set-out", "arrive", "report", "link", "revoke")


@pytest.fixture
def order(line, write, work, run_after, photo):
    """An order of Astana Su Arnasy, with a photo from the resident."""
    _, number, _ = write(BURST, topic_code="WAT-02", place_text="Кенесары 12", files=[photo("from-asel.jpg")])
    run_after()
    return work.order_of(number)


@pytest.fixture
def osi(services):
    """Dispatcher of the house organisations, who sees the orders of every one of them."""
    staff.load_services([{"code": "OSI-101", "kind": "house", "name_kk": "«Кенесары 12» МИБ", "parent": "OSI"}])
    return hired("osi", "Қайрат Үмбетов", Role.DISPATCHER, service="OSI")


def text_of(answer):
    return html.unescape(answer.content.decode())


def passes(answer):
    found = re.search(r'data-live-pass="([^"]+)"', text_of(answer))
    return topics_of(found[1])


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_order_of_another_service_is_not_there(order, browser, marat, in_words, language):
    client = browser(marat, language)
    sentence = in_words(NotYourOrder(order), language)
    answers = [client.get(f"/service/order/{order}/")]
    answers += [
        client.post(f"/service/order/{order}/{verb}/", {"reason": "x", "foreman": "x", "outcome": "done"})
        for verb in VERBS
    ]

    for answer in answers:
        assert answer.status_code == 404
        assert sentence in text_of(answer)
        assert BURST not in text_of(answer)
    assert queries.order(order).status == "sent"
    assert not OrderEntry.objects.filter(order_id=order, verb="link_given").exists()


def test_a_region_of_anothers_order_is_not_rendered_either(order, browser, marat):
    answer = browser(marat).get(f"/service/order/{order}/", headers={"X-Region": "order"})

    assert answer.status_code == 404
    assert BURST not in text_of(answer)


@pytest.mark.parametrize("order_id", ["0", "999999999", "9" * 40])
def test_an_order_that_was_never_there_is_not_there(line, browser, dana, order_id):
    assert browser(dana).get(f"/service/order/{order_id}/").status_code == 404
    assert browser(dana).post(f"/service/order/{order_id}/accept/").status_code == 404


def test_a_board_shows_and_hears_only_its_own(order, browser, dana, marat):
    own, other = browser(dana).get("/service/"), browser(marat).get("/service/")

    assert BURST in text_of(own)
    assert BURST not in text_of(other)
    assert passes(own) == {"service:SU", "clocks"}
    assert passes(other) == {"service:TT", "clocks"}


def test_a_page_of_an_order_hears_only_of_that_order(order, browser, dana):
    card = queries.order(order).card_id

    assert passes(browser(dana).get(f"/service/order/{order}/")) == {
        f"order:{order}",
        f"orders-of:{card}",
        f"~here:card:{card}",
    }


def test_no_page_of_anothers_order_gives_a_link_to_its_photo(order, browser, dana, marat):
    assert re.search(r'src="/file/', text_of(browser(dana).get(f"/service/order/{order}/")))
    for address in ("/service/", f"/service/order/{order}/"):
        assert "/file/" not in text_of(browser(marat).get(address))


def test_whoever_is_above_several_bodies_sees_and_hears_their_orders(line, write, open_page, osi, run_after):
    screen = open_page(osi, "/service/")
    with live(screen):
        write("Үйде су құбыры жарылды", topic_code="WAT-01", place_text="Кенесары 12")
        run_after()

    assert "Үйде су құбыры жарылды" in screen.text()


def test_a_dispatcher_opens_no_card_and_no_desk_of_others(order, browser, dana):
    number = queries.order(order).card.number
    pages = [
        "/operator/",
        f"/operator/card/{number}/",
        "/operator/find/?q=1",
        "/controller/",
        f"/controller/card/{number}/",
        "/supervisor/",
        "/supervisor/rules/download/",
    ]

    assert {browser(dana).get(page).status_code for page in pages} == {403}


def test_a_dispatcher_sees_no_name_and_no_phone(line, write, work, browser, dana, run_after):
    _, number, code = write(BURST, topic_code="WAT-02", name="Асан Серіков", phone="+7 701 555 01 01")
    run_after()
    page = text_of(browser(dana).get(f"/service/order/{work.order_of(number)}/"))

    assert "Серіков" not in page
    assert "555 01 01" not in page
    assert "5550101" not in page
    assert code not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_two_dispatchers_who_accept_one_order_one_is_told(order, browser, dana, asem, in_words, language):
    assert browser(dana).post(f"/service/order/{order}/accept/").status_code == 302
    second = browser(asem, language).post(f"/service/order/{order}/accept/", follow=True)

    assert in_words(ForbiddenMove(order, "accepted", "accepted"), language) in text_of(second)
    assert OrderEntry.objects.filter(order_id=order, verb="accepted").count() == 1


def test_an_unknown_verb_is_no_page(order, browser, dana):
    assert browser(dana).post(f"/service/order/{order}/explode/").status_code == 404


def test_the_board_of_fifty_costs_few_queries(
    line, write, browser, dana, run_after, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr("komek.platform.limits.take", lambda *_, **__: None)
    for n in range(50):
        write(f"{n}: {BURST}", topic_code="WAT-02", place_text=f"Кенесары {n % 20 + 1}")
    run_after()
    client = browser(dana)
    with django_assert_max_num_queries(10):
        answer = client.get("/service/")

    assert text_of(answer).count("/service/order/") == 50


def test_an_order_with_its_story_costs_few_queries(order, work, browser, dana, django_assert_max_num_queries):
    work.finish(queries.order(order).card.number)
    client = browser(dana)
    with django_assert_max_num_queries(16):
        assert client.get(f"/service/order/{order}/").status_code == 200


@pytest.mark.parametrize(
    "after",
    [
        "x",
        "_",
        "2026_1",
        "9999-12-31T23:59:59+00:00_9",
        "_" + "9" * 60,
        "\0",
        "' OR 1=1 --",
        "0001-01-01T00:00:00+23:59_1",
    ],
)
def test_a_page_that_begins_nowhere_is_the_first(order, browser, dana, after):
    assert browser(dana).get("/service/", {"after": after}).status_code == 200


def test_the_second_line_reads_every_order_by_its_card(order, browser, olzhas):
    number = queries.order(order).card.number

    assert BURST in text_of(browser(olzhas).get(f"/controller/card/{number}/"))
    assert cards.by_number(number).status == "routed"
