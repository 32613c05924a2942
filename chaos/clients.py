"""The people and programs that use the city during the trial; each writes down what it was promised."""

import hashlib
import html
import io
import queue
import random
import re
import secrets
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace

from PIL import Image

from chaos.browser import Answer, Browser, Lost, Manners, Stopped, new_address, until_answered
from chaos.city import City
from chaos.journal import Journal

TOPICS = ("WAT-03", "WAT-05", "WAT-06")
LANGUAGES = ("kk", "ru", "en")
WORDS = {"kk": "Су ағып жатыр", "ru": "Течёт вода", "en": "Water is running"}
NUMBER = re.compile(r"\b\d{2}-\d{4,6}-\d{4}\b")
_SIDE = 96
_FOUND = 302
_PATIENCE_WITH_409 = 20
# Clients of one partner, and residents, who may be waiting at the same time.
_PROGRAMS, _RESIDENTS = 8, 8
# How many of a hundred send twice what should be sent once.
_IMPATIENT = 0.08


@dataclass
class Crowd:
    """Everybody at once, at a pace: `rate` registrations a second among all who register."""

    city: City
    journal: Journal
    seed: int
    rate: float
    manners: Manners = field(default_factory=Manners)
    over: threading.Event = field(default_factory=threading.Event)
    done: Counter[str] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.closed: queue.Queue[tuple[str, str]] = queue.Queue()
        self.partner_of: dict[str, str] = {}
        self.taken: set[str] = set()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def begin(self) -> None:
        """Let everybody in."""
        for number, key in enumerate(self.city.keys):
            for place in range(_PROGRAMS):
                pace = self.rate * 0.75 / len(self.city.keys) / _PROGRAMS
                self._join(Program(self, f"program{number}{place}", key), pace)
        for number in range(_RESIDENTS):
            self._join(Resident(self, f"resident{number}"), self.rate * 0.15 / _RESIDENTS)
        operators = [name for name, (role, _) in self.city.accounts.items() if role == "operator"]
        for name in operators:
            self._join(Operator(self, name), self.rate * 0.10 / len(operators))
        for number in range(2):
            self._join(Foreman(self, f"foreman{number}"), self.rate * 0.05)
        self._join(Controller(self, "controller0"), self.rate * 0.10)
        for number, key in enumerate(self.city.keys[:2]):
            self._join(Confirming(self, f"confirming{number}", key), self.rate * 0.05)

    def end(self) -> None:
        """Ask everybody to stop; what is under way may still be answered."""
        self.over.set()
        for thread in self._threads:
            thread.join(60)

    def browser(self, language: str = "ru", **more: object) -> Browser:
        return Browser(self.city.port, self.manners, self.over, language, **more)  # type: ignore[arg-type]

    def take(self, order: str) -> bool:
        """Whether nobody else works on this order already."""
        with self._lock:
            fresh = order not in self.taken
            self.taken.add(order)
        return fresh

    def wonder(self, what: str) -> None:
        """Note an answer that no rule of the city explains."""
        with self._lock:
            self.odd.append(what)

    def _join(self, one: "Client", pace: float) -> None:
        thread = threading.Thread(target=one.live, args=(pace,), daemon=True)
        self._threads.append(thread)
        thread.start()


class Client:
    """One of the crowd: does its work again and again, at its pace."""

    def __init__(self, crowd: Crowd, name: str) -> None:
        self.crowd = crowd
        self.name = name
        self.dice = random.Random(f"{crowd.seed}:{name}")
        self.count = 0

    def live(self, pace: float) -> None:
        """Work until the trial is over; what one turn met does not end the next."""
        # Not all at once, and not in step.
        due = time.monotonic() + self.dice.random() / pace
        while not self.crowd.over.wait(max(0.0, due - time.monotonic())):
            try:
                self.turn()
            except (Lost, Stopped):
                continue
            finally:
                # Time that an outage took is not made up for.
                due = max(due + self.dice.uniform(0.5, 1.5) / pace, time.monotonic() - 1 / pace)

    def turn(self) -> None:
        raise NotImplementedError

    def text(self, language: str) -> str:
        """What is said: words, and a mark by which it is found again among everything else."""
        self.count += 1
        return f"{WORDS[language]} {self.name} {self.count} {secrets.token_hex(8)}"

    def language(self) -> str:
        return self.dice.choice(LANGUAGES)

    def expect(self, answer: Answer, *statuses: int, of: str) -> bool:
        if answer.status in statuses:
            return True
        self.crowd.wonder(f"{of}: {answer.status} {answer.text[:300]!r}")
        return False


