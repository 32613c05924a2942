"""Each minute: whether the map still shows what the register knows."""

from django.conf import settings

from komek.platform import jobs
from komek.registers.places import actions


@jobs.every("* * * * *")
def redraw_map() -> None:
    """A city that was loaded has its map within a minute, and nobody waited for it."""
    actions.redraw_map(settings.CITY.get("credits", ()))
