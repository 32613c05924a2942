"""Whom the switch is to bring into a call, and has brought: emergency services, colleagues, supervisors."""

from collections.abc import Collection
from dataclasses import dataclass

from komek.rooms.calls.models import Call, HandOver, Invitation, Joining, PhoneSeat


def hand_overs(call: Call) -> list[HandOver]:
    """Whom we have called into this call, in order."""
    return list(HandOver.objects.filter(call=call).order_by("id"))


def open_hand_over(call: Call) -> HandOver | None:
    """The hand-over to an emergency service that goes on in this call."""
    return HandOver.objects.select_related("call").filter(call=call, ended_at__isnull=True).first()


def open_hand_overs(call_ids: Collection[int]) -> dict[int, HandOver]:
    """The open hand-over of each call that has one."""
    return {one.call_id: one for one in HandOver.objects.filter(call_id__in=call_ids, ended_at__isnull=True)}


def hand_overs_to_begin() -> list[tuple[int, str, str]]:
    """Id, unique id of the call and service of those that the switch has not been told of, or has not done."""
    asked = HandOver.objects.filter(begun_at__isnull=True, ended_at__isnull=True)
    return list(asked.order_by("id").values_list("id", "call__unique_id", "service"))


def open_invitation(call: Call) -> Invitation | None:
    """The colleague who is asked into this call, or is in it."""
    rows = Invitation.objects.select_related("call", "colleague").filter(call=call, ended_at__isnull=True)
    return rows.first()


def invitations_to_begin() -> list[tuple[int, str, int]]:
    """Id, unique id of the call and number of the colleague's seat, of those that the switch has not been told of."""
    asked = list(Invitation.objects.select_related("call").filter(begun_at__isnull=True, ended_at__isnull=True))
    numbers = {one.colleague_id for one in asked}
    seats = dict(PhoneSeat.objects.filter(agent_id__in=numbers).values_list("agent_id", "number")) if asked else {}
    return [(one.pk, one.call.unique_id, seats[one.colleague_id]) for one in asked if one.colleague_id in seats]


def invitations(call: Call) -> list[Invitation]:
    """Who was asked into this call, in order."""
    return list(Invitation.objects.select_related("colleague").filter(call=call).order_by("id"))


@dataclass(frozen=True)
class Rung:
    """A supervisor to be rung and let into a call: both by the numbers of their seats."""

    id: int
    seat: int
    agent_seat: int
    ear: str


def to_join() -> list[Rung]:
    """Supervisors whom the switch has not been told to ring yet."""
    asked = list(Joining.objects.filter(dialled_at__isnull=True, ended_at__isnull=True).order_by("id"))
    people = {person for one in asked for person in (one.agent_id, one.asked_by_id)}
    seats = dict(PhoneSeat.objects.filter(agent_id__in=people).values_list("agent_id", "number")) if asked else {}
    return [
        Rung(one.pk, seats[one.asked_by_id], seats[one.agent_id], one.ear)
        for one in asked
        if one.asked_by_id in seats and one.agent_id in seats
    ]


def joinings(limit: int = 30) -> list[Joining]:
    """Who took part in whose call lately, the newest first."""
    return list(Joining.objects.select_related("agent", "asked_by", "call").order_by("-id")[:limit])
