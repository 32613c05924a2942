"""The desk of a city service: its board, an order with all a crew needs, and the same order on a foreman's telephone."""

from komek.desks.service.views.board import bulk, home
from komek.desks.service.views.foreman import foreman, foreman_act, foreman_app, foreman_home, foreman_worker
from komek.desks.service.views.orders import act, link, order, phone, revoke
from komek.desks.service.views.uploads import upload

__all__ = [
    "act",
    "bulk",
    "foreman",
    "foreman_act",
    "foreman_app",
    "foreman_home",
    "foreman_worker",
    "home",
    "link",
    "order",
    "phone",
    "revoke",
    "upload",
]
