"""What a topic's columns may say."""

from enum import StrEnum


class Priority(StrEnum):
    """How soon somebody must move; critical runs round the clock."""

    CRITICAL = "critical"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class FirstLine(StrEnum):
    """Whether the first line can answer by itself."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
