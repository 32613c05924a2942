from datetime import timedelta
import time
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from komek.rooms.analytics import queries
from komek.rooms.analytics.models import CardStory
from komek.platform.models import Fact
pytestmark = pytest.mark.django_db
def test_probe(three_weeks, catch_up, at):
    n=Fact.objects.count()
    t=time.time()
    with CaptureQueriesContext(connection) as q:
        catch_up()
    print("facts", n, "took", time.time()-t, "queries", len(q))
    for x in q.captured_queries: print(x["time"], x["sql"][:150].replace("\n"," "))
    names={c.id:k for k,c in three_weeks.items()}
    for s in CardStory.objects.order_by("pk"): print(names[s.pk], s.status if hasattr(s,"status") else "", s.due_at, s.runs_out_at, s.ended_at, s.ended_as, s.services, s.transfers, s.reopened, s.came_back_at, s.on_site, s.proofs)
    d=at.date()
    for k in queries.kpis(d, d+timedelta(days=6), at=at+timedelta(days=6, hours=1)): print(k.name,k.value,k.numerator,k.denominator)
    print(queries.counts(d,d+timedelta(days=6)))
    with CaptureQueriesContext(connection) as q:
        print(queries.live(at+timedelta(days=6, hours=1)))
    print(len(q))
    for by in ("service","district","day","topic","channel"):
        print(by, [(k.of,k.name,k.numerator,k.denominator) for k in queries.kpis(d,d+timedelta(days=6),by=by) if k.name in("in_time","proof")])
