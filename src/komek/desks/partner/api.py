"""The API as a whole: what it consists of, how it reads JSON, how it refuses."""

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.parser import Parser

from komek.desks.partner import problems
from komek.desks.partner.views import cards, catalog, contacts, reference

DESCRIPTION = """Bring residents' requests to the centre and follow what becomes of them.

Every request carries a key of the centre: `Authorization: Bearer komek_…`. A key opens what its scopes say:
`intake:write`, `cards:read`, `catalog:read`. A partner sees the cards that came by its own key, and no others.

Every refusal is a `Problem`; its sentence is in the language of `Accept-Language` (`kk`, `ru`, `en`). After a 429 wait for
as many seconds as `Retry-After` says. Requests that change something may be sent again without harm: what has the same
`outer_id`, or the same `Idempotency-Key`, is done once and answered alike; other contents under it are a 409."""


class StrictJson(Parser):
    """JSON as the standard has it: without NaN and infinities, which no other reader would understand."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Read the body; whatever is wrong with it becomes a 400."""
        return json.loads(request.body, parse_constant=_refuse)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


api = NinjaAPI(
    title="Komek",
    version="1",
    description=DESCRIPTION,
    urls_namespace="partner",
    docs=reference.Reference(),
    parser=StrictJson(),
    openapi_extra={"info": {"license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}}},
)
problems.speak_for(api)
api.add_router("", contacts.router, tags=["contacts"])
api.add_router("", cards.router, tags=["cards"])
api.add_router("", catalog.router, tags=["catalog"])
