"""What is announced about cards."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class CardReceived:
    """A number was given before anybody read the text; an operator has to look."""

    card_id: int
    contact_id: int | None
    at: datetime


@dataclass(frozen=True)
class CardRegistered:
    card_id: int
    kind: str
    topic_code: str
    district_code: str
    channel: str
    language: str
    contact_id: int | None
    by_agent_id: int | None
    at: datetime


@dataclass(frozen=True)
class CardAnswered:
    """A question was answered in the contact; the card is final."""

    card_id: int
    article_id: int | None
    by_agent_id: int | None
    at: datetime


@dataclass(frozen=True)
class CardExplained:
    """Not ours: explained where to turn; the card is final."""

    card_id: int
    by_agent_id: int | None
    at: datetime


@dataclass(frozen=True)
class CardHandedOver:
    """An emergency was handed over live to 101, 102, 103, 104 or 112 and the hand-over was confirmed."""

    card_id: int
    to: str
    confirmed_by: str
    by_agent_id: int | None
    at: datetime


@dataclass(frozen=True)
class CardCorrected:
    """Text, topic, place or kind was changed; `changed` names the fields."""

    card_id: int
    changed: tuple[str, ...]
    by_agent_id: int | None
    at: datetime


@dataclass(frozen=True)
class CardTakenIntoWork:
    card_id: int
    at: datetime


@dataclass(frozen=True)
class CardDone:
    """Every service on the card has reported; the second line has to check."""

    card_id: int
    at: datetime


@dataclass(frozen=True)
class CardSentBack:
    """The work goes on: a check was not passed, or an order came back."""

    card_id: int
    at: datetime


@dataclass(frozen=True)
class CardClosed:
    card_id: int
    outcome: str
    by_agent_id: int | None
    at: datetime


@dataclass(frozen=True)
class CardReopened:
    card_id: int
    reason: str
    round: int
    at: datetime


@dataclass(frozen=True)
class CardWithdrawn:
    card_id: int
    by_agent_id: int | None
    at: datetime
