"""What is sent again is not done again."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Schema, Status

from komek.platform import idempotency
from komek.platform.idempotency import Answer


def once(
    request: HttpRequest,
    *,
    header: str,
    keys: Iterable[str] = (),
    told: object,
    at: datetime,
    do: Callable[[], Answer],
) -> Status[Any]:
    """Do what is asked, unless this partner has asked for it before under one of the keys or the header's."""
    answer = idempotency.once(owner(request), keys=_all(keys, header), digest=_digest(request, told), at=at, do=do)
    return Status(answer.status, answer.body)


def known(request: HttpRequest, *, header: str, keys: Iterable[str], told: object) -> Status[Any] | None:
    """What was answered to this before, for work that is too long for one transaction."""
    answer = idempotency.known(owner(request), keys=_all(keys, header), digest=_digest(request, told))
    return Status(answer.status, answer.body) if answer else None


def answered(status: int, body: Schema) -> Answer:
    """An answer that can be kept."""
    return Answer(status, body.model_dump(mode="json"))


def owner(request: Any) -> str:
    """Whose keys these are: two partners may use the same."""
    return f"partner:{request.auth.pk}"


def _all(keys: Iterable[str], header: str) -> list[str]:
    return [*keys, f"key:{header}"] if header else [*keys]


def _digest(request: HttpRequest, told: object) -> str:
    return idempotency.digest(request.method, request.path, told)
