"""What every page of the desk shares: who may, and the numbers above it."""

from typing import Any

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from komek.platform.clock import now
from komek.registers.staff.rules import Right
from komek.rooms.control import queries
from komek.ui.regions import Region
from komek.ui.rights import needs

second_line = needs(Right.CHECK_WORK)
# Everybody who may open these lists is shown the same.
SECOND_LINE = "second line"


def counts(where: str) -> Region:
    """The numbers above the lists, each leading to what it counts; `where` is the one that is open."""

    def load() -> dict[str, Any]:
        return {"counts": queries.counts(at=now()), "where": where}

    return Region("counts", "controller/counts.html", ("board", "control"), load, audience=SECOND_LINE)


def back_to(request: HttpRequest) -> str:
    """The list that a decision was made in; an address outside is not followed."""
    asked = request.POST.get("next", "")
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else ""
