"""Every way routing says no, each with its remedy in the text."""

from collections.abc import Sequence
from datetime import date, datetime

from komek.refusal import Refusal


class BrokenRule(Refusal):
    """One line of a rule set that cannot be published; `remedy` is the message id of what to do about it."""

    def __init__(self, line: int, code: str, text: str, remedy: str, **params: object) -> None:
        super().__init__(code, text, line=line, **params)
        self.line = line
        self.remedy = remedy

    @property
    def reason(self) -> str:
        """What is wrong, in English; a desk says `text` with `params` in the reader's language."""
        return self.text % self.params

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason} {self.remedy}"


class RulesBroken(Refusal):
    """A rule set is published whole or not at all; `errors` name every broken line."""

    def __init__(self, errors: Sequence[BrokenRule]) -> None:
        super().__init__(
            "rules_broken",
            "%(count)s lines of the routing rules are broken, nothing was published. The first: %(first)s",
            count=len(errors),
            first=str(errors[0]),
        )
        self.errors = list(errors)


class NoRules(Refusal):
    """An empty rule set would send every card to the second line: surely a slip."""

    def __init__(self) -> None:
        super().__init__("no_rules", "The table of routing rules is empty: write at least one line.")


class ReasonNeeded(Refusal):
    """A promise is moved and a card is taken away only with a reason that can be read later."""

    def __init__(self) -> None:
        super().__init__("reason_needed", "Please give a reason.")


class ServiceNotWorking(Refusal):
    """No such service, or it has left: a card given to it would be given to nobody."""

    def __init__(self, service: str) -> None:
        super().__init__(
            "service_not_working", "The service %(service)s does not take cards. Choose another one.", service=service
        )


class SeveralServices(Refusal):
    """Only a person who looks at the card can say instead of whom."""

    def __init__(self, number: str) -> None:
        super().__init__(
            "several_services",
            "Several services have card %(number)s. Open it and choose which of them to replace.",
            number=number,
        )


class AlreadyAssigned(Refusal):
    """A service has a card once."""

    def __init__(self, number: str, service: str) -> None:
        super().__init__(
            "already_assigned", "Card %(number)s is with %(service)s already.", number=number, service=service
        )


class NotAssigned(Refusal):
    """What is not with a service cannot be taken away from it."""

    def __init__(self, number: str, service: str) -> None:
        super().__init__("not_assigned", "Card %(number)s is not with %(service)s.", number=number, service=service)


class AlreadyWithdrawn(Refusal):
    """The assignment ended before; somebody else was quicker."""

    def __init__(self, service: str) -> None:
        super().__init__("already_withdrawn", "%(service)s does not have this card any more.", service=service)


class NotOpen(Refusal):
    """Only an open card has a place to go and a time to keep."""

    def __init__(self, number: str) -> None:
        super().__init__("card_not_open", "Card %(number)s is closed. Reopen it first.", number=number)


class NoClock(Refusal):
    """Nothing was promised for this card yet."""

    def __init__(self, number: str) -> None:
        super().__init__("no_clock", "No clock runs for card %(number)s.", number=number)


class AlreadyPaused(Refusal):
    def __init__(self, number: str) -> None:
        super().__init__("already_paused", "The clock of card %(number)s stands already.", number=number)


class NotPaused(Refusal):
    def __init__(self, number: str) -> None:
        super().__init__("not_paused", "The clock of card %(number)s is running.", number=number)


class NotLater(Refusal):
    """An extension that does not extend is a mistake."""

    def __init__(self) -> None:
        super().__init__("not_later", "The new time has to be later than the old one.")


class NoPromiseToExtend(Refusal):
    def __init__(self, number: str) -> None:
        super().__init__(
            "no_promise_to_extend", "Card %(number)s has no time of this kind that could be extended.", number=number
        )


class TooLongAnExtension(Refusal):
    """Article 76 of the Code 350-VI: two months at most."""

    def __init__(self, until: date, most: date) -> None:
        super().__init__(
            "too_long_an_extension",
            "The law allows an extension until %(most)s at most; %(until)s is later.",
            until=until.isoformat(),
            most=most.isoformat(),
        )


class TooLateToExtend(Refusal):
    """The legal time is extended while it runs, not after it has run out."""

    def __init__(self, number: str, was_due: date) -> None:
        super().__init__(
            "too_late_to_extend",
            "The legal time of card %(number)s ran out on %(was_due)s: it cannot be extended any more.",
            number=number,
            was_due=was_due.isoformat(),
        )


class TooLateToRedirect(Refusal):
    """Article 65 of the Code 350-VI: an appeal is redirected within three working days."""

    def __init__(self, number: str, was_due: datetime) -> None:
        super().__init__(
            "too_late_to_redirect",
            "An appeal is redirected within three working days; for %(number)s they ended on %(was_due)s. "
            "Add the other service beside the first one instead.",
            number=number,
            was_due=was_due.date().isoformat(),
        )
