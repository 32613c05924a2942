"""The words of this city: topics, services, districts."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from komek.desks.partner import answers, problems
from komek.desks.partner.doors import PartnerKey
from komek.platform.clock import now
from komek.registers.catalog import queries as catalog
from komek.registers.places import queries as places
from komek.registers.staff import queries as staff
from komek.registers.staff.rules import Scope

router = Router()


@router.get(
    "/topics",
    operation_id="list_topics",
    summary="What a card may be about",
    auth=PartnerKey(Scope.CATALOG_READ),
    response={200: answers.TopicsAnswer, **problems.READING},
)
def list_topics(request: HttpRequest) -> Any:
    """The topics in force now. Needs the scope `catalog:read`."""
    return {"topics": catalog.topics(now())}


@router.get(
    "/services",
    operation_id="list_services",
    summary="Who does the work",
    auth=PartnerKey(Scope.CATALOG_READ),
    response={200: answers.ServicesAnswer, **problems.READING},
)
def list_services(request: HttpRequest) -> Any:
    """The services that take cards now. Needs the scope `catalog:read`."""
    return {"services": [service for service in staff.services().values() if service.active]}


@router.get(
    "/districts",
    operation_id="list_districts",
    summary="The districts of the city",
    auth=PartnerKey(Scope.CATALOG_READ),
    response={200: answers.DistrictsAnswer, **problems.READING},
)
def list_districts(request: HttpRequest) -> Any:
    """Needs the scope `catalog:read`."""
    return {"districts": places.districts()}
