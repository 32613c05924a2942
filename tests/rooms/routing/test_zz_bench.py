import time
from datetime import timedelta
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from collections import Counter
from tests.fixtures.line import *
from komek.rooms.control import actions as control, queries as checks
from komek.rooms.feedback import queries as fq
from komek.platform import facts as pf

def test_bench(register, conversation, report, order_of, olzhas, at, run_after, texts):
    def life(i):
        card = register("WAT-02", conversation=conversation, at=at+timedelta(seconds=i))
        run_after()
        workorders.accept(order_of(card).id, at=at)
        report(card, at=at)
        control.accept(checks.open_check(card.id).id, by=olzhas, at=at)
        run_after()
        feedback.confirm(fq.open_survey(card.id).token, at=at)
        run_after()
    life(0)
    t=time.perf_counter()
    for i in range(100): life(i)
    print("ms per life", (time.perf_counter()-t)*10)
    with CaptureQueriesContext(connection) as c:
        life(200)
    print(len(c), Counter(" ".join(q["sql"].split()[:1]) for q in c).most_common())
    def key(sql):
        w=sql.replace('"','').split()
        if w[0]=="SELECT": 
            i=w.index("FROM") if "FROM" in w else 0
            return "SELECT "+w[i+1]
        return " ".join(w[:3]) if w[0]!="UPDATE" else " ".join(w[:2])
    for k,n in Counter(key(q["sql"]) for q in c if "SAVEPOINT" not in q["sql"]).most_common(60): print(n,k)
