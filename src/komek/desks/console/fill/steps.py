"""The steps of which lives are made, and what the rules of a city make of a card."""

from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """One thing that somebody does; who does it, and with which words, is the part of the card."""

    ARRIVE = "arrive"
    WRITE = "write"
    WRITE_WITH_PHOTO = "write with photo"
    WRITE_UNSORTED = "write unsorted"
    OFFER = "offer"
    ACCEPT = "accept"
    ANSWER = "answer"
    ANSWER_BY_HEART = "answer by heart"
    EXPLAIN = "explain"
    HAND_OVER = "hand over"
    REGISTER = "register"
    CLASSIFY = "classify"
    END = "end"
    WRAP_UP = "wrap up"
    ABANDON = "abandon"
    ASSIGN = "assign"
    DECLINE = "decline"
    TAKE = "take"
    SET_OUT = "set out"
    GET_THERE = "get there"
    REPORT = "report"
    REPORT_WITH_PHOTO = "report with photo"
    REPORT_WITH_PHOTOS = "report with photos"
    REPORT_PARTLY = "report partly"
    REPORT_IN_VAIN = "report in vain"
    TAKE_SECOND = "take, second service"
    REPORT_SECOND = "report, second service"
    TAKE_THIRD = "take, third service"
    REPORT_THIRD = "report, third service"
    MISS = "miss"
    EXTEND = "extend"
    RESOLVE = "resolve"
    PAUSE = "pause"
    RESUME = "resume"
    ACCEPT_WORK = "accept work"
    GIVE_BACK = "give back"
    FETCH = "fetch"
    CALL_BACK = "call back"
    CALL_IN_VAIN = "call in vain"
    CONFIRM = "confirm"
    REFUTE = "refute"
    WITHDRAW = "withdraw"


@dataclass(frozen=True)
class Shape:
    """What the rules make of a card: how many services have it, and whether the second line has to look too."""

    services: int = 0
    trouble: bool = False


NO_SERVICE, ONE_SERVICE = Shape(), Shape(services=1)
