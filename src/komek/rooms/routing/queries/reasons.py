"""A reason kept as data, told to people: codes become names, in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _

from komek.platform.languages import pick
from komek.registers.places import queries as places
from komek.registers.staff import queries as staff
from komek.rooms.routing import rules


def said(why: dict[str, Any]) -> str:
    """A reason in the reader's language."""
    params = why.get("params", {})
    text = rules.WHY_TEXTS.get(why.get("code", ""))
    parts = [_(text) % {name: _named(name, value) for name, value in params.items()}] if text else []
    parts += [said(one) for one in params.get("because", [])]
    parts += [params[key] for key in ("reason", "note") if params.get(key)]
    return ", ".join(part for part in parts if part)


def _named(what: str, value: Any) -> Any:
    """The name of what a code stands for; the code where nothing of that code is known any more."""
    named = _NAMES.get(what)
    return (named(value) if named else "") or value


def _district(code: str) -> str:
    return next((pick(one, "name") for one in places.district_names() if one["code"] == code), "")


def _duty(code: str) -> str:
    return _(rules.DUTY_TEXTS[code]) if code in rules.DUTY_TEXTS else ""


_NAMES = {
    "district": _district,
    "duty": _duty,
    "service": lambda code: pick(staff.services([code]).get(code), "name"),
}
