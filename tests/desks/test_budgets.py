"""How many statements a page may ask of the database. A budget only goes down: whoever asks less writes it down here."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from komek.platform.clock import now
from komek.rooms.intake import actions as intake
from komek.rooms.intake.rules import Arrival
from komek.rooms.knowledge import actions as knowledge
from komek.rooms.knowledge.rules import ArticleDraft, Text
from komek.rooms.workorders import actions as workorders
from komek.ui import regions

BURST = "Көшеде су құбыры жарылды"
PHONE = "+77015550101"

# Who, where, which region alone. The session and the person are two of them, the mark of a whole page's log is one.
BUDGETS = [
    ("olzhas", "/controller/", None, 10),
    ("olzhas", "/controller/", "board", 5),
    ("olzhas", "/controller/", "counts", 4),
    ("olzhas", "/controller/checks/", None, 16),
    ("olzhas", "/controller/checks/", "queue", 3),
    ("olzhas", "/controller/checks/", "check", 11),
    ("olzhas", "/controller/escalations/", None, 7),
    ("olzhas", "/controller/escalations/", "list", 3),
    ("olzhas", "/controller/card/{number}/", None, 20),
    ("olzhas", "/controller/card/{number}/", "here", 4),
    ("olzhas", "/controller/card/{number}/", "story", 10),
    ("dana", "/service/", None, 9),
    ("dana", "/service/", "orders", 5),
    ("dana", "/service/", "filters", 5),
    ("dana", "/service/?district=nura&topic=WAT-02", "orders", 5),
    ("dana", "/service/order/{order}/", None, 14),
    ("dana", "/service/order/{order}/", "order", 11),
    (None, "/service/link/{token}/", None, 9),
    ("aigerim", "/operator/", None, 10),
    ("aigerim", "/operator/", "queue", 4),
    ("aigerim", "/operator/card/{number}/", None, 9),
    ("aigerim", "/operator/find/?q=%2B77015550101", None, 4),
    ("aigerim", "/operator/suggest/nearby/?lat=51.15&lon=71.43", None, 3),
    ("aigerim", "/operator/suggest/topics/?q=құбыр", None, 3),
    ("aigerim", "/operator/suggest/answers/?q=құбыр", None, 3),
    ("aigerim", "/operator/reviews/", None, 3),
    ("saule", "/supervisor/", None, 15),
    ("saule", "/supervisor/", "now", 5),
    ("saule", "/supervisor/", "today", 7),
    ("saule", "/supervisor/", "curve", 3),
    ("saule", "/supervisor/", "hands", 5),
    ("saule", "/supervisor/", "breaches", 3),
    ("saule", "/supervisor/people/", "people", 4),
    ("saule", "/supervisor/waiting/", "waiting", 3),
    ("saule", "/supervisor/answered/", None, 3),
    ("saule", "/supervisor/overdue/", None, 6),
    ("saule", "/supervisor/contacts/", None, 6),
    ("zarina", "/editor/", None, 8),
    ("zarina", "/editor/missed/", None, 3),
    ("zarina", "/editor/article/KB-001/", None, 9),
    (None, "/status/{number}/{code}/", None, 9),
    (None, "/", None, 0),
    (None, "/?q=құбыр", None, 5),
    (None, "/write/", None, 1),
    (None, "/write/help/?text=құбыр&lat=51.15&lon=71.43", None, 4),
    (None, "/works/?at=51.15,71.43", None, 1),
    (None, "/works/near/?at=51.15,71.43&language=kk", None, 0),
    (None, "/numbers/", None, 0),
    (None, "/numbers.csv", None, 0),
]


@pytest.fixture
def told(line, write, work, run_after, aigerim, dana):
    """A card with everything that can be on it: done, and waiting to be checked; somebody in the queue, an article."""
    article = ArticleDraft(code="KB-001", owner="SU", texts=(Text("kk", "Су жоқ", "Су кешке дейін беріледі."),))
    knowledge.publish(article, by=None, at=now())
    _, number, code = write(BURST, topic_code="WAT-02", place_text="Кенесары 12", phone=PHONE)
    run_after()
    work.do(work.order_of(number), "accept")
    work.report(number)
    intake.arrive(Arrival(channel="webform", text="Су жоқ", language="kk", outer_id="1"), at=now())
    order = work.order_of(number)
    token = workorders.link(order, foreman="Ерлан", by=dana, at=now())
    return {"number": number, "code": code, "order": order, "token": token}


@pytest.mark.parametrize(("who", "address", "region", "budget"), BUDGETS)
def test_a_page_keeps_to_its_budget_of_statements(request, told, browser, monkeypatch, who, address, region, budget):
    # The budget is that of a page of which nothing was shown a moment ago.
    monkeypatch.setattr(regions, "GOOD_SECONDS", 0.0)
    person = request.getfixturevalue(who) if who else None
    desk, headers = browser(person), {"X-Region": region} if region else {}
    address = address.format(**told)
    assert desk.get(address, headers=headers).status_code in {200, 302}

    with CaptureQueriesContext(connection) as asked:
        desk.get(address, headers=headers)

    statements = [one["sql"] for one in asked.captured_queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(statements) <= budget, "\n\n".join(statements)
    assert len(statements) == budget, f"only {len(statements)} now: write the budget down"
