"""Sockets and plugs: an adapter plugs an implementation of a port into the house under a name."""

from typing import Any, TypeVar

P = TypeVar("P")

_plugged: dict[type[Any], dict[str, Any]] = {}


class NotPlugged(LookupError):
    """Nothing of that name is plugged into the port; says what is."""


def plug_in(port: type[Any], name: str, thing: object) -> None:
    """Put an implementation into the port; the last one of a name wins, so that tests can plug a fake."""
    _plugged.setdefault(port, {})[name] = thing


def plugged(port: type[P], name: str) -> P:
    """The implementation under that name; raises NotPlugged."""
    try:
        found: P = _plugged[port][name]
    except KeyError:
        known = ", ".join(sorted(_plugged.get(port, {}))) or "nothing"
        message = f"{name!r} is not plugged into {port.__name__}; plugged in: {known}"
        raise NotPlugged(message) from None
    return found


def names(port: type[Any]) -> list[str]:
    return sorted(_plugged.get(port, {}))
