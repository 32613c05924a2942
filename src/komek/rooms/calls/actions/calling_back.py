"""Who is called back, how often, and how it ends: every wish reaches an end."""

from datetime import datetime

from django.utils.timezone import localtime

from komek.platform import unit
from komek.platform.facts import announce
from komek.platform.transactions import together
from komek.registers.staff.models import Agent
from komek.rooms.calls import rules
from komek.rooms.calls.facts import CallBackEnded, CallBackWanted
from komek.rooms.calls.models import Call, CallBack
from komek.rooms.calls.rules import Cause, Wish


@together
def want(call: Call, *, number: str, cause: Cause, at: datetime) -> CallBack | None:
    """Note that this number is to be called, once; without a number nobody can."""
    if not number:
        return None
    known = CallBack.objects.select_for_update().filter(number=number, ended_at__isnull=True).first()
    if known is not None:
        return known
    first = rules.not_at_night(localtime(at + rules.FIRST_TRY)) if cause is Cause.ABANDONED else at
    callback = unit.add(
        CallBack(
            number=number,
            language=call.language,
            cause=cause,
            state=Wish.WAITING,
            entered_at=call.entered_at,
            wanted_at=at,
            next_at=first,
            call=call,
        )
    )
    announce(CallBackWanted(callback.pk, number, cause, at))
    return callback


@together
def dialled(callback_id: int, *, at: datetime) -> CallBack | None:
    """The switch is asked to call; None when it need not be any more."""
    callback = _open(callback_id)
    if callback is None or callback.state != Wish.WAITING:
        return None
    callback.state, callback.tries, callback.next_at = Wish.CALLING, callback.tries + 1, at + rules.BETWEEN_TRIES
    unit.save(callback, "state", "tries", "next_at")
    return callback


@together
def called(callback_id: int, *, call: Call, at: datetime) -> None:
    """The resident has answered and pressed the key: they are in the queue again."""
    if callback := _open(callback_id):
        _end(callback, Wish.DONE, at=at)


@together
def not_reached(callback_id: int, *, at: datetime) -> None:
    """Nobody answered; after the last try nobody is called any more."""
    callback = _open(callback_id)
    if callback is None or callback.state != Wish.CALLING:
        return
    if callback.tries >= rules.MOST_TRIES:
        _end(callback, Wish.NOT_REACHED, at=at)
        return
    callback.state = Wish.WAITING
    if callback.cause == Cause.ABANDONED:
        callback.next_at = rules.not_at_night(localtime(callback.next_at))
    unit.save(callback, "state", "next_at")


@together
def hasten(callback_id: int, *, by: Agent, at: datetime) -> CallBack:
    """Somebody wants them called now, as soon as anybody is free, by day or night."""
    callback = _open(callback_id)
    if callback is None:
        raise rules.CallBackEndedAlready
    if callback.state == Wish.WAITING:
        callback.next_at = at
        unit.save(callback, "next_at")
        announce(CallBackWanted(callback.pk, callback.number, callback.cause, at))
    return callback


@together
def drop(callback_id: int, *, by: Agent, at: datetime) -> CallBack:
    """Somebody has settled it in another way: nobody is to be called there any more."""
    callback = _open(callback_id)
    if callback is None:
        raise rules.CallBackEndedAlready
    _end(callback, Wish.NOT_NEEDED, at=at)
    return callback


@together
def give_up(*, at: datetime) -> int:
    """Whoever was called and has not come by the time of the next try was not reached; returns how many."""
    late = CallBack.objects.filter(ended_at__isnull=True, state=Wish.CALLING, next_at__lte=at).values_list(
        "id", flat=True
    )
    for callback_id in (ids := list(late)):
        not_reached(callback_id, at=at)
    return len(ids)


def overtaken(number: str, *, by: Call, at: datetime) -> None:
    """The resident has come through by themselves."""
    if not number:
        return
    callback = CallBack.objects.select_for_update().filter(number=number, ended_at__isnull=True).first()
    if callback is not None and callback.call_id != by.pk and callback.state == Wish.WAITING:
        _end(unit.keep(callback), Wish.OVERTAKEN, at=at)


def _open(callback_id: int) -> CallBack | None:
    found = unit.hold(CallBack, callback_id)
    return found if found is not None and found.ended_at is None else None


def _end(callback: CallBack, state: Wish, *, at: datetime) -> None:
    callback.state, callback.ended_at = state, at
    unit.save(callback, "state", "ended_at")
    announce(CallBackEnded(callback.pk, state, at))
