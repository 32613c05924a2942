"""Who uses the city while it is measured: residents who write, systems that send, people at their desks."""

import asyncio
import csv
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from benchmarks.rig.browser import CREATED, FOUND, OK, Answer, Browser, Origin, Unexpected
from benchmarks.rig.city import PACK, CannotMeasure, City

# What a desk shows first; a service's own is the same for every dispatcher.
FIRST_PAGES = {
    "operator": "/operator/",
    "controller": "/controller/",
    "dispatcher": "/service/",
    "supervisor": "/supervisor/",
}
PHONES = 30_000
ASKED_FOR = re.compile(r"contact=(\d+)")
STATUS_PAGE = re.compile(r"^/status/([^/]+)/([^/]+)/")


@dataclass(frozen=True)
class Words:
    """What somebody writes: real words of residents, with the topic and the place they mean."""

    text: str
    language: str
    topic: str
    place: str


def words() -> list[Words]:
    """The requests of the city's demonstration that name a place."""
    with (PACK / "demo" / "contacts.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [
        Words(row["text"], row["lang"] if row["lang"] in {"kk", "ru", "en"} else "kk", row["topic"], row["place_hint"])
        for row in rows
        if row["kind"] == "request" and row["place_hint"] and row["topic"]
    ]


def address(number: int) -> str:
    """An address of their own for each of sixteen million people."""
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


class Residents:
    """People who write by the web form, each from an address and with a telephone of their own.

    Several may write at once; each of them borrows one of so many browsers for that.
    """

    def __init__(self, web: Origin, *, at_once: int = 1, seed: int = 109) -> None:
        self.web = web
        self.at_once = at_once
        self.seed = seed
        self.said = words()
        self._free: asyncio.Queue[Browser] = asyncio.Queue()

    async def begin(self) -> None:
        """Open the form once in each browser: its cookie serves everybody who writes from there."""
        for _ in range(self.at_once):
            browser = Browser(self.web, anywhere(), headers={"Accept-Language": "ru"})
            (await browser.get("/write/")).expect(OK, what="the web form")
            self._free.put_nowait(browser)

    async def write(self, number: int) -> tuple[str, str]:
        """Send the form with a topic and an address; returns the number and the code of the card."""
        answer = await self.send(form_of(self.said, number, seed=self.seed))
        found = STATUS_PAGE.match(answer.expect(FOUND, what="the web form").location)
        if found is None:
            raise Unexpected("the web form led elsewhere", answer)
        return found[1], found[2]

    async def send(self, form: Mapping[str, str], *, language: str = "ru") -> Answer:
        """Send a form, whatever comes back."""
        browser = await self._free.get()
        browser.address = anywhere()
        browser.cookies["django_language"] = language
        try:
            return await browser.post("/write/", form, multipart=True)
        finally:
            self._free.put_nowait(browser)

    async def end(self) -> None:
        """Close the browsers."""
        while not self._free.empty():
            await self._free.get_nowait().close()


def anywhere() -> str:
    """Some address of the sixteen million."""
    return address(1 + secrets.randbelow(2**24 - 1))


def form_of(said: Sequence[Words], number: int, *, seed: int) -> dict[str, str]:
    """The web form as somebody has filled it in; the page's key makes each of them a form of its own."""
    chance = Random(f"{seed}:{number}")  # noqa: S311 - which words, not a secret
    one = said[number % len(said)]
    return {
        "text": one.text,
        "topic_code": one.topic,
        "place_text": one.place,
        "landmark": "",
        "lat": "",
        "lon": "",
        "name": "",
        "phone": f"+7705{chance.randrange(PHONES):07}",
        "key": secrets.token_hex(12),
        "website": "",
    }


