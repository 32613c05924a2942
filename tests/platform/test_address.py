"""Addresses of servers elsewhere."""

import threading

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from tests.fixtures.database import address

from komek.platform import home as homes
from komek.platform import postgres


def test_an_address_of_several_hosts_means_the_one_that_takes_writes():
    told = conninfo_to_dict(postgres.watchful("postgresql://komek:secret@db1:5432,db2:5433,db3:5434/komek"))

    assert (told["host"], told["port"]) == ("db1,db2,db3", "5432,5433,5434")
    assert told["target_session_attrs"] == "read-write"
    assert (told["user"], told["password"], told["dbname"]) == ("komek", "secret", "komek")


def test_a_lost_host_is_noticed_in_seconds_unless_the_address_says_otherwise():
    usual = conninfo_to_dict(postgres.watchful("postgresql://db1/komek"))
    patient = conninfo_to_dict(postgres.watchful("postgresql://db1/komek?connect_timeout=30&target_session_attrs=any"))

    silence = int(usual["keepalives_idle"]) + int(usual["keepalives_interval"]) * int(usual["keepalives_count"])
    assert silence <= 10
    assert int(usual["tcp_user_timeout"]) <= 10_000
    assert (patient["connect_timeout"], patient["target_session_attrs"]) == ("30", "any")


def test_making_an_address_watchful_twice_changes_nothing():
    once = postgres.watchful("postgresql://komek@db1,db2/komek")

    assert postgres.watchful(once) == once


def test_the_home_gives_the_external_address_watchful(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://komek@db1,db2/komek")

    assert "target_session_attrs=read-write" in homes.database_url(tmp_path)


@pytest.mark.django_db(transaction=True)
def test_of_two_nodes_one_prepares_and_the_other_waits_even_for_a_killed_one():
    came = threading.Event()

    def prepare():
        with postgres.alone(address()):
            came.set()

    with psycopg.connect(address(), autocommit=True) as killed:
        killed.execute("SELECT pg_advisory_lock(%s)", [postgres.PREPARING])
        second = threading.Thread(target=prepare)
        second.start()
        with psycopg.connect(address(), autocommit=True) as observer:
            while not observer.execute("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_try_%'").fetchone():
                assert not came.is_set()
            observer.execute("SELECT pg_terminate_backend(%s)", [killed.info.backend_pid])
    second.join(20)

    assert came.is_set()
