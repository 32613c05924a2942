"""The port of a channel: the one thing every way of talking with a resident can do."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Receipt:
    """What the channel said when it took the message; `outer_id` is its own name for it.

    `kept` says that the message has not reached anybody yet: it waits for a person or a system to carry it on.
    """

    outer_id: str = ""
    kept: bool = False


class NotDelivered(Exception):
    """The channel could not deliver; `permanent` says that trying again is useless."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent


class Channel(Protocol):
    """One way to talk with a resident."""

    # Whether sending needs somebody outside: then it is a job, after the commit; else it is done at once.
    speaks_outside: bool

    def send(self, *, to: str, text: str) -> Receipt:
        """Deliver the text; raise NotDelivered(permanent=…) when it cannot be.

        `to` is the channel's own address of the conversation: an id of the other side, or the resident's handle.
        """
        ...
