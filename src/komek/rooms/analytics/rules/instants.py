"""Instants as they are kept inside a story's lists: one spelling for one moment, so that equal stories are equal."""

from datetime import UTC, datetime


def written(at: datetime) -> str:
    """The moment in UTC to the microsecond; such texts sort as the moments do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def read(text: str) -> datetime:
    return datetime.fromisoformat(text)


def earliest(known: datetime | None, said: datetime) -> datetime:
    return said if known is None else min(known, said)


def latest(known: datetime | None, said: datetime) -> datetime:
    return said if known is None else max(known, said)
