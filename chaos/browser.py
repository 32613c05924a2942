"""HTTP as the clients of the city speak it: cookies, forms, files, patience; and a note of every answer's manners."""

import http.client
import json
import random
import re
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

SECONDS = 20.0
LONGEST_WAIT = 5.0
_SECRETS = ("Traceback", "psycopg", "No space left", "OperationalError", "Errno")
_CYRILLIC = re.compile("[а-яәіңғүұқөһ]", re.IGNORECASE)


class Lost(Exception):
    """No answer: the connection broke, or nobody listened. Nobody knows what became of the request."""


class Stopped(Exception):
    """The trial is over before an answer came."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Manners:
    """Every answer by its status, and what was impolite about those that refused."""

    def __init__(self) -> None:
        self.statuses: Counter[str] = Counter()
        self.rude: Counter[str] = Counter()
        self.sentences: dict[str, set[str]] = {}
        self._lock = threading.Lock()

    def note(self, asked: str, answer: Answer | None, *, language: str) -> None:
        with self._lock:
            self.statuses["lost" if answer is None else str(answer.status)] += 1
            if answer is not None and answer.status >= 500 and (wrong := self._wrong(answer, language)):
                self.rude[f"{_kind_of(asked)}: {answer.status}, {wrong}: {_sentence(answer)[:200]}"] += 1

    def _wrong(self, answer: Answer, language: str) -> str:
        """What a person, or a program that asked for them, could not make sense of."""
        if answer.status != 503:
            return "not a refusal but a failure"
        if not str(answer.headers.get("retry-after", "")).isdecimal():
            return "without the time to come again"
        if any(word in answer.text for word in _SECRETS):
            return "with the inside turned out"
        sentence = _sentence(answer)
        if not sentence:
            return "without a sentence"
        self.sentences.setdefault(language, set()).add(sentence)
        if (language == "en") == bool(_CYRILLIC.search(sentence)):
            return f"in another language than {language}"
        return ""


@dataclass
class Browser:
    """One client with its cookies, from an address of its own."""

    port: int
    manners: Manners
    over: threading.Event
    language: str = "ru"
    source: str = "127.0.0.1"
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    patience: float = SECONDS

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Send a form, with the token that its page came with."""
        body = urlencode({"csrfmiddlewaretoken": self.cookies.get("csrftoken", ""), **fields}).encode()
        return self.ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def post_json(self, path: str, told: object, headers: Mapping[str, str] | None = None) -> Answer:
        token = {"X-CSRFToken": self.cookies["csrftoken"]} if "csrftoken" in self.cookies else {}
        return self.ask(
            "POST",
            path,
            json.dumps(told).encode(),
            {"Content-Type": "application/json", "Accept": "application/json", **token, **(headers or {})},
        )

    def post_files(
        self,
        path: str,
        fields: Mapping[str, str],
        files: Sequence[tuple[str, str, bytes]],
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a form with files, each as (name, media type, content)."""
        body, kind = _multipart({"csrfmiddlewaretoken": self.cookies.get("csrftoken", ""), **fields}, files)
        return self.ask("POST", path, body, {"Content-Type": kind, **(headers or {})})

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request on a connection of its own; raises Lost when no whole answer came in time."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=self.patience, source_address=(self.source, 0)
        )
        sent = {
            "Accept-Language": self.language,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            **self.headers,
            **(headers or {}),
        }
        try:
            connection.request(method, path, body=body, headers=sent)
            response = connection.getresponse()
            answer = Answer(
                response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
            )
        except (OSError, http.client.HTTPException) as failure:
            self.manners.note(f"{method} {path}", None, language=self.language)
            raise Lost(str(failure)) from failure
        finally:
            connection.close()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            self.cookies.update({name: crumb.value for name, crumb in SimpleCookie(cookie).items()})
        self.manners.note(f"{method} {path}", answer, language=self.language)
        return answer

    def insist(self, send: Callable[[], Answer], *, until: Callable[[Answer], bool]) -> tuple[Answer, int]:
        """Send the same again until it is answered; lost answers and «come again» are no answers. Returns the tries."""
        tries, pause = 0, 0.2
        while True:
            tries += 1
            told = 0.0
            try:
                answer = send()
            except Lost:
                pass
            else:
                if until(answer) or not _come_again(answer):
                    return answer, tries
                told = float(answer.headers.get("retry-after") or 0)
            pause = min(LONGEST_WAIT, pause * 2)
            if self.over.wait(min(LONGEST_WAIT, max(told, pause)) * random.uniform(0.7, 1.0)):
                raise Stopped

    def read(self, path: str) -> Answer:
        """A page, however often it has to be asked for."""
        return self.insist(lambda: self.get(path), until=lambda answer: answer.status < 400)[0]

    def sign_in(self, name: str, password: str) -> None:
        """Sign in by the page that people use."""
        self.read("/accounts/login/")
        told = {"login": name, "password": password}
        answer, _ = self.insist(
            lambda: self.post("/accounts/login/", told),
            until=lambda answer: answer.status == 302,
        )
        if "sessionid" not in self.cookies:
            raise Lost(f"{name} could not sign in: {answer.status}")


def until_answered(*statuses: int) -> Callable[[Answer], bool]:
    return lambda answer: answer.status in statuses


def new_address() -> str:
    """An address of the loopback that nobody else has: limits are kept for each."""
    return f"127.{secrets.randbelow(200) + 20}.{secrets.randbelow(255)}.{secrets.randbelow(254) + 1}"


def _come_again(answer: Answer) -> bool:
    return answer.status >= 500 or answer.status == 429


def _kind_of(asked: str) -> str:
    """The request without what differs between two of a kind: numbers, ids, tokens."""
    return "/".join("…" if any(c.isdigit() for c in part) else part for part in asked.split("/"))


def _sentence(answer: Answer) -> str:
    if answer.headers.get("content-type", "").startswith("application/json"):
        try:
            return str(answer.json.get("detail", ""))
        except ValueError:
            return ""
    found = re.search(r"<main[^>]*>(.*?)</main>", answer.text, re.DOTALL) or re.search(
        r"<body[^>]*>(.*?)</body>", answer.text, re.DOTALL
    )
    return " ".join(re.sub(r"<[^>]+>", " ", found.group(1)).split()) if found else ""


def _multipart(fields: Mapping[str, str], files: Sequence[tuple[str, str, bytes]]) -> tuple[bytes, str]:
    border = secrets.token_hex(16)
    parts = [
        f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, kind, content in files:
        head = f'--{border}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'
        parts += [head.encode(), content, b"\r\n"]
    parts.append(f"--{border}--\r\n".encode())
    return b"".join(parts), f"multipart/form-data; boundary={border}"
