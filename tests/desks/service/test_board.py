"""The dispatcher's board: lists by state, filters, several orders at once, a link for a foreman, and hands on the keyboard."""

import html
import re

import pytest

from komek.platform.audit import AuditEntry
from komek.platform.clock import now
from komek.registers.residents.models import Resident
from komek.rooms.cards.models import Card
from komek.rooms.workorders import actions as workorders
from komek.rooms.workorders import queries

WATER = ("Кенесары 12", "Абай 7", "Сығанақ 3")


@pytest.fixture
def orders(line, write, work, run_after):
    """Three orders of Astana Su Arnasy, in the order they came."""
    made = []
    for place in WATER:
        _, number, _ = write(f"{place}: көшеде су құбыры жарылды", topic_code="WAT-02", place_text=place)
        run_after()
        made.append(work.order_of(number))
    return made


def text_of(answer):
    return html.unescape(answer.content.decode())


def lists_of(answer):
    """State → the ids of the orders that stand in its list."""
    parts = re.split(r'aria-labelledby="list-([a-z_]+)"', text_of(answer))
    return {state: re.findall(r'data-id="(\d+)"', rows) for state, rows in zip(parts[1::2], parts[2::2], strict=True)}


def test_orders_stand_in_the_list_of_their_state(orders, browser, dana, olzhas):
    first, second, third = orders
    workorders.set_out(first, by=dana, at=now())
    workorders.report_done(second, outcome="done", reason_code="planned", by=dana, at=now())
    workorders.give_back(second, reason="Сурет жоқ", by=olzhas, at=now())

    found = lists_of(browser(dana).get("/service/"))

    assert found == {"returned": [str(second)], "sent": [str(third)], "on_the_way": [str(first)]}
    assert list(found) == ["returned", "sent", "on_the_way"]


@pytest.mark.parametrize(
    ("filters", "places"),
    [
        ({"state": "sent"}, [1, 2]),
        ({"state": "accepted"}, [0]),
        ({"state": "returned"}, []),
        ({"foreman": "Ерлан"}, [0]),
        ({"topic": "WAT-02"}, [0, 1, 2]),
        ({"topic": "HEA-01"}, []),
        ({"district": "nura"}, [0]),
        ({"district": "nura", "state": "sent"}, []),
        ({"state": "\0", "topic": "' OR 1=1 --"}, []),
    ],
)
def test_filters_leave_what_fits(orders, browser, dana, filters, places):
    workorders.link(orders[0], foreman="Ерлан", by=dana, at=now())
    workorders.accept(orders[0], by=dana, at=now())

    answer = browser(dana).get("/service/", filters)

    assert answer.status_code == 200
    shown = sorted(one for rows in lists_of(answer).values() for one in rows)
    assert shown == sorted(str(orders[place]) for place in places)


def test_the_filters_offer_what_there_is(orders, browser, dana):
    workorders.link(orders[0], foreman="Ерлан", by=dana, at=now())

    page = text_of(browser(dana).get("/service/", {"foreman": "Ерлан"}))

    assert '<option value="WAT-02">Көшеде су құбыры жарылды</option>' in page
    assert "<option selected>Ерлан</option>" in page
    assert "HEA-01" not in page


def test_several_orders_are_accepted_at_once_and_what_cannot_be_holds_up_nothing(orders, browser, dana):
    workorders.accept(orders[1], by=dana, at=now())

    answer = browser(dana).post("/service/bulk/accept/", {"order": orders, "back": "state=sent"})

    assert answer["Location"] == "/service/?state=sent"
    assert {queries.order(one).status for one in orders} == {"accepted"}
    page = text_of(browser(dana, "en").get("/service/"))
    assert page.count('data-id="') == 3


def test_orders_of_others_and_nonsense_are_not_touched(orders, browser, marat, dana):
    browser(marat).post("/service/bulk/accept/", {"order": [*orders, "x", "٣", "9" * 30]})

    assert {queries.order(one).status for one in orders} == {"sent"}
    assert browser(dana).post("/service/bulk/explode/", {"order": orders}).status_code == 404
    assert browser(dana).post("/service/bulk/accept/", {"back": "//evil.example"})["Location"] == "/service/?"


