"""Who works in the demonstration: hired once, and never moved by us while they are really here."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from random import Random
from typing import Any

from django.contrib.sessions.models import Session

from komek.desks.console.demo.signs import SIGN_INS
from komek.desks.console.pack.tables import Table
from komek.registers.staff import actions as staff
from komek.registers.staff import queries
from komek.registers.staff.rules import Kind, Role

SIGNED_IN_AS = "_auth_user_id"


def hire(people: Table, *, password: str, tell: Callable[[int], object]) -> None:
    """Hire those of the pack who are not here yet; only the six can sign in, the others are played."""
    known = set(queries.agents().values_list("username", flat=True))
    for row in people:
        tell(1)
        if row["login"].lower() in known:
            continue
        languages = row.list("languages")
        staff.hire(
            username=row["login"],
            name=row["name"],
            role=row["role"],
            password=password if row["login"] in SIGN_INS else None,
            service_code=row["service"],
            languages=languages,
            language=languages[0] if languages else "kk",
        )


class Cast:
    """The people by what they do, and who of them may be played just now."""

    def __init__(self) -> None:
        self.by_id: dict[int, Any] = {agent.pk: agent for agent in queries.agents()}
        self.away: frozenset[int] = frozenset()
        self.named = frozenset(agent.pk for agent in self.by_id.values() if agent.username in SIGN_INS)
        self.operators = self._of(Role.OPERATOR)
        self.controllers = self._of(Role.CONTROLLER)
        self.services = queries.services()
        self._dispatchers: dict[str, list[Any]] = defaultdict(list)
        for agent in self._of(Role.DISPATCHER):
            if agent.service:
                self._dispatchers[agent.service.code].append(agent)

    def plays(self, agent_id: int | None) -> bool:
        """Whether somebody is one of us, and not really here."""
        return agent_id in self.by_id and agent_id not in self.away

    def leave_to_themselves(self, present: Iterable[int]) -> None:
        """Let those alone who are here in person."""
        self.away = frozenset(present)

    def operator(self, chance: Random) -> Any:
        """Somebody of the first line."""
        return self._one(self.operators, chance)

    def controller(self, chance: Random) -> Any:
        """Somebody of the second line."""
        return self._one(self.controllers, chance)

    def dispatcher(self, service_code: str, chance: Random) -> Any:
        """Somebody who works for a service, or for the body above it; of the centre itself, the second line."""
        service = self.services.get(service_code)
        if service is None or service.kind == Kind.SELF:
            return self.controller(chance)
        people = self._dispatchers.get(service_code) or self._dispatchers.get(service.parent_code, [])
        return self._one(people, chance)

    def _of(self, role: Role) -> list[Any]:
        return [agent for agent in self.by_id.values() if agent.role == role]

    def _one(self, people: list[Any], chance: Random) -> Any:
        free = [agent for agent in people if agent.pk not in self.away]
        return chance.choice(free) if free else None


def really_here(*, at: datetime) -> frozenset[int]:
    """Whoever has a session that is still good: the browser may be closed, the seat stays theirs."""
    told = (session.get_decoded() for session in Session.objects.filter(expire_date__gt=at))
    return frozenset(int(data[SIGNED_IN_AS]) for data in told if SIGNED_IN_AS in data)
