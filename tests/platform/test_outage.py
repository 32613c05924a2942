"""An outage is told from a refusal, and whoever meets one is told to come back."""

import psycopg
import pytest
from django.db import OperationalError, connection, connections
from psycopg import errors
from psycopg_pool import PoolTimeout

from komek.platform import outage
from komek.registers.residents.models import Resident


@pytest.mark.parametrize(
    "failure",
    [
        errors.AdminShutdown("terminating connection due to administrator command"),
        errors.CannotConnectNow("the database system is starting up"),
        errors.ReadOnlySqlTransaction("cannot execute INSERT in a read-only transaction"),
        errors.ConnectionFailure("lost"),
        psycopg.OperationalError("server closed the connection unexpectedly"),
        PoolTimeout("couldn't get a connection after 5.00 sec"),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_a_server_that_is_away_is_an_outage_however_it_is_wrapped(failure):
    wrapped = OperationalError()
    wrapped.__cause__ = failure

    assert outage.is_outage(failure)
    assert outage.is_outage(wrapped)


@pytest.mark.parametrize(
    "failure",
    [
        errors.UniqueViolation("twice"),
        errors.DeadlockDetected("two waited for each other"),
        errors.QueryCanceled("too slow"),
        errors.DiskFull("no space left"),
        ValueError("ours"),
        None,
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_a_server_that_refuses_is_no_outage(failure):
    assert not outage.is_outage(failure)


@pytest.fixture
def cut():
    """Ends this test's connection at the server, as a fail-over does, without a word to the client."""
    told = connection.settings_dict

    def end():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        address = {"host": told["HOST"], "port": told["PORT"], "user": told["USER"], "password": told["PASSWORD"]}
        with psycopg.connect(dbname=told["NAME"], autocommit=True, **address) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    yield end
    connections.close_all()
    assert outage.answers()


@pytest.mark.django_db(transaction=True)
def test_a_read_on_a_dead_connection_is_asked_again_at_once(client, cut):
    cut()

    answer = client.get("/api/v1/cards", headers={"Authorization": "Bearer of nobody"})

    assert answer.status_code == 401
    assert not outage.is_away()


@pytest.mark.django_db(transaction=True)
def test_a_write_on_a_dead_connection_is_not_done_again_but_told_to_come_back(client, cut):
    cut()

    answer = client.post("/api/v1/contacts", {}, content_type="application/json", headers={"Authorization": "Bearer x"})

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert answer.json()["code"] == "unavailable"
    again = client.post("/api/v1/contacts", {}, content_type="application/json", headers={"Authorization": "Bearer x"})
    assert again.status_code == 401


@pytest.mark.django_db(transaction=True)
def test_a_person_reads_a_sentence_and_a_program_reads_json(client, monkeypatch):
    monkeypatch.setattr(outage, "is_away", lambda: True)

    page = client.get("/", headers={"Accept-Language": "ru"})
    told = client.get("/api/v1/cards")

    assert (page.status_code, told.status_code) == (503, 503)
    assert "<html" in page.content.decode()
    assert told.json()["code"] == "unavailable"
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_node_whose_database_became_a_standby_is_not_ready_and_lets_go_of_it(client):
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")

    assert client.get("/readyz").status_code == 503
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_write_refused_by_a_standby_makes_the_next_one_go_elsewhere(client, settings):
    Resident.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")

    first = client.post("/api/v1/contacts", {}, content_type="application/json", headers={"Authorization": "Bearer x"})
    second = client.post("/api/v1/contacts", {}, content_type="application/json", headers={"Authorization": "Bearer x"})

    assert (first.status_code, second.status_code) == (503, 401)
