"""A browser's side of HTTP: pages, forms and events over kept connections.

It is ours because it shares two cores with what it measures: it does what a browser sends and reads, and nothing else.
"""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

LARGEST_HEAD = 256 * 1024
OK, CREATED, FOUND = 200, 201, 302


class NotAnswered(Exception):
    """The connection ended before the answer did."""


class Unexpected(Exception):
    """An answer that a measurement must not go on with."""

    def __init__(self, what: str, answer: "Answer") -> None:
        self.answer = answer
        super().__init__(f"{what}: status {answer.status}: {' '.join(answer.text.split())[:600]}")


@dataclass(frozen=True)
class Origin:
    """Where a program answers."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


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
    def location(self) -> str:
        return self.headers.get("location", "")

    def json(self) -> Any:
        return json.loads(self.body)

    def expect(self, *statuses: int, what: str) -> "Answer":
        """Be this answer; Unexpected when its status is none of these."""
        if self.status not in statuses:
            raise Unexpected(what, self)
        return self


@dataclass(frozen=True)
class Event:
    """One server-sent event, and the second by the clock of the machine at which its last byte was read."""

    id: int
    name: str
    topics: tuple[str, ...]
    heard_at: float


@dataclass
class Browser:
    """One person's browser. Behind a proxy each person comes from an address of their own; we are that proxy."""

    web: Origin
    address: str
    cookies: dict[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    _reader: asyncio.StreamReader | None = None
    _writer: asyncio.StreamWriter | None = None
    _busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def get(self, path: str, *, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for a page, or with the header X-Region for one region of it."""
        return await self._ask("GET", path, headers or {}, b"")

    async def post(self, path: str, form: Mapping[str, str], *, multipart: bool = False) -> Answer:
        """Send a form as its page would, with the token of its cookie."""
        told = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", ""), **form}
        if multipart:
            kind, body = _multipart(told)
        else:
            kind, body = "application/x-www-form-urlencoded", urlencode(told).encode()
        return await self._ask("POST", path, {"Content-Type": kind}, body)

    async def send(self, path: str, told: object, *, headers: Mapping[str, str]) -> Answer:
        """Send JSON, as another system does."""
        body = json.dumps(told, ensure_ascii=False).encode()
        return await self._ask("POST", path, {"Content-Type": "application/json", **headers}, body)

    async def sign_in(self, login: str, password: str) -> None:
        """Come in by the login form."""
        (await self.get("/accounts/login/")).expect(OK, what="the login page")
        answer = await self.post("/accounts/login/", {"login": login, "password": password})
        answer.expect(FOUND, what=f"the sign-in of {login}")

    async def close(self) -> None:
        """Hang up."""
        writer, self._reader, self._writer = self._writer, None, None
        if writer is not None:
            await _hung_up(writer)

    async def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        async with self._busy:
            kept = self._writer is not None
            head = self._head(method, path, headers, len(body))
            try:
                answer = await self._exchange(head + body)
            except (NotAnswered, ConnectionError):
                await self.close()
                if not kept:
                    raise
                # A kept connection may have been closed while nobody looked: browsers try again once, too.
                answer = await self._exchange(head + body)
            return answer

    def _head(self, method: str, path: str, headers: Mapping[str, str], size: int) -> bytes:
        lines = [
            f"{method} {quote(path, safe='/?&=%:+,@~-._')} HTTP/1.1",
            f"Host: {self.web}",
            f"X-Forwarded-For: {self.address}",
            *(f"{name}: {value}" for name, value in {**self.headers, **headers}.items()),
        ]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if method != "GET":
            lines.append(f"Content-Length: {size}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    async def _exchange(self, sent: bytes) -> Answer:
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self.web.host, self.web.port, limit=LARGEST_HEAD)
        self._writer.write(sent)
        await self._writer.drain()
        try:
            status, headers, cookies = await _read_head(self._reader)
            body = await _read_body(self._reader, headers)
        except asyncio.IncompleteReadError as ended:
            raise NotAnswered(f"{self.web} hung up") from ended
        for name, value in cookies.items():
            if value in {"", '""'}:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        if headers.get("connection", "").lower() == "close":
            await self.close()
        return Answer(status, headers, body)


async def events(address: str, *, origin: str, clock: Any) -> AsyncIterator[Event]:
    """Hold an address of the stream open and give each event as it comes; the first one yielded says it is open."""
    parts = urlsplit(address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    head = f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\nOrigin: {origin}\r\n"
    writer.write(f"{head}Accept: text/event-stream\r\n\r\n".encode())
    try:
        status, headers, _ = await _read_head(reader)
        if status != OK:
            raise Unexpected("the events", Answer(status, headers, await _read_body(reader, headers)))
        yield Event(0, "open", (), clock())
        rest = b""
        while size := int(await reader.readuntil(b"\r\n"), 16):
            rest += (await reader.readexactly(size + 2))[:-2]
            heard_at = clock()
            *whole, rest = rest.split(b"\n\n")
            for block in whole:
                if event := _event(block, heard_at):
                    yield event
    except asyncio.IncompleteReadError as ended:
        raise NotAnswered("the stream hung up") from ended
    finally:
        await _hung_up(writer)


def _event(block: bytes, heard_at: float) -> Event | None:
    told = dict(line.split(": ", 1) for line in block.decode().split("\n") if ": " in line and line[0] != ":")
    if "event" not in told:
        return None
    return Event(int(told["id"]), told["event"], tuple(told.get("data", "").split(" ")), heard_at)


async def _hung_up(writer: asyncio.StreamWriter) -> None:
    writer.close()
    # The other side may have been quicker.
    with suppress(ConnectionError):
        await writer.wait_closed()


async def _read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], dict[str, str]]:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers: dict[str, str] = {}
    cookies: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        if name.lower() == "set-cookie":
            cookie, _, kept = value.strip().partition("=")
            cookies[cookie] = kept.partition(";")[0]
        elif name:
            headers[name.lower()] = value.strip()
    return int(first.split(" ", 2)[1]), headers, cookies


async def _read_body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() != "chunked":
        return await reader.readexactly(int(headers.get("content-length", 0)))
    parts = []
    while size := int(await reader.readuntil(b"\r\n"), 16):
        parts.append((await reader.readexactly(size + 2))[:-2])
    await reader.readuntil(b"\r\n")
    return b"".join(parts)


def _multipart(form: Mapping[str, str]) -> tuple[str, bytes]:
    edge = f"----{secrets.token_hex(12)}"
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in form.items()
    ]
    return f"multipart/form-data; boundary={edge}", ("".join(parts) + f"--{edge}--\r\n").encode()
