"""Questions answered by the product's own code, in a process with its settings: `python -m benchmarks.rig.inside NAME`.

What was told comes as JSON on standard input, the answer goes as JSON to standard output.
"""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import django

PAGE = 50
# How many pages at once a walk to a deep page takes.
STRIDES = (100, 10, 1)


def staff(*, password: str, roles: dict[str, int], dispatchers_each: int) -> dict[str, Any]:
    """Hire who is missing of so many people in each role, and of so many dispatchers for each busy service.

    What a run that was cut off left at their hands is ended: nobody works with two hundred contacts.
    """
    from komek.platform import audit
    from komek.platform.clock import now
    from komek.registers.staff import actions, queries
    from komek.registers.staff.rules import LANGUAGES
    from komek.rooms.intake import actions as intake
    from komek.rooms.intake.queries import all_at_hand
    from komek.rooms.intake.rules import State

    known = set(queries.agents().values_list("username", flat=True))
    wanted: list[tuple[str, str, str]] = []
    for role, count in roles.items():
        wanted += [(f"bench-{role}-{number:03}", role, "") for number in range(count)]
    for service in _busy_services():
        for number in range(dispatchers_each):
            wanted.append((f"bench-dispatcher-{service.lower()}-{number:03}", "dispatcher", service))
    with audit.acting("benchmarks"):
        for username, role, service in wanted:
            if username not in known:
                actions.hire(
                    username=username,
                    name=username,
                    role=role,
                    password=password,
                    service_code=service,
                    languages=LANGUAGES,
                )
        ours = {agent.pk: agent for agent in queries.agents().filter(username__startswith="bench-")}
        for contact in all_at_hand():
            if agent := ours.get(contact.accepted_by_id):
                if contact.state == State.ACCEPTED:
                    intake.end(contact.pk, by=agent, at=now())
                intake.wrap_up(contact.pk, by=agent, at=now())
    return {"people": [{"login": login, "role": role, "service": service} for login, role, service in wanted]}


def partners(*, count: int) -> dict[str, Any]:
    """Fresh keys for so many other systems: each may send as much as the product lets one send."""
    from komek.platform import audit
    from komek.platform.clock import now
    from komek.registers.staff import actions
    from komek.registers.staff.rules import Scope

    with audit.acting("benchmarks"):
        found = [actions.register_partner(name=f"Benchmark {number:03}", at=now()) for number in range(count)]
        return {"keys": [actions.issue_key(partner, scopes=[scope.value for scope in Scope]) for partner in found]}


def pages(*, page: int, service: str) -> dict[str, Any]:
    """For each queue the token that opens this page, or the last whole one of a shorter queue, and which that is."""
    from komek.rooms.control import queries as control
    from komek.rooms.routing import queries as routing
    from komek.rooms.workorders import queries as workorders

    loads: dict[str, Callable[[str | None, int], Any]] = {
        "board": lambda after, limit: routing.board(after=after, limit=limit),
        "escalations": lambda after, limit: control.open_escalations(after=after, limit=limit),
        "service": lambda after, limit: workorders.orders_of(service, after=after, limit=limit),
    }
    return {name: _walk(load, page) for name, load in loads.items()}


def material(*, many: int) -> dict[str, Any]:
    """Cards, phones and points to ask about: of everywhere in the register, the crowded ones among them."""
    from django.db.models import Count

    from komek.registers.residents.models import Handle
    from komek.rooms.cards.models import Card

    newest = Card.objects.order_by("-id").values_list("id", flat=True).first() or 0
    ids = sorted({1 + newest * step // many for step in range(many)} | {newest})
    cards = [
        next(
            iter(
                Card.objects.filter(id__gte=one).order_by("id").values("id", "number", "access_code", "lat", "lon")[:1]
            )
        )
        for one in ids
    ]
    people = Card.objects.filter(id__gt=newest - 200_000, resident__isnull=False).values("resident_id")
    busiest = people.annotate(times=Count("id")).order_by("-times", "resident_id")[: many // 2]
    rest = people.distinct().order_by("resident_id")[: many // 2]
    residents = [row["resident_id"] for row in (*busiest, *rest)]
    phones = Handle.objects.filter(kind="phone", resident_id__in=residents).values_list("normalized", flat=True)
    return {
        "cards": [{"number": card["number"], "code": card["access_code"]} for card in cards],
        "points": [[card["lat"], card["lon"]] for card in cards if card["lat"] is not None],
        "phones": list(dict.fromkeys(phones))[:many],
        "services": list(_busy_services()),
    }


def orders(*, services: list[str], many: int) -> dict[str, Any]:
    """Orders of these services that nobody has accepted yet, the newest first."""
    from komek.rooms.workorders.models import Order
    from komek.rooms.workorders.rules import Status

    sent = Order.objects.filter(service_code__in=services, status=Status.SENT, ended_at__isnull=True).order_by("-id")
    return {"orders": [{"id": one, "service": code} for one, code in sent.values_list("id", "service_code")[:many]]}


def plans() -> dict[str, Any]:
    """What every hot operation asks of this database, and what of it scans a large table."""
    from pathlib import Path

    from django.conf import settings

    from benchmarks.rig import hot
    from komek.config import prepare

    prepare.gather(Path(settings.STATIC_ROOT))
    told = material(many=4)
    service = next(iter(told["services"]))
    return hot.look(told, pages(page=40, service=service), service)


def _busy_services() -> Iterator[str]:
    from django.db.models import Count

    from komek.registers.staff import queries
    from komek.rooms.workorders.models import Order

    open_orders = Order.objects.filter(ended_at__isnull=True).values("service_code")
    busy = [row["service_code"] for row in open_orders.annotate(times=Count("id")).order_by("-times")[:10]]
    yield from busy or sorted(queries.service_codes())[:10]


def _walk(load: Callable[[str | None, int], Any], wanted: int) -> dict[str, Any]:
    """Go to a page by the product's own tokens, many pages at a stride while that many are left."""
    at, token = 1, None
    for stride in STRIDES:
        while at + stride <= wanted:
            following = load(token, stride * PAGE).next
            if following is None:
                break
            at, token = at + stride, following
    return {"page": at, "token": token}


ANSWERS: dict[str, Callable[..., dict[str, Any]]] = {
    "material": material,
    "orders": orders,
    "pages": pages,
    "partners": partners,
    "plans": plans,
    "staff": staff,
}


def main() -> None:
    """Answer the one question that the command line names."""
    told = json.load(sys.stdin)
    django.setup()
    json.dump(ANSWERS[sys.argv[1]](**told), sys.stdout)


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "komek.config.settings")
    main()
