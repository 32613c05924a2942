"""Who else looks at this just now: one small region for the page of a card, whichever desk it is of."""

from typing import Any

from komek.platform import presence
from komek.platform.presence import Here
from komek.registers.staff import queries as staff
from komek.registers.staff.models import Agent
from komek.ui.regions import Region


def of_card(card_id: int, reader: Agent, desk: str) -> tuple[Here, Region]:
    """Where the reader of this page is, and the region that names the others."""
    here = Here(f"card:{card_id}", reader.pk, desk)
    return here, Region("here", "ui/here.html", (presence.topic(here.place),), lambda: {"others": _others(here)})


def _others(here: Here) -> list[dict[str, Any]]:
    """Everybody but the reader, once for each desk."""
    others = [one for one in presence.present(here.place) if one.agent_id != here.agent_id]
    names = staff.names_of(one.agent_id for one in others) if others else {}
    return [{"name": names.get(one.agent_id, ""), "desk": one.desk, "since": one.since} for one in others]
