"""Rate limits of what is public: a token bucket in PostgreSQL, one statement a look, shared by all processes."""

from datetime import datetime

from komek.platform import actor
from komek.platform.statements import prepared
from komek.refusal import Refusal


class TooMany(Refusal):
    def __init__(self, seconds: int) -> None:
        super().__init__("too_many", "Too many attempts. Please wait %(seconds)s seconds.", seconds=seconds)


# Each look fills the bucket for the time that has passed and takes one token out.
# Two nodes may differ by a little; a bucket that was filled in the future belongs to a clock that was wrong.
TAKE = """
INSERT INTO platform_bucket AS b (key, tokens, filled_at)
VALUES ($1, $2::float8 - 1, $3::timestamptz)
ON CONFLICT (key) DO UPDATE SET
    tokens = greatest(-1, least($2::float8, b.tokens
        + greatest(0, extract(epoch FROM $3::timestamptz - b.filled_at)) * $4::float8) - 1),
    filled_at = CASE WHEN b.filled_at > $3::timestamptz + interval '10 seconds' THEN $3::timestamptz
                     ELSE greatest(b.filled_at, $3::timestamptz) END
RETURNING tokens
"""


def take(key: str, *, per_minute: float, burst: int, at: datetime) -> None:
    """Take one token, or raise TooMany with the seconds until the next one."""
    with actor.nobody(), prepared() as cursor:
        cursor.execute(TAKE, [key, float(burst), at, per_minute / 60])
        tokens = cursor.fetchone()[0]
    if tokens < 0:
        raise TooMany(seconds=max(1, round(-tokens * 60 / per_minute)))
