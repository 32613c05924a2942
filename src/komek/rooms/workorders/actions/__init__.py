"""Verbs of work orders: sending and taking back, working and reporting, and the foreman's link."""

from komek.rooms.workorders.actions.dispatching import dispatch, follow_the_clock, withdraw, withdraw_open
from komek.rooms.workorders.actions.linking import by_link, foreman_of, link, links_of, order_of, revoke_links
from komek.rooms.workorders.actions.working import accept, arrive, decline, give_back, remind, report_done, set_out

__all__ = [
    "accept",
    "arrive",
    "by_link",
    "decline",
    "dispatch",
    "follow_the_clock",
    "foreman_of",
    "give_back",
    "link",
    "links_of",
    "order_of",
    "remind",
    "report_done",
    "revoke_links",
    "set_out",
    "withdraw",
    "withdraw_open",
]
