"""The hot operations, done in this process by the product's own views and jobs, and what they ask of the database.

Nothing is measured here but statements and their plans, so that a small machine tells as much as a large one.
"""

import json
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import psycopg
from django.db import connection
from django.db.models import Count
from django.test import Client

from benchmarks.rig.people import ASKED_FOR, anywhere, form_of, words
from komek.platform import audit, facts, jobs
from komek.platform.clock import now
from komek.registers.staff import actions as staff
from komek.registers.staff import queries as people
from komek.registers.staff.rules import Scope
from komek.rooms.cards.models import Card, Entry
from komek.rooms.channels import actions as channels
from komek.rooms.control import queries as control
from komek.rooms.intake import jobs as intake
from komek.rooms.routing import actions as routing
from komek.rooms.routing import queries as routing_queries
from komek.rooms.workorders import actions as workorders
from komek.rooms.workorders import queries as orders
from komek.rooms.workorders.rules import Outcome, Reason
from komek.ui import regions

HOST = "localhost"
TOPIC = "WAT-03"
TIMES = 3
# Tables with more rows than this may not be read from one end to the other.
LARGE = 5_000
# Nor may a statement touch more rows of one of them than this: an index that picks nothing is a scan as well.
MOST_ROWS = 2_500
CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK")
EXPLAINED = ("SELECT", "(SELECT", "WITH", "INSERT", "UPDATE", "DELETE")
# What must not be done a second time only to see how.
NEVER_AGAIN = (
    "nextval",
    "pg_notify",
    "advisory",
    "procrastinate_",
    "set_config",
    "FOR UPDATE",
    "INSERT",
    "UPDATE",
    "DELETE",
)
OURS = re.compile(r"\$\d")
# Nodes that give a row as soon as they have one: a limit above them ends the reading below.
STREAMING = {"Limit", "Nested Loop", "Merge Join", "Result", "Subquery Scan", "LockRows", "Append", "Memoize", "Unique"}

TABLES = """
SELECT relname, reltuples::bigint FROM pg_class
WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND reltuples >= %s
"""
PARTIAL = "SELECT indexrelid::regclass::text FROM pg_index WHERE indpred IS NOT NULL"


@dataclass
class Operation:
    """Something hot, what has to be there for it, and what it asked when it was done with warm caches."""

    name: str
    do: Callable[[], object]
    ready: Callable[[], object] = lambda: None
    asked: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def statements(self) -> int:
        """How many statements it asked, without the marks of transactions."""
        return sum(not sql.lstrip().upper().startswith(CONTROL) for sql, _ in self.asked)


def look(material: dict[str, Any], pages: dict[str, Any], service: str) -> dict[str, Any]:
    """Do every hot operation once to warm up and then to see; tell the statements and the scans of each."""
    # Each page asks for all it shows, whatever was shown a moment ago.
    regions.GOOD_SECONDS = 0.0
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute(TABLES, [LARGE])
        large = dict(cursor.fetchall())
        cursor.execute(PARTIAL)
        partial = {name for (name,) in cursor.fetchall()}
    for operation in _operations(material, pages, service):
        operation.ready()
        operation.do()
        # What is remembered is asked for again from time to time: the fewest of several is what the operation itself asks.
        operation.asked = min((_asked(operation) for _ in range(TIMES)), key=len)
        scans = [scan for sql, params in operation.asked for scan in _scans(sql, params, large, partial)]
        asked = [" ".join(sql.split())[:200] for sql, _ in operation.asked]
        found[operation.name] = {"statements": operation.statements, "scans": sorted(set(scans)), "asked": asked}
    return {"operations": found, "large": large}


def _asked(operation: Operation) -> list[tuple[str, Any]]:
    operation.ready()
    with _heard() as asked:
        operation.do()
    return asked


