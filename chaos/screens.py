"""Screens that are open all the while: what they hear, and that they find their way back by themselves."""

import html
import re
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import quote

from chaos.browser import Browser
from chaos.city import City

SILENCE = 40.0
_RETRY = re.compile(r"^retry: (\d+)$")


@dataclass(frozen=True)
class Event:
    """One thing a screen was told: look again at these topics, or at everything."""

    at: float
    id: int
    name: str
    topics: frozenset[str]


@dataclass
class Screen:
    """One open page: it listens, and when the wire breaks it comes back with the id that it heard last."""

    title: str
    topics: frozenset[str]
    live_pass: str
    since: int
    port: int
    heard: list[Event] = field(default_factory=list)
    reconnected: int = 0
    closed: threading.Event = field(default_factory=threading.Event)
    pause: float = 2.0
    last_id: int | None = None

    def listen(self) -> None:
        """Listen until it is closed, as a browser's EventSource does."""
        while not self.closed.is_set():
            with suppress(OSError):
                self._follow()
            self.reconnected += 1
            self.closed.wait(self.pause)

    def _follow(self) -> None:
        again = f"Last-Event-ID: {self.last_id}\r\n" if self.last_id is not None else ""
        with socket.create_connection(("127.0.0.1", self.port), timeout=SILENCE) as wire:
            path = f"/events?pass={quote(self.live_pass)}&since={self.since}"
            wire.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\nAccept: text/event-stream\r\n{again}\r\n".encode())
            told: dict[str, str] = {}
            with wire.makefile("r", encoding="utf-8", newline="\n") as lines:
                if " 200 " not in lines.readline():
                    return
                for line in lines:
                    if self.closed.is_set():
                        return
                    self._read(line.rstrip("\r\n"), told)

    def _read(self, line: str, told: dict[str, str]) -> None:
        if retry := _RETRY.match(line):
            self.pause = int(retry.group(1)) / 1000
        elif not line and "id" in told:
            self.last_id = int(told["id"])
            topics = frozenset(told.get("data", "").split())
            self.heard.append(Event(time.time(), self.last_id, told.get("event", ""), topics))
            told.clear()
        elif ": " in line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            if name in {"id", "event", "data"}:
                told[name] = value


def open_all(city: City, port: int, browser: Browser) -> list[Screen]:
    """One screen of every desk, each signed in as who sits there."""
    screens = []
    for title, account, path in (
        ("queue", "operator0", "/operator/"),
        ("orders", "dispatcher", "/service/"),
        ("second line", "controller", "/controller/"),
        ("checks", "controller", "/controller/checks/"),
        ("wallboard", "supervisor", "/supervisor/"),
    ):
        web = Browser(city.port, browser.manners, browser.over, "ru")
        web.sign_in(account, city.accounts[account][1])
        screens.append(_opened(title, web.read(path).text, port))
    for screen in screens:
        threading.Thread(target=screen.listen, daemon=True).start()
    return screens


def _opened(title: str, page: str, port: int) -> Screen:
    told = {name: html.unescape(value) for name, value in re.findall(r'data-live-(pass|since)="([^"]*)"', page)}
    shown = re.findall(r'data-live="([^"]*)"', page)
    topics = frozenset(topic for one in shown for topic in html.unescape(one).split())
    return Screen(title, topics, told["pass"], int(told["since"]), port)
