"""Rate limits of what is public: a token bucket in PostgreSQL, one statement a look, shared by all processes."""

from datetime import datetime

from komek.platform import actor, unit
from komek.refusal import Refusal


class TooMany(Refusal):
    def __init__(self, seconds: int) -> None:
        super().__init__("too_many", "Too many attempts. Please wait %(seconds)s seconds.", seconds=seconds)


# Each look fills the bucket for the time that has passed and takes one token out.
TAKE = """
INSERT INTO platform_bucket AS b (key, tokens, filled_at)
VALUES (%(key)s, %(burst)s::float8 - 1, %(at)s)
ON CONFLICT (key) DO UPDATE SET
    tokens = greatest(-1, least(%(burst)s::float8, b.tokens
        + greatest(0, extract(epoch FROM %(at)s::timestamptz - b.filled_at)) * %(rate)s::float8) - 1),
    filled_at = greatest(b.filled_at, %(at)s)
RETURNING tokens
"""


def take(key: str, *, per_minute: float, burst: int, at: datetime) -> None:
    """Take one token, or raise TooMany with the seconds until the next one."""
    with actor.nobody(), unit.prepared() as cursor:
        cursor.execute(TAKE, {"key": key, "burst": float(burst), "rate": per_minute / 60, "at": at})
        tokens = cursor.fetchone()[0]
    if tokens < 0:
        raise TooMany(seconds=max(1, round(-tokens * 60 / per_minute)))