def _operations(material: dict[str, Any], pages: dict[str, Any], service: str) -> Iterator[Operation]:
    creating = _Creating(_signed_in("operator"))
    yield from creating.operations()
    operator, controller, supervisor = (_signed_in(role) for role in ("operator", "controller", "supervisor"))
    dispatcher = _signed_in("dispatcher", service=service)
    _ensure_a_check(service)
    for queue, (client, path) in {
        "board": (controller, "/controller/"),
        "checks": (controller, "/controller/checks/"),
        "escalations": (controller, "/controller/escalations/"),
        "service": (dispatcher, "/service/"),
        "operator": (operator, "/operator/"),
        "wallboard": (supervisor, "/supervisor/"),
    }.items():
        yield Operation(f"page {queue}", _get(client, path))
        if token := pages.get(queue, {}).get("token"):
            yield Operation(f"page {queue} deep", _get(client, f"{path}?after={quote(token, safe='')}"))
    card, phone = _longest_story(), material["phones"][0]
    lat, lon = material["points"][0]
    resident = Client(headers={"host": HOST})
    yield Operation("read by phone", _get(operator, f"/operator/find/?q={quote(phone)}"))
    yield Operation("read nearby", _get(operator, f"/operator/suggest/nearby/?lat={lat}&lon={lon}"))
    yield Operation("read card operator", _get(operator, f"/operator/card/{card['number']}/"))
    yield Operation("read card controller", _get(controller, f"/controller/card/{card['number']}/"))
    yield Operation("read status resident", _get(resident, f"/status/{card['number']}/{card['access_code']}/"))
    yield Operation("read works", lambda: routing_queries.works_around(lat, lon, metres=1_500, at=now(), language="kk"))
    for where, typed in {"topics": "көшеде құбыр", "answers": "суды өшірді", "places": "мангилик ел 3"}.items():
        yield Operation(f"search {where}", _get(operator, f"/operator/suggest/{where}/?q={quote(typed)}"))
    yield Operation("job catch up", facts.catch_up, creating.write)
    yield Operation("job seal", audit.seal, creating.write)
    yield Operation("job offers", intake.keep_the_queue_moving)
    yield Operation("job broken promises", lambda: routing.miss_deadlines(at=now()))
    yield Operation("job send again", lambda: channels.send_again(at=now()))


def _longest_story() -> dict[str, Any]:
    """The card of which there is most to be shown: what a shorter one lacks is not asked for."""
    told = Entry.objects.values("card_id").annotate(entries=Count("id")).order_by("-entries", "card_id")
    return Card.objects.values("number", "access_code").get(id=told[0]["card_id"])


class _Creating:
    """The ways a card comes about, each with its jobs held back."""

    def __init__(self, operator: Client) -> None:
        self.operator = operator
        self.resident = Client(headers={"host": HOST, "accept-language": "ru"})
        # Its rule knows no hours and names one service: what is asked does not depend on when it is asked.
        self.said = next(one for one in words() if one.topic == TOPIC)
        self.count = iter(range(1_000_000))
        self.left = jobs.Held()
        self.contact = ""
        with audit.acting("benchmarks"):
            partner = staff.register_partner(name="Benchmark plans", at=now())
            self.key = staff.issue_key(partner, scopes=[scope.value for scope in Scope])

    def operations(self) -> Iterator[Operation]:
        yield Operation("create form", self.write)
        yield Operation("create form afterwards", self.follow, self.write)
        yield Operation("create api", self.send)
        yield Operation("create operator entry", self.enter, self.let_go)
        yield Operation("create operator", self.register, self.enter)

    def write(self) -> None:
        """By the web form."""
        with jobs.held() as self.left:
            form = form_of([self.said], 0, seed=next(self.count))
            _expect(self.resident.post("/write/", form, headers={"x-forwarded-for": anywhere()}), 302)

    def follow(self) -> None:
        """What the worker does about it."""
        with jobs.held() as again:
            again.waiting = self.left.waiting
            again.run()

    def send(self) -> None:
        """By the API."""
        told = {
            "outer_id": secrets.token_hex(8),
            "text": self.said.text,
            "language": "ru",
            "topic_code": self.said.topic,
            "place": {"text": self.said.place},
            "resident": {"phone": f"+7705{next(self.count):07}"},
        }
        headers = {"authorization": f"Bearer {self.key}", "idempotency-key": secrets.token_hex(8)}
        with jobs.held():
            answer = self.resident.post("/api/v1/contacts", told, content_type="application/json", headers=headers)
            _expect(answer, 201)

    def let_go(self) -> None:
        """End the call at hand."""
        with jobs.held():
            for verb in ("end", "wrap-up") if self.contact else ():
                self.operator.post(f"/operator/contact/{self.contact}/{verb}/")
        self.contact = ""

    def enter(self) -> None:
        """An operator writes a call down, the one before being let go."""
        if self.contact:
            self.let_go()
        with jobs.held():
            form = {"language": "ru", "phone": f"+7705{next(self.count):07}", "key": secrets.token_hex(8)}
            found = ASKED_FOR.search(_expect(self.operator.post("/operator/entry/", form), 302)["Location"])
            assert found is not None, "the entry led elsewhere"
            self.contact = found[1]

    def register(self) -> None:
        """The operator makes the card of the call."""
        form = {"kind": "request", "text": self.said.text, "language": "ru", "topic_code": self.said.topic}
        form |= {"place_text": self.said.place, "key": secrets.token_hex(8)}
        with jobs.held():
            _expect(self.operator.post(f"/operator/finish/{self.contact}/", form), 302)


