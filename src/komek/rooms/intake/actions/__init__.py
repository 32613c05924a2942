"""Verbs of intake: contacts arrive, are offered and accepted, and end; seats are taken and left."""

from komek.rooms.intake.actions.arriving import arrive, enter, identify
from komek.rooms.intake.actions.handling import (
    abandon,
    clear_draft,
    end,
    put_back,
    release_wrap_ups,
    save_draft,
    settle,
    wrap_up,
)
from komek.rooms.intake.actions.offering import accept, decline, offer_waiting, pick, withdraw_expired_offers
from komek.rooms.intake.actions.seating import leave, send_away, take_break, take_seat
from komek.rooms.intake.actions.switched import connected, hasten, lost, not_answered, passed_on, ring

__all__ = [
    "abandon",
    "accept",
    "arrive",
    "clear_draft",
    "connected",
    "decline",
    "end",
    "enter",
    "hasten",
    "identify",
    "leave",
    "lost",
    "not_answered",
    "offer_waiting",
    "passed_on",
    "pick",
    "put_back",
    "release_wrap_ups",
    "ring",
    "save_draft",
    "send_away",
    "settle",
    "take_break",
    "take_seat",
    "withdraw_expired_offers",
    "wrap_up",
]