@dataclass
class Systems:
    """Other systems that bring contacts by the JSON API; each sends no more than a key may."""

    city: City
    # What one key may send at once (desks/partner/doors.py); the rest goes under the next key.
    EACH = 250
    _keys: list[str] = field(default_factory=list)
    _browser: Browser | None = None
    _said: list[Words] = field(default_factory=words)

    async def begin(self, contacts: int) -> None:
        """Get as many keys as so many contacts need."""
        self._keys = self.city.ask_inside("partners", count=1 + contacts // self.EACH)["keys"]
        self._browser = Browser(self.city.web, address(1))

    async def send(self, number: int) -> str:
        """Bring one contact under an idempotency key; returns the number of the card."""
        assert self._browser is not None, "no system has a key"
        one = self._said[number % len(self._said)]
        outer_id = secrets.token_hex(12)
        told: dict[str, Any] = {
            "outer_id": outer_id,
            "text": one.text,
            "language": one.language,
            "topic_code": one.topic,
            "place": {"text": one.place},
            "resident": {"phone": f"+7705{number % PHONES:07}"},
        }
        key = self._keys[number // self.EACH % len(self._keys)]
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": f"bench:{outer_id}"}
        answer = await self._browser.send("/api/v1/contacts", told, headers=headers)
        return str(answer.expect(CREATED, what="the API").json()["number"])

    async def end(self) -> None:
        """Close the connection."""
        if self._browser is not None:
            await self._browser.close()


@dataclass
class Desk:
    """One person who is signed in."""

    login: str
    role: str
    service: str
    browser: Browser

    @property
    def page(self) -> str:
        """The page this person keeps open."""
        return FIRST_PAGES[self.role]

    async def enter(self, number: int, said: Sequence[Words]) -> int:
        """Write a telephone call down and take it: returns the contact."""
        one = said[number % len(said)]
        form = {
            "language": one.language,
            "phone": f"+7705{number % PHONES:07}",
            "name": "",
            "key": secrets.token_hex(8),
        }
        answer = (await self.browser.post("/operator/entry/", form)).expect(FOUND, what="the entry of a call")
        found = ASKED_FOR.search(answer.location)
        if found is None:
            raise Unexpected("the entry led elsewhere", answer)
        return int(found[1])

    async def register(self, contact: int, number: int, said: Sequence[Words]) -> None:
        """Make the card of a contact."""
        one = said[number % len(said)]
        form = {
            "kind": "request",
            "text": one.text,
            "language": one.language,
            "topic_code": one.topic,
            "place_text": one.place,
            "key": secrets.token_hex(8),
        }
        answer = await self.browser.post(f"/operator/finish/{contact}/", form)
        answer.expect(FOUND, what="the card of a call")
        # The page that a browser asks for next shows what was said to her, and takes it off.
        self.browser.cookies.pop("messages", None)

    async def let_go(self, contact: int) -> None:
        """End a contact and be free again."""
        for verb in ("end", "wrap-up"):
            answer = await self.browser.post(f"/operator/contact/{contact}/{verb}/", {})
            answer.expect(FOUND, what=f"{verb} of a contact")


class Staff:
    """Those who work in the city only for the measurements; they sign in by the form, each from their own desk."""

    def __init__(self, city: City, password: str) -> None:
        self.city = city
        self.password = password
        self.known: list[dict[str, str]] = []
        self._signed_in: dict[str, Desk] = {}

    def hire(self, *, operators: int = 60, controllers: int = 40, supervisors: int = 5, each_service: int = 6) -> None:
        """Hire whoever is missing."""
        roles = {"operator": operators, "controller": controllers, "supervisor": supervisors}
        told = self.city.ask_inside("staff", password=self.password, roles=roles, dispatchers_each=each_service)
        self.known = told["people"]

    def service(self) -> str:
        """The service with the most open orders."""
        return next(person["service"] for person in self.known if person["role"] == "dispatcher")

    async def desk(self, role: str, number: int = 0) -> Desk:
        """Somebody of this role at their desk."""
        people = [person for person in self.known if person["role"] == role]
        if number >= len(people):
            raise CannotMeasure(f"There are only {len(people)} people in the role {role}.")
        person = people[number]
        login = person["login"]
        if login not in self._signed_in:
            place = address(256 + self.known.index(person))
            browser = Browser(self.city.web, place, cookies={"django_language": "ru"})
            await browser.sign_in(login, self.password)
            self._signed_in[login] = Desk(login, role, person["service"], browser)
        return self._signed_in[login]

    async def desks(self, **roles: int) -> list[Desk]:
        """So many people of each role at their desks."""
        return [await self.desk(role, number) for role, count in roles.items() for number in range(count)]

    async def end(self) -> None:
        """Close all browsers; the sessions stay."""
        for desk in self._signed_in.values():
            await desk.browser.close()
