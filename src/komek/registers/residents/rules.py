"""How people are told apart, checked and masked, without a table."""

import re
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers

from komek import letters
from komek.refusal import Refusal

COUNTRY = "KZ"
SHORT_NUMBER = re.compile(r"\d{2,5}")
EMAIL = re.compile(r"[^@\s\x00]{1,64}@[^@\s\x00.]+(?:\.[^@\s\x00.]+)+")
IDENTITY = re.compile(r"\d{12}", re.ASCII)
# National rule: the weights are turned once when the first sum gives ten, and a second ten is never issued.
WEIGHTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
TURNED_WEIGHTS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
LONGEST = 200


class HandleKind(StrEnum):
    """A way to reach a person."""

    PHONE = "phone"
    EMAIL = "email"
    MESSENGER = "messenger"
    ACCOUNT = "account"


@dataclass(frozen=True)
class Masked:
    """A person in a list: enough to recognise, too little to take away."""

    resident_id: int
    label: str
    language: str


@dataclass(frozen=True)
class Disclosed:
    """What the register knows of a person, handed out to somebody with a purpose."""

    resident_id: int
    name: str
    identity_number: str
    language: str
    note: str
    handles: tuple[tuple[str, str], ...]

    def first(self, kind: str) -> str:
        """The first handle of a kind, or nothing."""
        return next((value for known, value in self.handles if known == kind), "")


class UnreadableHandle(Refusal):
    """A phone or an address nobody could be reached by."""

    def __init__(self, kind: str, value: str) -> None:
        if kind == HandleKind.PHONE:
            text = "«%(value)s» is not a phone number. Write it as +7 700 123 45 67."
        elif kind == HandleKind.EMAIL:
            text = "«%(value)s» is not an e-mail address. Write it as name@example.kz."
        else:
            text = "«%(value)s» is not an address we could answer to."
        super().__init__("unreadable_handle", text, value=value[:80])


class WrongIdentityNumber(Refusal):
    """A number that was never issued; the digits are not repeated in the message."""

    def __init__(self) -> None:
        super().__init__("wrong_identity_number", "The identity number is wrong: check its twelve digits.")


class UnknownResident(Refusal):
    """Nobody of that id is known."""

    def __init__(self, resident: int) -> None:
        super().__init__("unknown_resident", "No resident is known under %(resident)s.", resident=resident)


class PurposeNeeded(Refusal):
    """Personal data is not handed out for nothing."""

    def __init__(self) -> None:
        super().__init__("purpose_needed", "Say what the personal data is needed for.")


def normalized(kind: str, value: str) -> str:
    """The one way a handle is compared: phones as E.164 or as a short number, the rest in small letters."""
    text = value[:LONGEST]
    if not text.isprintable():
        text = "".join(sign for sign in text if sign.isprintable())
    text = text.strip()
    if kind == HandleKind.PHONE:
        return _phone(text)
    if kind == HandleKind.EMAIL:
        return _email(text)
    handle = text.removeprefix("@").lower() if kind == HandleKind.MESSENGER else text
    if not handle or kind not in set(HandleKind):
        raise UnreadableHandle(kind, text)
    return handle


def _phone(text: str) -> str:
    if SHORT_NUMBER.fullmatch(text):
        return text
    try:
        number = phonenumbers.parse(text, COUNTRY)
    except phonenumbers.NumberParseException as failure:
        raise UnreadableHandle(HandleKind.PHONE, text) from failure
    if not phonenumbers.is_possible_number(number):
        raise UnreadableHandle(HandleKind.PHONE, text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _email(text: str) -> str:
    if not EMAIL.fullmatch(text):
        raise UnreadableHandle(HandleKind.EMAIL, text)
    return text.lower()


def identity_number(text: str) -> str:
    """The twelve digits when they can have been issued; nothing stays nothing, because it is never required."""
    digits = re.sub(r"[\s-]", "", text)
    if not digits:
        return ""
    if not is_identity_number(digits):
        raise WrongIdentityNumber
    return digits


def is_identity_number(digits: str) -> bool:
    """Whether the date, the century digit and the check digit agree."""
    if not IDENTITY.fullmatch(digits):
        return False
    month, day, century = int(digits[2:4]), int(digits[4:6]), int(digits[6])
    plausible = 1 <= month <= 12 and 1 <= day <= 31 and century <= 6  # noqa: PLR2004 - a calendar
    return plausible and check_digit(digits[:11]) == int(digits[11])


def check_digit(first_eleven: str) -> int | None:
    """The twelfth digit for the first eleven; None when such a number is never issued."""
    for weights in (WEIGHTS, TURNED_WEIGHTS):
        check = sum(weight * int(digit) for weight, digit in zip(weights, first_eleven, strict=True)) % 11
        if check < 10:  # noqa: PLR2004 - one decimal digit
            return check
    return None


def same_name(one: str, other: str) -> bool:
    """Whether two spellings are one name: letters folded, case and order of the words ignored."""
    return sorted(letters.from_latin(one).split()) == sorted(letters.from_latin(other).split())


def mask_name(name: str) -> str:
    """«Айгерім Нұрланова» → «А. Н.»."""
    return " ".join(f"{word[0].upper()}." for word in name.split()[:3])


def mask_handle(kind: str, value: str) -> str:
    """«+77001231234» → «+7 700 ••• 12 34»; an address keeps its first letter and its host."""
    if kind == HandleKind.PHONE:
        return _masked_phone(value)
    if kind == HandleKind.EMAIL and "@" in value:
        user, _, host = value.partition("@")
        return f"{user[:1]}•••@{host}"
    return f"{value[:2]}•••"


def _masked_phone(value: str) -> str:
    digits = re.sub(r"\D", "", value)
    if len(digits) <= 5:  # noqa: PLR2004 - 109, 1414: a service, not a person
        return digits
    if len(digits) == 11 and digits[0] in "78":  # noqa: PLR2004 - a number of our country
        return f"+7 {digits[1:4]} ••• {digits[-4:-2]} {digits[-2:]}"
    return f"+{digits[:2]} ••• {digits[-2:]}"
