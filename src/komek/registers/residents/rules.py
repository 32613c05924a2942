"""How people are told apart, checked and masked, without a table."""

from enum import StrEnum


class HandleKind(StrEnum):
    """A way to reach a person."""

    PHONE = "phone"
    EMAIL = "email"
    MESSENGER = "messenger"
    ACCOUNT = "account"
