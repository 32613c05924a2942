"""No page has a violation of WCAG 2.2 AA that axe-core can see: every desk, in every language, light and dark."""

import pytest

from frontend import building
from komek.platform.clock import now
from komek.rooms.cards import queries as cards
from komek.rooms.intake import actions as intake
from komek.rooms.intake.rules import Arrival
from komek.rooms.knowledge import actions as knowledge
from komek.rooms.knowledge.rules import ArticleDraft, BulletinDraft, Severity, Text
from komek.rooms.quality import actions as quality
from komek.rooms.workorders import actions as orders
from komek.rooms.workorders import queries as workorders

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LAWS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOK = """(laws) => axe.run(document, { runOnly: laws }).then((found) => [
    found.passes.length,
    found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`),
])"""
PAGES = {
    None: (
        *("/", "/?q=су", "/write/", "/status/", "/works/?at=51.16,71.47", "/numbers/", "/accounts/login/"),
        *("/service/link/", "/service/link/{token}/", "/service/link/{arrived}/"),
    ),
    "aigerim": ("/operator/", "/operator/reviews/", "/ui/"),
    "olzhas": (
        "/controller/",
        "/controller/?look=map",
        "/controller/checks/",
        "/controller/escalations/",
        "/controller/card/{number}/",
    ),
    "dana": ("/service/", "/service/order/{order}/"),
    "saule": (
        "/supervisor/",
        "/supervisor/wall/",
        "/supervisor/people/",
        "/supervisor/waiting/",
        "/supervisor/answered/",
        "/supervisor/overdue/",
        "/supervisor/contacts/",
        "/supervisor/contacts/{contact}/",
        "/supervisor/thresholds/",
        "/supervisor/numbers/",
        "/supervisor/rules/",
        "/supervisor/calendar/",
    ),
    "zarina": (
        "/editor/",
        "/editor/article/KB-001/",
        "/editor/new/",
        "/editor/missed/",
        "/editor/bulletins/",
        "/editor/scripts/",
    ),
}


@pytest.fixture
def city(line, write, run_after, aigerim, dana, saule, work):
    """Something on every page: cards in work and to be checked, callers waiting, served and being served."""
    served = intake.enter(Arrival(channel="desk", language="kk"), by=aigerim, at=now())
    intake.end(served.pk, by=aigerim, at=now())
    intake.wrap_up(served.pk, by=aigerim, at=now())
    quality.review(served.pk, answers={"answer": "partly"}, comment="Жақсы", revision=0, by=saule, at=now())
    article = ArticleDraft(code="KB-001", owner="SU", texts=(Text("kk", "Су жоқ", "Су кешке дейін беріледі."),))
    knowledge.publish(article, by=None, at=now())
    bulletin = BulletinDraft("BUL-1", Severity.WARNING, now(), texts={"kk": "Су жоқ", "ru": "Воды нет"})
    knowledge.announce_bulletin(bulletin, by=None, at=now())
    knowledge.note_missed("ипотека", language="kk", at=now())
    quality.watch(at=now())
    write("Көшеде су құбыры жарылды", phone="+7 701 555 01 01")
    ids = {}
    for name in ("number", "token", "arrived"):
        _, number, _ = write(f"{name}: Көшеде су құбыры жарылды", topic_code="WAT-02", place_text="Кенесары 12")
        run_after()
        (order,) = workorders.of_card(cards.by_number(number).pk)
        ids |= {"order": order.pk, name: orders.link(order.pk, foreman="Ерлан", by=dana, at=now())}
        if name == "number":
            ids[name] = number
            work.finish(number)
    orders.set_out(order.pk, by=dana, at=now())
    orders.arrive(order.pk, by=dana, at=now())
    intake.arrive(Arrival(channel="webform", text="Су жоқ", language="kk", outer_id="waits"), at=now())
    intake.enter(
        Arrival(channel="desk", language="kk", handle_kind="phone", handle_value="+77015550142"), by=aigerim, at=now()
    )
    return ids | {"contact": served.pk}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_no_page_keeps_anybody_out(request, chromium, live_server, browser, city, language, scheme):
    assert building.AXE.is_file(), "axe is not here: `python -m frontend` brings it"
    axe = building.AXE.read_text(encoding="utf-8")
    found = {}
    for who, pages in PAGES.items():
        context = chromium.new_context(base_url=live_server.url, locale=language, color_scheme=scheme)
        cookies = [{"name": "django_language", "value": language, "url": live_server.url}]
        if who:
            session = browser(request.getfixturevalue(who)).cookies["sessionid"].value
            cookies.append({"name": "sessionid", "value": session, "url": live_server.url})
        context.add_cookies(cookies)
        for address in pages:
            page = context.new_page()
            page.goto(address.format(**city))
            page.evaluate(axe)
            passed, violations = page.evaluate(LOOK, LAWS)
            assert passed > 5, address
            if violations:
                found[address] = violations
            page.close()
        context.close()

    assert found == {}
