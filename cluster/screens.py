"""Live screens: a controller's board, held open as a browser does, by whoever looks on while hosts die.

A program of its own: `python -m cluster.screens --to URL --name … --password … --journal FILE`. It writes down when each
screen lost its stream, when it had it back, and the last event it heard.
"""

import argparse
import http.client
import json
import re
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import quote, urlencode, urlsplit

BOARD = "/controller/"
# Longer than the stream is ever silent.
SILENT_SECONDS = 25.0
# What the stream tells browsers to wait before they come back.
RETRY_SECONDS = 2.0
OK, FOUND, BUSY = 200, 302, 503


@dataclass
class Journal:
    """What the screens went through."""

    file: IO[str]
    _writing: threading.Lock = field(default_factory=threading.Lock)

    def note(self, screen: int, what: str, event: int = 0) -> None:
        """Write one line."""
        with self._writing:
            self.file.write(json.dumps({"at": time.time(), "screen": screen, "what": what, "event": event}) + "\n")
            self.file.flush()


class Visitor:
    """A browser with its cookies: a new connection for every request, as after any reconnect."""

    def __init__(self, to: str, host: str) -> None:
        place = urlsplit(to)
        self.place = (place.hostname or "", place.port or 80)
        self.host = host
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """One request, whole."""
        connection = http.client.HTTPConnection(*self.place, timeout=10)
        headers = self.headers | ({"Content-Type": "application/x-www-form-urlencoded"} if form else {})
        connection.request(method, path, body=urlencode(form) if form else None, headers=headers)
        answer = connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";")[0]
        body = answer.read().decode()
        connection.close()
        return answer.status, body

    def page(self, path: str, stopping: threading.Event) -> str:
        """A page, asked for until it comes: a person presses the button again too."""
        while not stopping.is_set():
            try:
                status, body = self.ask("GET", path)
            except (OSError, http.client.HTTPException):
                status, body = BUSY, ""
            if status == OK:
                return body
            if status != BUSY:
                message = f"{path} was answered with {status}"
                raise RuntimeError(message)
            stopping.wait(RETRY_SECONDS)
        return ""

    @property
    def headers(self) -> dict[str, str]:
        """Who asks, and for which of the host's names."""
        return {"Host": self.host, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    def sign_in(self, name: str, password: str) -> None:
        """Through the form, as a person."""
        page = self.page("/accounts/login/", threading.Event())
        token = _found(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        status, page = self.ask(
            "POST", "/accounts/login/", {"csrfmiddlewaretoken": token, "login": name, "password": password}
        )
        if status != FOUND:
            message = f"{name} could not sign in ({status}): {page[:300]}"
            raise RuntimeError(message)


def watch(visitor: Visitor, screen: int, journal: Journal, stopping: threading.Event) -> None:
    """One screen: the page once, then its stream for ever, each time from where it was lost."""
    page = visitor.page(BOARD, stopping)
    if not page:
        return
    signed, last = _found(r'data-live-pass="([^"]+)"', page), int(_found(r'data-live-since="(\d+)"', page))
    path = urlsplit(_found(r'data-live-url="([^"]+)"', page)).path
    begun = last
    while not stopping.is_set():
        try:
            for event in _events(visitor, f"{path}?pass={quote(signed)}&since={begun}", last):
                if event is None:
                    journal.note(screen, "open", last)
                else:
                    last = event
                    journal.note(screen, "heard", last)
                if stopping.is_set():
                    return
        except (OSError, http.client.HTTPException) as failure:
            journal.note(screen, f"lost: {type(failure).__name__}", last)
        stopping.wait(RETRY_SECONDS)


def _events(visitor: Visitor, path: str, last: int) -> Iterator[int | None]:
    """None once the stream is open, then the id of each event."""
    connection = http.client.HTTPConnection(*visitor.place, timeout=SILENT_SECONDS)
    try:
        connection.request("GET", path, headers=visitor.headers | {"Last-Event-ID": str(last)})
        answer = connection.getresponse()
        if answer.status != OK:
            message = f"the stream was answered with {answer.status}"
            raise http.client.HTTPException(message)
        yield None
        while line := answer.readline():
            if line.startswith(b"id: "):
                yield int(line[4:])
    finally:
        connection.close()
    message = "the stream ended"
    raise http.client.HTTPException(message)


def _found(pattern: str, page: str) -> str:
    found = re.search(pattern, page)
    if found is None:
        message = f"{pattern} is not on the page: {page[:500]}"
        raise RuntimeError(message)
    return found[1]


def main() -> None:
    """Run as a program."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--to", required=True)
    parser.add_argument("--host", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--screens", type=int, default=6)
    parser.add_argument("--journal", type=Path, required=True)
    told = parser.parse_args()
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    visitor = Visitor(told.to, told.host)
    visitor.sign_in(told.name, told.password)
    with told.journal.open("a") as file:
        journal = Journal(file)
        screens = [
            threading.Thread(target=watch, args=(visitor, number, journal, stopping), daemon=True)
            for number in range(told.screens)
        ]
        for screen in screens:
            screen.start()
        stopping.wait()


if __name__ == "__main__":
    main()
