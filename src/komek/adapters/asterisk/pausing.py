"""Recordings pause and go on: told to the switch, and taken back by us, by our next life, or by a guard of its own."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any

import structlog

from komek.adapters.asterisk.ami import AMIError, Client, Login
from komek.adapters.asterisk.layout import seat_name
from komek.platform.clock import now
from komek.rooms.calls import queries as calls
from komek.rooms.recordings import actions, queries
from komek.rooms.recordings.queries import Order
from komek.rooms.recordings.rules import GUARD_AFTER

log = structlog.get_logger("komek.phones")

Work = Callable[[Callable[[], Any]], Awaitable[Any]]
MUTED, HEARD = "1", "0"


@dataclass
class _Applied:
    """What we have muted: it goes on at this moment, also without a database."""

    order: Order
    channel: str
    until: float
    guard: "subprocess.Popen[bytes] | None"


class Pauses:
    """The pauses of one switch."""

    def __init__(self, client: Client, login: Login) -> None:
        self.client = client
        self.login = login
        self._applied: dict[int, _Applied] = {}

    async def put_right(self, work: Work) -> None:
        """Do what is asked now, and end what has lasted long enough."""
        for order in await work(partial(queries.to_resume, at=now())) or ():
            await self._resume(order, work)
        for order in await work(partial(queries.to_pause, at=now())) or ():
            await self._pause(order, work)
        for applied in list(self._applied.values()):
            if monotonic() >= applied.until:
                await self._tell(applied.channel, applied.order.recorder, HEARD)
                self._forget(applied.order.pause_id)

    async def _pause(self, order: Order, work: Work) -> None:
        channel = await self._channel(order.unique_id)
        if not channel or not order.recorder:
            await work(partial(actions.resumed, order.pause_id, at=now(), failure="the call is not recorded"))
            return
        left = (order.until - now()).total_seconds()
        if left <= 0 or not await work(partial(actions.pausing, order.pause_id, at=now())):
            return
        guard = await asyncio.to_thread(self._guard, channel, order.recorder)
        self._applied[order.pause_id] = _Applied(order, channel, monotonic() + left, guard)
        if await self._tell(channel, order.recorder, MUTED):
            await work(partial(actions.paused, order.pause_id, at=now()))
            await self._sound_in_the_ear(order, work)

    async def _resume(self, order: Order, work: Work) -> None:
        applied = self._applied.get(order.pause_id)
        channel = applied.channel if applied else await self._channel(order.unique_id)
        if channel and order.recorder and not await self._tell(channel, order.recorder, HEARD):
            return
        self._forget(order.pause_id)
        await work(partial(actions.resumed, order.pause_id, at=now()))
        if channel:
            await self._sound_in_the_ear(order, work)

    def _forget(self, pause_id: int) -> None:
        applied = self._applied.pop(pause_id, None)
        if applied is not None and applied.guard is not None:
            with suppress(ProcessLookupError):
                os.kill(applied.guard.pid, signal.SIGTERM)
            applied.guard.wait()

    async def _tell(self, channel: str, recorder: str, state: str) -> bool:
        try:
            await self.client.action(
                "MixMonitorMute",
                ("Channel", channel),
                ("MixMonitorID", recorder),
                ("Direction", "both"),
                ("State", state),
            )
        except (AMIError, TimeoutError) as failure:
            log.warning("phones_recording_not_told", channel=channel, state=state, why=str(failure))
            return False
        return True

    async def _channel(self, unique_id: str) -> str:
        told = await self.client.action("CoreShowChannels")
        return next((one.get("Channel") for one in told if one.get("Uniqueid") == unique_id), "")

    async def _sound_in_the_ear(self, order: Order, work: Work) -> None:
        """A short tone that only the operator hears: the recording has stopped, or goes on."""
        seat = await work(partial(calls.seat_number, order.agent_id))
        if seat is None:
            return
        with suppress(AMIError, TimeoutError):
            await self.client.action(
                "Originate",
                ("Channel", "Local/s@pause-tone/n"),
                ("Application", "ChanSpy"),
                ("Data", f"PJSIP/{seat_name(seat)}-,qWES"),
                ("Timeout", "5000"),
                ("Async", "true"),
            )

    def _guard(self, channel: str, recorder: str) -> "subprocess.Popen[bytes]":
        """Somebody who lets it go on, whatever becomes of us."""
        told = {
            "host": self.login.host,
            "port": str(self.login.port),
            "username": self.login.username,
            "secret": self.login.secret,
            "channel": channel,
            "recorder": recorder,
            "seconds": str(GUARD_AFTER.total_seconds()),
        }
        guard = subprocess.Popen(
            [sys.executable, "-m", "komek.adapters.asterisk.guard"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert guard.stdin is not None
        with guard.stdin as line:
            line.write(json.dumps(told).encode())
        return guard
