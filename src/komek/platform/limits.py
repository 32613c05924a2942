"""Rate limits of what is public: a token bucket in PostgreSQL, one statement a look, shared by all processes."""

from datetime import datetime

from django.db import connection

from komek.refusal import Refusal


class TooMany(Refusal):
    def __init__(self, seconds: int) -> None:
        super().__init__("too_many", "Too many attempts. Please wait %(seconds)s seconds.", seconds=seconds)


def take(key: str, *, per_minute: float, burst: int, at: datetime) -> None:
    """Take one token, or raise TooMany with the seconds until the next one."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO platform_bucket AS b (key, tokens, filled_at) VALUES (%(key)s, %(burst)s - 1, %(at)s)
            ON CONFLICT (key) DO UPDATE SET
                tokens = greatest(-1, least(%(burst)s, b.tokens
                    + greatest(0, extract(epoch FROM %(at)s - b.filled_at)) * %(rate)s) - 1),
                filled_at = greatest(b.filled_at, %(at)s)
            RETURNING tokens
            """,
            {"key": key, "burst": float(burst), "rate": per_minute / 60, "at": at},
        )
        tokens = cursor.fetchone()[0]
    if tokens < 0:
        raise TooMany(seconds=max(1, round(-tokens * 60 / per_minute)))