class Program(Client):
    """Another system: brings requests by the JSON API, each under its own id, and sends again what was not answered."""

    def __init__(self, crowd: Crowd, name: str, key: str) -> None:
        super().__init__(crowd, name)
        self.key = key

    def turn(self) -> None:
        language = self.language()
        web = self.crowd.browser(language, headers={"Authorization": f"Bearer {self.key}"})
        outer_id = f"{self.name}-{self.count}-{secrets.token_hex(6)}"
        text = self.text(language)
        topic = self.dice.choice(TOPICS) if self.dice.random() < 0.9 else None
        told = {
            "outer_id": outer_id,
            "text": text,
            "language": language,
            "place": {"text": "Кенесары 12"},
            "resident": {"name": f"Әсел {self.count % 50}", "phone": f"+7701{self.dice.randrange(10**7):07d}"},
        } | ({"topic_code": topic} if topic else {})
        key = {"Idempotency-Key": f"k-{outer_id}"}
        self.crowd.journal.sent("card", way="api", key=outer_id, text=text)
        if self.dice.random() < _IMPATIENT:
            self._hang_up(web, told, key)
        answer, tries = web.insist(lambda: web.post_json("/api/v1/contacts", told, key), until=until_answered(201))
        if not self.expect(answer, 201, of="a contact by the API"):
            self.crowd.journal.refused("card", key=outer_id, text=text)
            return
        number = answer.json["number"]
        self.crowd.journal.told("card", way="api", key=outer_id, number=number, text=text, routed=topic is not None)
        self.crowd.partner_of[number] = self.key
        self.crowd.done["registered"] += 1
        if tries > 1 or self.dice.random() < 0.1:
            self._again(web, told, key, number)
        if self.dice.random() < 0.15:
            self._add_file(web, outer_id, number)
        if self.dice.random() < 0.15:
            self._add_words(web, outer_id, number, language)

    def _hang_up(self, web: Browser, told: object, key: dict[str, str]) -> None:
        """Send it and go away before the answer: the next try comes while this one is still at work."""
        with suppress(Lost):
            replace(web, patience=self.dice.uniform(0.005, 0.05)).post_json("/api/v1/contacts", told, key)

    def _again(self, web: Browser, told: object, key: dict[str, str], number: str) -> None:
        """What has been answered is sent once more, as a program does that has lost its own note of the answer."""
        answer, _ = web.insist(lambda: web.post_json("/api/v1/contacts", told, key), until=until_answered(201))
        if self.expect(answer, 201, of="the same contact again") and answer.json["number"] != number:
            self.crowd.wonder(f"{number} was {answer.json['number']} when it was asked for again")

    def _add_file(self, web: Browser, outer_id: str, number: str) -> None:
        content = f"%PDF-1.4\n%{secrets.token_hex(2_000)}\ntrailer\n%%EOF\n".encode()
        digest = hashlib.sha256(content).hexdigest()
        self.crowd.journal.sent("file", number=number, sha256=digest)
        files = [("note.pdf", "application/pdf", content)]
        answer, _ = web.insist(
            lambda: web.post_files(f"/api/v1/contacts/{outer_id}/files", {}, files), until=until_answered(201)
        )
        if self.expect(answer, 201, of="a file by the API"):
            self.crowd.journal.told("file", number=number, sha256=digest)
            self.crowd.done["files"] += 1

    def _add_words(self, web: Browser, outer_id: str, number: str, language: str) -> None:
        told = {"outer_id": f"more-{outer_id}", "text": self.text(language)}
        self.crowd.journal.sent("message", number=number, **told)
        answer, _ = web.insist(
            lambda: web.post_json(f"/api/v1/cards/{number}/messages", told), until=until_answered(201)
        )
        if self.expect(answer, 201, of="a message by the API"):
            self.crowd.journal.told("message", number=number, id=answer.json["id"], **told)
            self.crowd.done["messages"] += 1


