"""Somebody who writes at one server itself, past the application: on the wrong side of a partition, and after it.

A program of its own: `python -m cluster.intruder --url … --journal FILE`. Twice a second it begins to write a row, each in
a thread of its own, because a commit that no standby confirms does not come back. It writes down what each was told.
"""

import argparse
import itertools
import json
import signal
import threading
import time
from pathlib import Path
from typing import IO

import psycopg

PAUSE = 0.5
# So many hang at once at most: the server has connections for others too.
AT_ONCE = 20
PATIENCE = 5.0
TABLE = "CREATE TABLE IF NOT EXISTS intruder (number integer PRIMARY KEY)"


def write(url: str, number: int, journal: IO[str], writing: threading.Lock) -> None:
    """Try once, and say what came of it."""
    began = time.time()
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("INSERT INTO intruder VALUES (%s)", [number])
        said = "accepted"
    except psycopg.Error as failure:
        first = str(failure).strip().split("\n", maxsplit=1)[0]
        said = f"{failure.sqlstate or type(failure).__name__}: {first}"
    with writing:
        line = {"began": began, "at": time.time(), "number": number, "said": said}
        journal.write(json.dumps(line) + "\n")
        journal.flush()


def main() -> None:
    """Run as a program until SIGTERM; what hangs then is written down as hanging."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--journal", type=Path, required=True)
    told = parser.parse_args()
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    writing = threading.Lock()
    with told.journal.open("a") as journal:
        attempts: list[threading.Thread] = []
        for number in itertools.count(1):
            attempts = [attempt for attempt in attempts if attempt.is_alive()]
            if len(attempts) < AT_ONCE:
                attempt = threading.Thread(target=write, args=(told.url, number, journal, writing), daemon=True)
                attempt.start()
                attempts.append(attempt)
            if stopping.wait(PAUSE):
                break
        until = time.monotonic() + PATIENCE
        for attempt in attempts:
            attempt.join(max(0.0, until - time.monotonic()))
        hanging = sum(attempt.is_alive() for attempt in attempts)
        with writing:
            journal.write(json.dumps({"hanging": hanging}) + "\n")
            journal.flush()


if __name__ == "__main__":
    main()
