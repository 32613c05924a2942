"""Questions about agents, services and partners."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from komek.platform.languages import pick
from komek.platform.remembered import Remembered, rows_version
from komek.registers.staff import rules
from komek.registers.staff.models import Agent, Partner, Service


@dataclass(frozen=True)
class ServiceCard:
    """What screens show of a service, without a query each."""

    id: int
    code: str
    kind: str
    name_kk: str
    name_ru: str
    name_en: str
    parent_code: str
    district_code: str
    active: bool
    works_round_the_clock: bool

    def name(self, language: str | None = None) -> str:
        """The name in a language, else in the first that has one, else the code."""
        return pick(self, "name", language) or self.code


def agent(agent_id: int) -> Agent:
    """One agent with their service, active or not."""
    found = Agent.objects.select_related("service").filter(id=agent_id).first()
    if found is None:
        raise rules.UnknownAgent(agent_id)
    return found


def agent_named(username: str) -> Agent:
    """The agent who signs in under this name."""
    name = username.replace("\0", "").strip().lower()
    found = Agent.objects.select_related("service").filter(username=name).first()
    if found is None:
        raise rules.UnknownAgent(username)
    return found


def agents(*, role: str | None = None, service_code: str | None = None) -> QuerySet[Agent]:
    """Those who work here now, all or of one role or service."""
    found = Agent.objects.filter(is_active=True).select_related("service")
    if role:
        found = found.filter(role=role)
    if service_code:
        found = found.filter(service__code=service_code)
    return found


def names_of(agent_ids: Iterable[int]) -> dict[int, str]:
    """Id → name of those agents, for a list in one query."""
    return dict(Agent.objects.filter(id__in=set(agent_ids)).values_list("id", "name"))


def service(code: str) -> Service:
    """One service by its code, active or not."""
    found = Service.objects.filter(code=code.replace("\0", "")).first()
    if found is None:
        raise rules.UnknownService(code)
    return found


def services(codes: Iterable[str] | None = None) -> dict[str, ServiceCard]:
    """Code → what screens show, of all services or of those named; remembered while none of them changes."""
    known = _services()
    if codes is None:
        return dict(known)
    return {code: known[code] for code in dict.fromkeys(codes) if code in known}


def _all_services() -> dict[str, ServiceCard]:
    columns = tuple(ServiceCard.__dataclass_fields__)
    return {row["code"]: ServiceCard(**row) for row in Service.objects.values(*columns)}


_services = Remembered("staff.services", version=rows_version("staff_service"), load=_all_services)


def service_codes(*, active: bool = True) -> set[str]:
    """The codes that a rule or an import may name."""
    found = Service.objects.filter(active=True) if active else Service.objects.all()
    return set(found.values_list("code", flat=True))


def seen_by(service_code: str) -> set[str]:
    """Whose orders the people of a service see: its own, and those of the bodies that stand under it."""
    return {service_code, *(code for code, one in _services().items() if one.parent_code == service_code)}


def service_of(agent: Agent) -> ServiceCard | None:
    """The service whose orders a person works on."""
    return next((one for one in _services().values() if one.id == agent.service_id), None)


def akimat(district_code: str) -> str | None:
    """The service code of a district's akimat; None where the district or its akimat is unknown."""
    if not district_code:
        return None
    found = Service.objects.filter(kind=rules.Kind.AKIMAT, district_code=district_code, active=True)
    return found.values_list("code", flat=True).first()


def partners() -> QuerySet[Partner]:
    """All partner systems."""
    return Partner.objects.all()


def partner(partner_id: int) -> Partner | None:
    """One partner system."""
    return Partner.objects.filter(id=partner_id).first()