class Resident(Client):
    """Somebody with a telephone: fills in the web form, half of the time with a photo, and follows the number."""

    def turn(self) -> None:
        language = self.language()
        web = self.crowd.browser(language, source=new_address())
        page = web.read("/write/").text
        found = re.search(r'name="key"[^>]*value="([^"]+)"', page)
        if found is None:
            self.crowd.wonder(f"a form without a key: {page[:200]!r}")
            return
        text, key = self.text(language), found.group(1)
        fields = {"text": text, "topic_code": self.dice.choice(TOPICS), "place_text": "Кенесары 12", "key": key}
        files, pixels = [], ""
        if self.dice.random() < 0.5:
            content, pixels = photo(self.dice)
            files = [("photo.png", "image/png", content)]
        self.crowd.journal.sent("card", way="form", key=key, text=text)
        answer, _ = web.insist(lambda: web.post_files("/write/", fields, files), until=until_answered(_FOUND))
        if not self.expect(answer, _FOUND, of="the web form"):
            self.crowd.journal.refused("card", key=key, text=text)
            return
        _, _, number, code, _ = answer.headers["location"].split("/")
        self.crowd.journal.told("card", way="form", key=key, number=number, text=text, routed=True)
        if pixels:
            self.crowd.journal.told("photo", number=number, pixels=pixels)
            self.crowd.done["photos"] += 1
        self.crowd.done["registered"] += 1
        if self.dice.random() < _IMPATIENT:
            self._send_twice(web, fields, files, number)
        if self.dice.random() < 0.3:
            shown = web.read(f"/status/{number}/{code}/").text
            if number not in shown:
                self.crowd.wonder(f"the status page of {number} does not show it")

    def _send_twice(
        self, web: Browser, fields: dict[str, str], files: list[tuple[str, str, bytes]], number: str
    ) -> None:
        """Back, and the same button once more."""
        answer, _ = web.insist(lambda: web.post_files("/write/", fields, files), until=until_answered(_FOUND))
        if self.expect(answer, _FOUND, of="the same form again") and number not in answer.headers["location"]:
            self.crowd.wonder(f"{number} was {answer.headers['location']} when the form was sent again")


class Operator(Client):
    """Writes down who has called, drafts, registers, and wraps up."""

    def __init__(self, crowd: Crowd, name: str) -> None:
        super().__init__(crowd, name)
        self.web: Browser | None = None

    def turn(self) -> None:
        language = self.language()
        web = self._signed_in()
        key, text = secrets.token_hex(12), self.text(language)
        entry = {"language": language, "phone": f"+7702{self.dice.randrange(10**7):07d}", "name": "", "key": key}
        answer, _ = web.insist(lambda: web.post("/operator/entry/", entry), until=until_answered(_FOUND))
        if not self.expect(answer, _FOUND, of="an entry by the operator"):
            return
        contact = answer.headers["location"].rpartition("=")[2]
        self._draft(web, contact, {"text": text[:10]}, revision=0)
        self._draft(web, contact, {"text": text}, revision=1)
        self.crowd.journal.sent("card", way="desk", key=key, text=text)
        card = {
            "text": text,
            "kind": "request",
            "language": language,
            "topic_code": self.dice.choice(TOPICS),
            "key": key,
        }
        answer, _ = web.insist(lambda: web.post(f"/operator/finish/{contact}/", card), until=until_answered(_FOUND))
        if not self.expect(answer, _FOUND, of="a card by the operator"):
            self.crowd.journal.refused("card", key=key, text=text)
            return
        self.crowd.journal.told("card", way="desk", key=key, contact=int(contact), text=text, routed=True)
        self.crowd.done["registered"] += 1
        answer, _ = web.insist(
            lambda: web.post(f"/operator/contact/{contact}/wrap-up/", {}), until=until_answered(_FOUND)
        )
        if self.expect(answer, _FOUND, of="a wrap-up"):
            self.crowd.journal.told("wrapped_up", contact=int(contact))

    def _draft(self, web: Browser, contact: str, data: dict[str, str], *, revision: int) -> None:
        told = {"data": data, "revision": revision}
        answer, tries = web.insist(
            lambda: web.post_json(f"/operator/draft/{contact}/", told), until=until_answered(200, 409)
        )
        # The draft of a lost answer is found again as it was sent, one revision on.
        ours = answer.status == 409 and tries > 1 and answer.json.get("data") == data
        if ours or self.expect(answer, 200, of="a draft"):
            self.crowd.journal.told("draft", contact=int(contact), revision=answer.json["revision"], data=data)
            self.crowd.done["drafts"] += 1

    def _signed_in(self) -> Browser:
        if self.web is None:
            web = self.crowd.browser("ru", source=new_address())
            web.sign_in(self.name, self.crowd.city.accounts[self.name][1])
            self.web = web
        return self.web


