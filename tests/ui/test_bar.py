"""The bar on top of every page: one row on a phone, whoever is signed in, with a menu for all the rest."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ONE_ROW = 64


@pytest.mark.parametrize(("who", "address"), [("olzhas", "/operator/"), ("saule", "/supervisor/"), (None, "/")])
def test_the_bar_is_one_row_on_a_phone(request, chromium, live_server, browser, line, who, address):
    context = chromium.new_context(base_url=live_server.url, locale="ru", viewport={"width": 390, "height": 844})
    if who:
        session = browser(request.getfixturevalue(who)).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(address)

    assert page.locator("header.top").bounding_box()["height"] <= ONE_ROW
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    if who:
        page.click(".person summary")
        assert page.locator(".person .compact a").first.is_visible()
        page.click(".person .compact button[value=kk]")
        page.wait_for_selector("html[lang=kk]")
    else:
        assert page.locator(".languages button").first.is_visible()
    context.close()


@pytest.mark.parametrize(
    "address",
    [
        "/supervisor/numbers/",
        "/supervisor/people/",
        "/supervisor/answered/",
        "/supervisor/calls/",
        "/supervisor/recordings/",
        "/supervisor/recordings/?part=keeping",
    ],
)
def test_a_table_needs_no_scrolling_to_the_side_on_a_phone(
    request, chromium, live_server, browser, line, saule, address
):
    context = chromium.new_context(base_url=live_server.url, locale="ru", viewport={"width": 390, "height": 844})
    session = browser(saule).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()

    page.goto(address)

    assert page.locator("main").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    wide = "[...document.querySelectorAll('.scroll')].filter((one) => one.scrollWidth > one.clientWidth + 1).length"
    assert page.evaluate(wide) == 0
    context.close()