def _ensure_a_check(service: str) -> None:
    """In a small city it depends on the hour whether any work waits to be checked; the page shows the first of it whole."""
    for order in orders.orders_of(service).rows:
        if control.open_checks(limit=1).rows:
            return
        with jobs.held() as left, audit.acting("benchmarks"):
            workorders.report_done(order.id, outcome=Outcome.DONE, reason_code=Reason.NO_ACCESS, at=now())
            left.run()


def _signed_in(role: str, *, service: str = "") -> Client:
    login = f"bench-plans-{role}"
    if not people.agents().filter(username=login).exists():
        with audit.acting("benchmarks"):
            staff.hire(username=login, name=login, role=role, service_code=service)
    client = Client(headers={"host": HOST, "accept-language": "ru"})
    client.force_login(people.agent_named(login), backend="django.contrib.auth.backends.ModelBackend")
    return client


def _get(client: Client, path: str) -> Callable[[], None]:
    return lambda: _expect(client.get(path), 200) and None


def _expect(answer: Any, status: int) -> Any:
    if answer.status_code != status:
        message = f"{answer.request['PATH_INFO']}: {answer.status_code} {answer.content[:500]!r}"
        raise RuntimeError(message)
    return answer


@contextmanager
def _heard() -> Iterator[list[tuple[str, Any]]]:
    """Every statement asked in the block, as it was asked."""
    heard: list[tuple[str, Any]] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's signature
        heard.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        yield heard


def _scans(sql: str, params: Any, large: dict[str, int], partial: set[str]) -> Iterator[str]:
    """What in the plan of a statement reads a large table from end to end, or more of it than it may."""
    if not sql.lstrip().upper().startswith(EXPLAINED):
        return
    again = not any(word in sql for word in NEVER_AGAIN)
    how = "ANALYZE, TIMING OFF, FORMAT JSON" if again else "FORMAT JSON"
    # A verb's own statements have the server's placeholders, the others have Python's.
    raw = OURS.search(sql) is not None and "%s" not in sql
    with psycopg.RawCursor(connection.connection) if raw else connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN ({how}) {sql}", params)
        (told,) = cursor.fetchone() or ("[]",)
    plan = json.loads(told) if isinstance(told, str) else told
    text = " ".join(sql.split())[:160]
    for what in _walk(plan[0]["Plan"], large, partial, limited=False):
        yield f"{what}: {text}"


def _walk(plan: dict[str, Any], large: dict[str, int], partial: set[str], *, limited: bool) -> Iterator[str]:
    node, table = plan["Node Type"], plan.get("Relation Name", "")
    index = plan.get("Index Name", "")
    if table in large:
        if node == "Seq Scan":
            yield f"{node} on {table}"
        elif node in {"Index Scan", "Index Only Scan"} and "Index Cond" not in plan:
            if not limited and index not in partial:
                yield f"whole {node} of {index} on {table}"
        elif index not in partial and (rows := _touched(plan)) > MOST_ROWS:
            yield f"{node} touches {rows} rows of {table}"
    elif node == "Bitmap Index Scan" and "Index Cond" not in plan and index not in partial:
        yield f"whole {node} of {index}"
    inside = node == "Limit" or (limited and node in STREAMING)
    for below in plan.get("Plans", ()):
        yield from _walk(below, large, partial, limited=inside)


def _touched(plan: dict[str, Any]) -> int:
    """The rows that a scan has read, those included that its filter threw away; nothing when it was not run."""
    given = plan.get("Actual Rows", 0) + plan.get("Rows Removed by Filter", 0)
    given += plan.get("Rows Removed by Index Recheck", 0)
    return int(given * plan.get("Actual Loops", 0))
