"""What the schema needs beyond plain PostgreSQL."""

import psycopg
from psycopg import sql

EXTENSIONS = ("pg_trgm", "btree_gist", "btree_gin")


def prepare(address: str) -> None:
    """Make the extensions the schema needs; all are trusted, so the owner of any database may."""
    with psycopg.connect(address, autocommit=True) as connection:
        had = {name for (name,) in connection.execute("SELECT extname FROM pg_extension")}
        for name in EXTENSIONS:
            if name not in had:
                connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))
