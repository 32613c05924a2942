"""Partner systems that register cards, and keep a journal of what they were told: the only witness that counts.

A program of its own, so that it can run on any host: `python -m cluster.clients --to URL --keys … --journal FILE`.
Orders come by the clock, however slow the answers are. Each is sent again, under the same key, until it is answered
with a number; only then it is written down. It stops on SIGTERM, when what it has begun is answered or given up.
"""

import argparse
import http.client
import itertools
import json
import secrets
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

SENDERS = 32
TIMEOUT = 10.0
PAUSE = 0.5
# What the residents write about; the topic makes the card go its whole way at once.
TEXT = "Прорвало трубу, вода на дороге"
CREATED = 201


@dataclass
class Residents:
    """Many senders with one clock and one journal."""

    to: str
    host: str
    keys: list[str]
    topics: list[str]
    rate: float
    journal: IO[str]
    give_up_after: float
    run: str = field(default_factory=lambda: secrets.token_hex(4))
    stopping: threading.Event = field(default_factory=threading.Event)
    refusals: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._numbers = itertools.count()
        self._writing = threading.Lock()
        self._began = time.monotonic()

    def go(self) -> None:
        """Send until told to stop."""
        senders = [threading.Thread(target=self._send) for _ in range(SENDERS)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        self._write({"refusals": dict(self.refusals)})

    def _send(self) -> None:
        place = urlsplit(self.to)
        connection = http.client.HTTPConnection(place.hostname or "", place.port or 80, timeout=TIMEOUT)
        while not self.stopping.is_set():
            number = next(self._numbers)
            if self.stopping.wait(max(0.0, self._began + number / self.rate - time.monotonic())):
                return
            self._until_answered(connection, number)

    def _until_answered(self, connection: http.client.HTTPConnection, number: int) -> None:
        outer_id = f"{self.run}-{number}"
        body = json.dumps(
            {
                "outer_id": outer_id,
                "language": "ru",
                "text": f"{TEXT} ({outer_id})",
                "topic_code": self.topics[number % len(self.topics)],
                "place": {"text": "Кенесары 12", "lat": 51.1512, "lon": 71.43},
                "resident": {"name": "Әсел", "phone": f"+770155{number % 100_000:05d}"},
            }
        )
        headers = {
            "Host": self.host,
            "Authorization": f"Bearer {self.keys[number % len(self.keys)]}",
            "Idempotency-Key": outer_id,
            "Content-Type": "application/json",
        }
        first_sent = time.time()
        for attempt in itertools.count(1):
            try:
                connection.request("POST", "/api/v1/contacts", body=body.encode(), headers=headers)
                answer = connection.getresponse()
                told = answer.read()
                if answer.status == CREATED:
                    self._acknowledged(outer_id, json.loads(told)["number"], attempt, first_sent)
                    return
                reason = str(answer.status)
            except (OSError, http.client.HTTPException) as failure:
                connection.close()
                reason = type(failure).__name__
            with self._writing:
                self.refusals[reason] += 1
            if time.time() - first_sent > self.give_up_after or (self.stopping.is_set() and attempt > 1):
                return
            self.stopping.wait(PAUSE)

    def _acknowledged(self, outer_id: str, number: str, attempts: int, first_sent: float) -> None:
        at = time.time()
        self._write(
            {"at": at, "outer_id": outer_id, "number": number, "attempts": attempts, "took": round(at - first_sent, 3)}
        )

    def _write(self, line: dict[str, object]) -> None:
        with self._writing:
            self.journal.write(json.dumps(line) + "\n")
            self.journal.flush()


def acknowledged(journal: Path) -> list[dict[str, object]]:
    """The answers in a journal, oldest first; a line that is just being written is left out."""
    if not journal.exists():
        return []
    lines = journal.read_text().split("\n")[:-1]
    return [told for line in lines if "number" in (told := json.loads(line))]


def refusals(journal: Path) -> dict[str, int]:
    """How often which refusal was met, once the clients have stopped."""
    lines = journal.read_text().split("\n")[:-1]
    return next((told["refusals"] for line in lines if "refusals" in (told := json.loads(line))), {})


def main() -> None:
    """Run as a program."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--to", required=True)
    parser.add_argument("--host", required=True)
    parser.add_argument("--keys", required=True, help="of the partner systems, with commas")
    parser.add_argument("--topics", required=True, help="codes, with commas")
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--give-up-after", type=float, default=120)
    parser.add_argument("--journal", type=Path, required=True)
    told = parser.parse_args()
    with told.journal.open("a") as journal:
        residents = Residents(
            to=told.to,
            host=told.host,
            keys=told.keys.split(","),
            topics=told.topics.split(","),
            rate=told.rate,
            journal=journal,
            give_up_after=told.give_up_after,
        )
        signal.signal(signal.SIGTERM, lambda *_: residents.stopping.set())
        residents.go()


if __name__ == "__main__":
    main()
