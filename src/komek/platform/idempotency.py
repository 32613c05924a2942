"""A request sent twice is done once: the key and the answer are kept in the transaction of the work itself.

A refusal undoes that transaction and with it the key, so that what was refused may be mended and sent again.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from komek.platform import clock, jobs, unit
from komek.platform.models import Idempotency
from komek.platform.transactions import together
from komek.refusal import Refusal

KEPT_FOR = timedelta(days=90)


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
    return _answer(_rows(owner, set(keys)), digest)


@together
def once(owner: str, *, keys: Iterable[str], digest: str, at: datetime, do: Callable[[], Answer]) -> Answer:
    """Do it, or say again what was answered.

    Of two that come at once, the second waits for the first to be written, is undone, and done again finds the answer.
    """
    names = set(keys)
    rows = _rows(owner, names)
    answer = _answer(rows, digest) or do()
    for key in sorted(names - {row.key for row in rows}):
        unit.append(Idempotency(owner=owner, key=key, digest=digest, status=answer.status, response=answer.body, at=at))
    return answer


def _rows(owner: str, keys: set[str]) -> list[Idempotency]:
    return list(Idempotency.objects.filter(owner=owner, key__in=keys).order_by("id")) if keys else []


def _answer(rows: list[Idempotency], digest: str) -> Answer | None:
    for row in rows:
        if row.digest != digest:
            raise KeyReused(row.key)
    return Answer(rows[0].status, rows[0].response) if rows else None


@jobs.every("17 3 * * *")
def forget() -> int:
    """Forget the answers that nobody asks for again; returns how many."""
    return Idempotency.objects.filter(at__lt=clock.now() - KEPT_FOR).delete()[0]
