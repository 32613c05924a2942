"""A question is written once and asked with other values: it gives what its queryset gives."""

import threading
from contextlib import contextmanager

import psycopg
import pytest
from django.db import OperationalError, connection
from django.db.models import Count, F, Value
from django.test.utils import CaptureQueriesContext

from komek.platform.questions import Question
from komek.platform.transactions import together
from komek.registers.staff.models import Agent, Service

pytestmark = pytest.mark.django_db


@pytest.fixture
def services():
    return Service.objects.bulk_create(
        [
            Service(code="SU", kind="utility", name_ru="Вода 100%", active=True),
            Service(code="TT", kind="utility", name_ru="Тепло", active=True),
            Service(code="OLD", kind="utility", name_ru="%s", active=False),
        ]
    )


@pytest.fixture
def dana(services):
    return Agent.objects.create(username="dana", name="Дана", role="dispatcher", languages=["kk"], service=services[0])


def test_rows_objects_and_what_is_joined_are_those_of_the_queryset(services, dana, django_assert_num_queries):
    by_name = Question(lambda name: Agent.objects.select_related("service").filter(username=name))

    with django_assert_num_queries(1):
        found = by_name.one(name="dana")
        assert (found, found.service.name_ru, found.languages) == (dana, "Вода 100%", ["kk"])
    assert by_name.one(name="nobody") is None
    assert by_name(name="") == []


def test_names_of_columns_and_counts_are_those_of_the_queryset(services):
    named = Question(lambda code: Service.objects.filter(code=code).values_list("code", "active", named=True))
    counted = Question(lambda active: Service.objects.filter(active=active).values("kind").annotate(n=Count("id")))

    assert (named.one(code="TT").code, named.one(code="OLD").active) == ("TT", False)
    assert (counted(active=True), counted(active=False)) == (
        [{"kind": "utility", "n": 2}],
        [{"kind": "utility", "n": 1}],
    )


def test_several_values_fit_one_place(services):
    some = Question(
        lambda codes: Service.objects.filter(code=codes.any).order_by("code").values_list("code", flat=True)
    )

    assert [some(codes=codes) for codes in (["SU"], {"OLD", "TT"}, [])] == [["SU"], ["OLD", "TT"], []]


def test_a_number_beyond_all_columns_fits_nothing(services):
    by_id = Question(lambda number: Service.objects.filter(id=number))

    assert by_id.one(number=2**63) is None
    assert by_id.one(number=-(2**63) - 1) is None
    assert by_id.one(number=services[0].id) == services[0]


def test_what_is_written_into_the_statement_stands_there_as_it_is(services):
    odd = Question(lambda code: Service.objects.filter(name_ru="%s", code=code).annotate(sign=Value("50 % '$1'")))

    assert odd.one(code="OLD").sign == "50 % '$1'"
    assert odd.one(code="SU") is None
    with CaptureQueriesContext(connection) as asked:
        odd(code="OLD'; drop table staff_service")
    assert "$1" in asked.captured_queries[0]["sql"]


def test_parts_of_a_union_have_their_own_places(services):
    both = Question(
        lambda one, other: (
            Service.objects.filter(code=one)
            .values_list(Value("one"), F("code"))
            .union(Service.objects.filter(code=other).values_list(Value("other"), F("code")), all=True)
        )
    )

    assert dict(both(one="SU", other="TT")) == {"one": "SU", "other": "TT"}
    assert dict(both(one="TT", other="SU")) == {"one": "TT", "other": "SU"}


@pytest.mark.django_db(transaction=True)
def test_threads_ask_with_their_own_values_and_connections(services):
    by_code = Question(lambda code: Service.objects.filter(code=code).values_list("code", flat=True))

    def ask(code):
        answers[code] = [by_code.one(code=code) for _ in range(30)]
        connection.close()

    answers: dict[str, list[str]] = {}
    threads = [threading.Thread(target=ask, args=[code]) for code in ("SU", "TT", "OLD")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == {code: [code] * 30 for code in ("SU", "TT", "OLD")}


def test_a_question_of_several_statements_is_refused():
    with pytest.raises(AssertionError):
        Question(lambda: Agent.objects.prefetch_related("groups"))()


@pytest.mark.django_db(transaction=True)
def test_what_was_prepared_before_a_column_changed_is_asked_again(services):
    named = Question(lambda code: Service.objects.filter(code=code).values_list("name_ru", flat=True))
    for _ in range(10):
        assert named.one(code="SU") == "Вода 100%"

    with changed_column("staff_service", "name_ru", "text"):
        assert named.one(code="SU") == "Вода 100%"


@pytest.mark.django_db(transaction=True)
def test_a_verb_that_asks_what_was_prepared_before_a_column_changed_is_done_once_more(services):
    named = Question(lambda code: Service.objects.filter(code=code).values_list("name_ru", flat=True))
    name = together(lambda: named.one(code="SU"))
    for _ in range(10):
        assert name() == "Вода 100%"

    with changed_column("staff_service", "name_ru", "text"):
        assert name() == "Вода 100%"


@pytest.mark.django_db(transaction=True)
def test_after_a_lost_connection_a_question_is_asked_on_a_new_one(services):
    named = Question(lambda code: Service.objects.filter(code=code).values_list("name_ru", flat=True))
    for _ in range(10):
        named.one(code="SU")
    lost = connection.connection.info.backend_pid

    with elsewhere() as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [lost])
    with pytest.raises(OperationalError):
        named.one(code="SU")
    connection.close_if_unusable_or_obsolete()

    assert named.one(code="SU") == "Вода 100%"
    assert connection.connection.info.backend_pid != lost


@pytest.mark.django_db(transaction=True)
def test_a_thread_that_rested_looks_whether_its_connection_lives_before_it_asks(services):
    named = Question(lambda code: Service.objects.filter(code=code).values_list("name_ru", flat=True))
    named.one(code="SU")

    with elsewhere() as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
    # As the beginning of a request does.
    connection.health_check_enabled, connection.health_check_done = True, False

    assert named.one(code="SU") == "Вода 100%"


def elsewhere():
    """Another connection to the same database, past Django's."""
    told = connection.get_connection_params()
    names = ("host", "port", "user", "password", "dbname")
    return psycopg.connect(autocommit=True, **{name: told[name] for name in names if told.get(name)})


@contextmanager
def changed_column(table, column, type_):
    """A column of another type, as a migration from another process leaves it; afterwards as it was."""
    with elsewhere() as other:
        found = (
            "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = %s::regclass AND attname = %s"
        )
        was = other.execute(found, [table, column]).fetchone()[0]
        assert was != type_
        other.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {type_}")
        try:
            yield
        finally:
            other.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {was}")
