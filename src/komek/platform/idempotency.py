"""A request sent twice is done once: the key and the answer are kept in the transaction of the work itself.

A refusal undoes that transaction and with it the key, so that what was refused may be mended and sent again.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from komek.platform import clock, jobs
from komek.platform.models import Idempotency
from komek.refusal import Refusal

KEPT_FOR = timedelta(days=90)

CLAIM = """
INSERT INTO platform_idempotency (owner, key, digest, status, response, at)
VALUES (%s, %s, %s, 0, '{}', %s) ON CONFLICT (owner, key) DO NOTHING RETURNING id
"""


class KeyReused(Refusal):
    """The same key came with something else: one of the two is a mistake of the sender."""

    def __init__(self, key: str) -> None:
        super().__init__(
            "key_reused",
            "“%(key)s” was sent before with other contents. Send new contents under a new id.",
            key=key[:80],
        )


@dataclass(frozen=True)
class Answer:
    """What is answered: a status and what JSON can say."""

    status: int
    body: Any


def digest(*parts: object) -> str:
    """What two requests must share to be the same one, however their JSON was laid out."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, separators=(",", ":"), default=str).encode()).hexdigest()


def known(owner: str, *, keys: Iterable[str], digest: str) -> Answer | None:
    """The answer that was given under one of these keys; raises KeyReused when it was given to something else."""
    found = None
    for row in Idempotency.objects.filter(owner=owner, key__in=set(keys), status__gt=0).order_by("id"):
        if row.digest != digest:
            raise KeyReused(row.key)
        found = found or Answer(row.status, row.response)
    return found


@transaction.atomic
def once(owner: str, *, keys: Iterable[str], digest: str, at: datetime, do: Callable[[], Answer]) -> Answer:
    """Do it, or say again what was answered; of two that come at once, the second waits for the first."""
    names = sorted(set(keys))
    claimed = [row_id for row_id in (_claim(owner, key, digest, at) for key in names) if row_id is not None]
    answer = known(owner, keys=names, digest=digest) or do()
    Idempotency.objects.filter(id__in=claimed).update(status=answer.status, response=answer.body)
    return answer


def _claim(owner: str, key: str, digest: str, at: datetime) -> int | None:
    """Take the key, or None when it is taken; waits for whoever is taking it at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [owner, key, digest, at])
        row = cursor.fetchone()
    return row[0] if row else None


@jobs.every("17 3 * * *")
def forget() -> int:
    """Forget the answers that nobody asks for again; returns how many."""
    return Idempotency.objects.filter(at__lt=clock.now() - KEPT_FOR).delete()[0]