def test_whoever_ticks_nothing_is_told_so(orders, browser, dana, in_words):
    page = browser(dana, "ru").post("/service/bulk/accept/", follow=True)

    assert in_words("Tick the orders first.", "ru") in text_of(page)


def test_several_orders_go_to_one_foreman_and_each_has_its_link(orders, browser, dana):
    browser(dana).post("/service/bulk/link/", {"order": orders, "foreman": "Ерлан"})

    for one in orders:
        (link,) = workorders.links_of(queries.order(one), at=now())
        assert (link.foreman, queries.order(one).foreman) == ("Ерлан", "Ерлан")
        assert browser().get(f"/service/link/{link.token}/").status_code == 200


def test_a_link_stands_on_the_page_of_the_order_until_it_is_taken_back(orders, browser, dana):
    desk, order = browser(dana), orders[0]
    desk.post(f"/service/order/{order}/link/", {"foreman": "Ерлан"})
    page = text_of(desk.get(f"/service/order/{order}/"))
    (address,) = set(re.findall(r'value="http://testserver(/service/link/[^"]+/)"', page))

    assert browser().get(address).status_code == 200
    assert "<svg" in page[page.index('class="square"') :]
    desk.post(f"/service/order/{order}/revoke/")
    assert "/service/link/" not in text_of(desk.get(f"/service/order/{order}/"))


def test_the_telephone_of_the_resident_is_shown_once_and_that_is_written_down(
    line, write, work, browser, dana, run_after
):
    _, number, _ = write("Көшеде су құбыры жарылды", topic_code="WAT-02", name="Асан", phone="+7 701 555 01 01")
    run_after()
    order = work.order_of(number)
    desk = browser(dana)
    assert "555" not in text_of(desk.get(f"/service/order/{order}/"))

    page = text_of(desk.post(f"/service/order/{order}/phone/"))

    assert "+77015550101" in page.replace(" ", "")
    assert "Асан" not in page
    resident = Resident.objects.get(pk=Card.objects.get(number=number).resident_id)
    read = AuditEntry.objects.get(verb="read", subject=f"resident:{resident.pk}")
    assert read.detail["purpose"] == f"order {order}"


def test_the_telephone_is_not_given_out_for_an_order_that_went_back(line, write, work, browser, dana, run_after):
    _, number, _ = write("Көшеде су құбыры жарылды", topic_code="WAT-02", phone="+7 701 555 01 01")
    run_after()
    order = work.order_of(number)
    desk = browser(dana)
    assert f"/service/order/{order}/phone/" in text_of(desk.get(f"/service/order/{order}/"))
    work.do(order, "decline", reason="Бұл жылу желісі")

    assert f"/service/order/{order}/phone/" not in text_of(desk.get(f"/service/order/{order}/"))
    assert desk.post(f"/service/order/{order}/phone/").status_code == 404
    assert not AuditEntry.objects.filter(verb="read", subject__startswith="resident:").exists()


def test_the_telephone_of_anothers_order_is_not_shown(orders, browser, marat):
    assert browser(marat).post(f"/service/order/{orders[0]}/phone/").status_code == 404


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_dispatcher_accepts_and_gives_an_order_without_a_pointer(chromium, live_server, orders, browser, dana):
    context = chromium.new_context(base_url=live_server.url, locale="kk")
    session = browser(dana).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/service/")
    pressed = []

    def press(*keys):
        for key in keys:
            pressed.append(key)
            page.keyboard.press(key)

    press("ArrowDown", "ArrowDown", "Alt+KeyA")
    page.wait_for_selector("#list-accepted")
    accepted = [one for one in orders if queries.order(one).status == "accepted"]
    assert len(accepted) == 1
    press("ArrowDown", "Space", "ArrowDown", "Space", "Alt+KeyF")
    page.keyboard.type("Ерлан")
    press("Enter")
    page.wait_for_selector(".line .place:has-text('Ерлан')")
    context.close()

    given = [one for one in orders if queries.order(one).foreman == "Ерлан"]
    assert len(given) == 2
    assert len(pressed) == 9
    assert complaints == []