class Foreman(Operator):
    """A dispatcher gives a link to a foreman, who reports by it, without an account, with a photo of what was done."""

    def turn(self) -> None:
        desk = self._signed_in()
        orders = re.findall(r"/service/order/(\d+)/", desk.read("/service/").text)
        order = next((one for one in self.dice.sample(orders, len(orders)) if self.crowd.take(one)), None)
        if order is None:
            return
        give = {"foreman": "Болат"}
        answer, _ = desk.insist(lambda: desk.post(f"/service/order/{order}/link/", give), until=until_answered(_FOUND))
        if not self.expect(answer, _FOUND, of="a link for a foreman"):
            return
        links = re.findall(r"/service/link/([^/\s\"<]+)/", html.unescape(desk.read(f"/service/order/{order}/").text))
        if not links:
            # The page that showed the link was lost; a new one is made another time.
            return
        self._report(order, links[-1])

    def _report(self, order: str, token: str) -> None:
        web = self.crowd.browser("kk", source=new_address())
        web.read(f"/service/link/{token}/")
        content, pixels = photo(self.dice)
        text, key = self.text("kk"), secrets.token_hex(12)
        report = {"outcome": "done", "reason_code": "", "text": text, "shows": "after", "key": key}
        files = [("after.png", "image/png", content)]
        self.crowd.journal.sent("report", order=int(order), key=key)
        answer, _ = web.insist(
            lambda: web.post_files(f"/service/link/{token}/report/", report, files), until=until_answered(_FOUND)
        )
        if self.expect(answer, _FOUND, of="a report by a link"):
            self.crowd.journal.told("report", order=int(order), key=key, text=text, pixels=pixels)
            self.crowd.done["reports"] += 1

    def _signed_in(self) -> Browser:
        if self.web is None:
            web = self.crowd.browser("ru", source=new_address())
            web.sign_in("dispatcher", self.crowd.city.accounts["dispatcher"][1])
            self.web = web
        return self.web


class Controller(Operator):
    """Accepts what was reported, the oldest first."""

    def turn(self) -> None:
        if self.web is None:
            web = self.crowd.browser("ru", source=new_address())
            web.sign_in("controller", self.crowd.city.accounts["controller"][1])
            self.web = web
        page = self.web.read("/controller/checks/").text
        rows = re.findall(r'/controller/card/([\d-]+)/accept/".*?name="check" value="(\d+)"', page, re.DOTALL)
        if not rows:
            return
        number, check = self.dice.choice(rows[:10])
        accepted = {"outcome": "done", "check": check}
        web = self.web
        answer, tries = web.insist(
            lambda: web.post(f"/controller/card/{number}/accept/", accepted), until=until_answered(_FOUND, 409)
        )
        # Decided already: by the lost answer before, which nobody has promised us.
        if answer.status == _FOUND:
            self.crowd.journal.told("closed", number=number)
            self.crowd.done["closed"] += 1
            if number in self.crowd.partner_of:
                self.crowd.closed.put((number, self.crowd.partner_of[number]))
        elif tries == 1:
            self.expect(answer, _FOUND, of="a check that is accepted")


class Confirming(Client):
    """The other system hears that it is done, asks the resident, and says so: once."""

    def __init__(self, crowd: Crowd, name: str, key: str) -> None:
        super().__init__(crowd, name)
        self.key = key

    def turn(self) -> None:
        try:
            number, key = self.crowd.closed.get_nowait()
        except queue.Empty:
            return
        web = self.crowd.browser("en", headers={"Authorization": f"Bearer {key}"})
        said = {"score": 5, "comment": "It is"}
        once = {"Idempotency-Key": f"confirm-{number}"}
        for _ in range(_PATIENCE_WITH_409):
            answer, _ = web.insist(
                lambda: web.post_json(f"/api/v1/cards/{number}/confirm", said, once), until=until_answered(200, 409)
            )
            if answer.status != 409 or answer.json["code"] != "nothing_asked":
                break
            # The question is asked by a job; it comes when its worker does.
            if self.crowd.over.wait(1.0):
                return
        else:
            self.crowd.closed.put((number, key))
            return
        if self.expect(answer, 200, of="a confirmation"):
            self.crowd.journal.told("confirmed", number=number)
            self.crowd.done["confirmed"] += 1


def photo(dice: random.Random) -> tuple[bytes, str]:
    """A picture nobody has sent before, and the digest of what is to be seen on it."""
    picture = Image.frombytes("RGB", (_SIDE, _SIDE), dice.randbytes(_SIDE * _SIDE * 3))
    content = io.BytesIO()
    picture.save(content, "PNG")
    return content.getvalue(), seen(picture)


def seen(picture: Image.Image) -> str:
    """The digest of the pixels: what must survive, while the file around them is made anew."""
    return hashlib.sha256(picture.convert("RGB").tobytes()).hexdigest()
