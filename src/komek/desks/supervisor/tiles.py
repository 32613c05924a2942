"""The figures of the wall as they are shown: a name, a few large digits, what they ask for, and the list behind them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from komek.rooms.quality.rules import MORE_IS_WORSE, SHARES, TIMES, Figure, Limit, Standing
from komek.ui.templatetags.ui import seconds

# From here on the digits of a wait no longer fit the tile at full size.
MANY_HOURS = 36_000
TITLES = {
    Figure.WAITING: gettext_noop("Waiting"),
    Figure.LONGEST_WAIT: gettext_noop("Longest wait"),
    Figure.IN_CONTACT: gettext_noop("In contact"),
    Figure.FREE: gettext_noop("Free seats"),
    Figure.ANSWERED: gettext_noop("Answered today"),
    Figure.SERVICE_LEVEL: gettext_noop("Answered in 20 s"),
    Figure.IN_TIME: gettext_noop("Closed in time"),
    Figure.OVERDUE: gettext_noop("Overdue cards"),
    Figure.UNRECORDED: gettext_noop("Calls without a recording"),
    Figure.DISK: gettext_noop("Disk in use"),
}
BEHIND = {
    Figure.WAITING: ("supervisor:waiting", ""),
    Figure.LONGEST_WAIT: ("supervisor:waiting", ""),
    Figure.IN_CONTACT: ("supervisor:people", "?state=talking"),
    Figure.FREE: ("supervisor:people", "?state=ready"),
    Figure.ANSWERED: ("supervisor:answered", ""),
    Figure.SERVICE_LEVEL: ("supervisor:numbers", ""),
    Figure.IN_TIME: ("supervisor:numbers", ""),
    Figure.OVERDUE: ("supervisor:overdue", ""),
    Figure.UNRECORDED: ("supervisor:recordings", ""),
    Figure.DISK: ("supervisor:thresholds", ""),
}


@dataclass(frozen=True)
class Tile:
    """One figure on the wall; with `since` its digits are seconds that go on."""

    name: str
    title: str
    text: str
    level: str
    url: str
    held: str
    since: datetime | None = None
    is_long: bool = False
    warn: float | None = None
    danger: float | None = None


def tiles(standings: Iterable[Standing]) -> list[Tile]:
    """The tiles of these figures, in their order."""
    return [_tile(one) for one in standings]


def title(figure: str) -> str:
    """The name of a figure in the reader's language."""
    return _(TITLES[Figure(figure)])


def in_unit(figure: Figure, value: float | None) -> str:
    """A value as people say it: a share in percent, a time in minutes and seconds, the rest as a number."""
    if value is None:
        return "—"
    if figure in SHARES:
        return f"{value * 100:.0f}\N{NO-BREAK SPACE}%"
    return seconds(value) if figure in TIMES else f"{value:.0f}"


def _tile(one: Standing) -> Tile:
    name, query = BEHIND[one.figure]
    limit = one.limit
    ticks = limit is not None and one.since is not None
    return Tile(
        name=one.figure.value,
        title=_(TITLES[one.figure]),
        text=in_unit(one.figure, one.value),
        level=one.level.value if one.level else "",
        url=reverse(name) + query,
        held=_held(one.figure, limit) if limit else "",
        since=one.since,
        is_long=one.figure in TIMES and (one.value or 0) >= MANY_HOURS,
        warn=limit.warn if limit and ticks else None,
        danger=limit.danger if limit and ticks else None,
    )


def _held(figure: Figure, limit: Limit) -> str:
    """What the figure is held against, in a few words."""
    told = {"warn": in_unit(figure, limit.warn), "danger": in_unit(figure, limit.danger)}
    if figure in MORE_IS_WORSE:
        return _("watch from %(warn)s, act from %(danger)s") % told
    return _("watch below %(warn)s, act below %(danger)s") % told
