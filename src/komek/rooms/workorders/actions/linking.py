"""A foreman without an account: one signed link to one order, for three days.

The time of the link is signed with it, not taken from the machine, so that whoever gives or opens it says when.
"""

from datetime import UTC, datetime

from django.core.signing import BadSignature, Signer
from django.db.models import F

from komek.platform import unit
from komek.platform.facts import announce
from komek.platform.transactions import together
from komek.registers.staff.models import Agent
from komek.rooms.channels.rules import cleaned
from komek.rooms.workorders import queries, rules
from komek.rooms.workorders.actions import writing
from komek.rooms.workorders.facts import LinkGiven
from komek.rooms.workorders.models import Order

SIGNER = Signer(salt="komek.workorders.foreman")


@together
def link(order_id: int, *, foreman: str, by: Agent | None = None, at: datetime) -> str:
    """A token that opens this order to the foreman for 72 hours, written in the order's history; it is theirs now."""
    _, order = writing.locked(order_id, by=by)
    name = cleaned(foreman)[: rules.LONGEST_FOREMAN] if foreman.strip() else ""
    if not name:
        raise rules.ForemanNeeded
    if order.status in rules.GONE:
        raise rules.LinkExpired
    order.foreman = name
    unit.save(order, "foreman")
    writing.write(order, verb="link_given", by=by, foreman=name, at=at)
    announce(LinkGiven(order.id, order.card_id, order.service_code, name, at))
    return _token(order, name, at)


def links_of(order: Order, *, at: datetime) -> list[rules.Link]:
    """The links that open this order now, the newest first: whoever lost one is sent the same again."""
    if order.status in rules.GONE:
        return []
    told = [one for one in queries.story(order.id) if one.verb in {"link_given", "links_revoked"}]
    last = max((place for place, one in enumerate(told) if one.verb == "links_revoked"), default=-1)
    given = [one for one in told[last + 1 :] if at <= one.at + rules.LINK_LASTS]
    return [rules.Link(_token(order, one.foreman, one.at), one.foreman, one.at) for one in reversed(given)]


def by_link(token: str, *, at: datetime) -> Order:
    """The order that a link opens; raises LinkExpired for whatever is forged, old or taken back."""
    told = _read(token)
    try:
        order = queries.order(told.order_id)
    except rules.NoSuchOrder as failure:
        raise rules.LinkExpired from failure
    told.check(version=order.link_version, status=order.status, at=at)
    order.opened_by = told.foreman
    return order


def foreman_of(token: str) -> str:
    """Whom a link was given to; raises LinkExpired when it is forged."""
    return _read(token).foreman


def order_of(token: str) -> int:
    """Which order a link was given for, whatever has become of it; raises LinkExpired when it is forged."""
    return _read(token).order_id


@together
def revoke_links(order_id: int, *, by: Agent | None, at: datetime) -> None:
    """Make every link given for this order useless."""
    _, order = writing.locked(order_id, by=by)
    Order.objects.filter(id=order.id).update(link_version=F("link_version") + 1)
    writing.write(order, verb="links_revoked", by=by, at=at)


def _token(order: Order, foreman: str, at: datetime) -> str:
    return SIGNER.sign_object([order.id, order.link_version, foreman, int(at.timestamp())])


def _read(token: str) -> rules.Pass:
    try:
        order_id, version, foreman, given = SIGNER.unsign_object(token[:2_000])
        return rules.Pass(int(order_id), int(version), str(foreman), datetime.fromtimestamp(int(given), UTC))
    except (BadSignature, ValueError, TypeError, OverflowError) as failure:
        raise rules.LinkExpired from failure
