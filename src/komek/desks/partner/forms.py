"""What other systems send, checked before anything else looks at it: nothing is guessed, nothing unknown is taken."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from ninja import Field, File, Header, Path, Query, Schema, UploadedFile
from pydantic import BeforeValidator, ConfigDict, WithJsonSchema
from pydantic_core import PydanticCustomError

LARGEST_BODY = 256 * 1024
LARGEST_UPLOAD = 120_000_000
LONGEST_TEXT = 20_000
LARGEST_CURSOR = 2**63 - 1
MOST_FILES = 10
# It stands in addresses, so it has no slash, and cannot be mistaken for «this folder» or «the one above».
OUTER_ID = r"^[A-Za-z0-9][A-Za-z0-9._~:-]{0,99}$"
# What time a change may have: everything outside means the same as the nearest of the two.
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

_moment = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|([+-]\d\d:\d\d))",
    re.ASCII,
)


def _read_moment(text: object) -> datetime:
    """A moment as RFC 3339 writes it, the leap second included."""
    found = _moment.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise _not_a_moment()
    day, minute, second, offset = found.groups()
    if not EARLIEST.year <= int(day[:4]) < LATEST.year:
        return EARLIEST if int(day[:4]) < EARLIEST.year else LATEST
    try:
        said = datetime.fromisoformat(f"{day}T{minute}:{'59' if second == '60' else second}{offset or '+00:00'}")
    except ValueError as failure:
        raise _not_a_moment() from failure
    return said.astimezone(UTC)


def _not_a_moment() -> PydanticCustomError:
    return PydanticCustomError("moment", "not a moment")


def _whole(number: object) -> object:
    """`4.0` is the whole number 4 in JSON."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


Number = Annotated[str, Path(description="The number of a card, as it is read aloud: `26-0001-2345`.")]
OuterId = Annotated[str, Path(pattern=OUTER_ID, description="Your own id of the contact.")]
After = Annotated[
    int, Query(ge=0, le=LARGEST_CURSOR, description="Where to begin: the `next` of the page before, or 0.")
]
Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
Moment = Annotated[
    datetime | None, BeforeValidator(_read_moment), WithJsonSchema({"type": "string", "format": "date-time"})
]
# Not inside the annotation: there the default would be lost behind the validator.
SINCE: Any = Query(
    None,
    description="Only what has changed at this moment or later, with its offset: `2026-11-02T09:30:00+05:00`.",
)
Files = Annotated[
    list[UploadedFile], File(min_length=1, max_length=MOST_FILES, description=f"At most {MOST_FILES} files at once.")
]
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[!-~]+$",
        description="A key of your own: the same request under the same key is done once and answered alike.",
    ),
]


class Told(Schema):
    """Something sent as JSON: only what is described, and of the type that is described."""

    model_config = ConfigDict(extra="forbid", strict=True)


class PlaceTold(Told):
    """Where it is: words, a point, or both. An address that nobody knows is a place as well."""

    text: Annotated[str, Field(max_length=500, description="Street and house, crossing or stop.")] = ""
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None
    landmark: Annotated[str, Field(max_length=500)] = ""


class ResidentTold(Told):
    """Who asks, as far as they want to say."""

    name: Annotated[str, Field(max_length=200)] = ""
    phone: Annotated[str, Field(max_length=40, description="`+7 700 123 45 67`")] = ""
    email: Annotated[str, Field(max_length=200)] = ""


class ContactTold(Told):
    """What a resident wrote in your system."""

    outer_id: Annotated[str, Field(pattern=OUTER_ID, description="Your own id of the contact; answers come under it.")]
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT, description="The resident's own words.")]
    language: Annotated[Literal["kk", "ru", "en"], Field(description="The language to answer the resident in.")]
    topic_code: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=40,
            description="A code of `/topics`; without one an operator reads the text first.",
        ),
    ] = None
    place: PlaceTold | None = None
    resident: ResidentTold | None = None
    urgency: Literal["normal", "urgent"] = "normal"


class MessageTold(Told):
    """What the resident adds to what they asked for."""

    outer_id: Annotated[str, Field(pattern=OUTER_ID, description="Your own id of the message.")]
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]


class Confirmed(Told):
    """The resident says that it is done."""

    score: Annotated[int, Field(ge=1, le=5), BeforeValidator(_whole)] | None = None
    comment: Annotated[str, Field(max_length=2_000)] = ""


class Refuted(Told):
    """The resident says that it is not done."""

    reason: Annotated[str, Field(min_length=1, max_length=2_000, description="What is not done.")]


def sent(told: Told) -> dict[str, Any]:
    """What was sent, as plain values: two requests with equal ones are the same request."""
    return told.model_dump(mode="json", exclude_unset=True)
