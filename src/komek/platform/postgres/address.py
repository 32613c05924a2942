"""Addresses of a server that is not ours: it may fail over to another host, and its host may vanish without a word."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

# What an address has unless it says otherwise. A host without power sends no farewell: silence has to be noticed, here
# in about ten seconds. Of several hosts, and of several servers behind one name, only the one that takes writes will do.
USUALLY = {
    "connect_timeout": "3",
    "keepalives": "1",
    "keepalives_idle": "4",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
    "target_session_attrs": "read-write",
}
# Two nodes that start together must not migrate together.
PREPARING = 0x6B6F6D656B
LOOK_AGAIN_SECONDS = 0.2


def watchful(address: str) -> str:
    """The address with all that a connection needs to notice a lost host; what it says itself stays."""
    return make_conninfo("", **(USUALLY | conninfo_to_dict(address)))


@contextmanager
def alone(address: str) -> Iterator[None]:
    """Be the only one who prepares this database; who comes meanwhile waits. The lock goes with its connection."""
    with psycopg.connect(address, autocommit=True) as connection:
        # Not `pg_advisory_lock`: whoever waits inside a statement holds a snapshot, and CREATE INDEX CONCURRENTLY of the
        # one who prepares waits until every older snapshot is gone. Asked again and again, nobody holds one.
        while not _locked(connection):
            time.sleep(LOOK_AGAIN_SECONDS)
        yield


def _locked(connection: psycopg.Connection) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", [PREPARING]).fetchone()
    return bool(row and row[0])
