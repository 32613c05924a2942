"""What is announced about work orders."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class OrderSent:
    order_id: int
    card_id: int
    service_code: str
    due_at: datetime | None
    at: datetime


@dataclass(frozen=True)
class OrderAccepted:
    order_id: int
    card_id: int
    service_code: str
    at: datetime


@dataclass(frozen=True)
class OrderDeclined:
    """Not mine: the order goes back to the second line with a reason."""

    order_id: int
    card_id: int
    service_code: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class LinkGiven:
    """A foreman has the order on their telephone now."""

    order_id: int
    card_id: int
    service_code: str
    foreman: str
    at: datetime


@dataclass(frozen=True)
class CrewOnTheWay:
    order_id: int
    card_id: int
    service_code: str
    at: datetime


@dataclass(frozen=True)
class CrewOnSite:
    order_id: int
    card_id: int
    service_code: str
    at: datetime


@dataclass(frozen=True)
class WorkReported:
    """The service says done, with this many proofs or with a reason code."""

    order_id: int
    card_id: int
    service_code: str
    outcome: str
    reason_code: str
    proofs: int
    on_site: bool
    at: datetime


@dataclass(frozen=True)
class OrderReturned:
    order_id: int
    card_id: int
    service_code: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class OrderWithdrawn:
    order_id: int
    card_id: int
    service_code: str
    at: datetime


@dataclass(frozen=True)
class OrderReminded:
    """The second line asks after an order that is still open, and says why."""

    order_id: int
    card_id: int
    service_code: str
    note: str
    at: datetime
