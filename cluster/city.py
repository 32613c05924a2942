"""The whole city on test hosts: databases, files, nodes, proxy, and the people who use them."""

import http.client
import io
import json
import re
import secrets
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import psycopg
from PIL import Image

from cluster import hosts as machines
from cluster import ledger
from cluster.clients import acknowledged
from cluster.databases import Databases
from cluster.hosts import Host, until
from cluster.intruder import TABLE
from cluster.nodes import PUBLIC_HOST, STORED, Node
from cluster.proxy import Proxy

PACK = Path(__file__).parents[1] / "cities" / "astana"
PARTNERS = 3
TOPICS = ("WAT-01", "WAT-02", "ROA-01", "HEA-01")
CONTROLLER = "olzhas"
_FILES_PORT = 9000
_CREATED, _OK = 201, 200


class City:
    """Everything that a proof may start, break and ask."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.databases = Databases([Host(f"db{n}", 10 + n, folder) for n in (1, 2, 3)])
        self.files = Host("files", 30, folder)
        address = f"s3://{STORED['bucket']}/city?endpoint=http://{self.files.address}:{_FILES_PORT}"
        self.nodes = [
            Node(Host(f"app{n}", 20 + n, folder), database_url=self.databases.url, files=address) for n in (1, 2)
        ]
        self.proxy = Proxy(Host("proxy", 10, folder), self.nodes)
        self.residents = Host("city", 100, folder)
        self.keys: list[str] = []
        self.password = ""
        self.journals: list[Path] = []

    @property
    def hosts(self) -> list[Host]:
        """All machines."""
        return [
            *self.databases.hosts,
            self.files,
            *(node.host for node in self.nodes),
            self.proxy.host,
            self.residents,
        ]

    def build(self) -> dict[str, float]:
        """From nothing to a city that serves; says how many seconds each part took."""
        machines.network()
        for host in self.hosts:
            host.boot()
        self.files.start(
            Path(sys.executable).parent / "moto_server", "-H", "0.0.0.0", "-p", str(_FILES_PORT)  # noqa: S104 - its own network
        )  # fmt: skip
        took = {"databases": _timed(self.databases.start)}
        first, second = self.nodes
        first.say("share", first.shared, KOMEK_SHARED="")
        first.share_with(second)
        took["preparing at once"] = _timed(self._prepare_at_once)
        took["city"] = _timed(self._load)
        first.share_with(second)
        self._make_bucket()
        for node in self.nodes:
            node.start()
        self.proxy.start()
        took["nodes"] = until("both nodes up behind the proxy", self.is_served, seconds=90)
        return took

    def close(self) -> None:
        """Cut the power of all that still has it."""
        for host in self.hosts:
            if host.is_on:
                host.power_off()

    def is_served(self) -> bool:
        """Whether the proxy sees every part of every node; one that has ended would be waited for in vain."""
        if ended := [told for node in self.nodes if (told := node.complaint())]:
            raise RuntimeError("\n".join(ended))
        states = self.proxy.states()
        return len(states) == 2 * len(self.nodes) and set(states.values()) == {"UP"}

    def _prepare_at_once(self) -> None:
        """What `komek up` does first, on all nodes in the same moment on an empty database."""
        started = [
            node.host.start(
                sys.executable, "-m", "komek.config.prepare",
                environment=node.environment, log=node.host.folder / "prepare.log",
            )
            for node in self.nodes
        ]  # fmt: skip
        if any(process.wait() for process in started):
            told = "\n".join((node.host.folder / "prepare.log").read_text()[-2000:] for node in self.nodes)
            message = f"the database could not be prepared by all nodes at once:\n{told}"
            raise RuntimeError(message)

    def migrations(self) -> list[str]:
        """Every migration that a node has applied, as often as it was."""
        told = [(node.host.folder / "prepare.log").read_text() for node in self.nodes]
        return [name for text in told for name in re.findall(r"Applying (\S+?)\.\.\.", text)]

    def _load(self) -> None:
        node = self.nodes[0]
        node.say("city", "load", PACK)
        with psycopg.connect(self.databases.superuser_url, autocommit=True) as connection:
            connection.execute(TABLE)
        with ThreadPoolExecutor() as hands:
            added = hands.map(
                lambda name: node.say("partner", "add", name, "--scope", "intake:write", "--scope", "cards:read"),
                [f"Partner {number}" for number in range(PARTNERS)],
            )
            hired = hands.submit(node.say, "staff", "hire", CONTROLLER, "Олжас", "--role", "controller")
            self.keys = [said.split()[-1] for said in added]
            self.password = hired.result().split(" with ")[1].split()[0]

    def _make_bucket(self) -> None:
        client = boto3.client(
            "s3",
            endpoint_url=f"http://{self.files.address}:{_FILES_PORT}",
            region_name="us-east-1",
            aws_access_key_id=STORED["key"],
            aws_secret_access_key=STORED["secret"],
        )
        client.create_bucket(Bucket=STORED["bucket"])

    @contextmanager
    def registering(self, *, rate: float, at: Host | None = None, to: str = "") -> Iterator[Path]:
        """Residents register cards, through the proxy or at one node, from one host or another."""
        host = at or self.residents
        journal = self.folder / f"{host.name}-{secrets.token_hex(3)}.jsonl"
        self.journals.append(journal)
        words = ["--to", to or self.proxy.url, "--host", PUBLIC_HOST, "--rate", str(rate)]
        words += ["--keys", ",".join(self.keys), "--topics", ",".join(TOPICS), "--journal", str(journal)]
        with self._program(host, "clients", words):
            yield journal

    @contextmanager
    def looking_on(self, screens: int) -> Iterator[Path]:
        """Controllers look at their board, live."""
        journal = self.folder / f"screens-{secrets.token_hex(3)}.jsonl"
        words = ["--to", self.proxy.url, "--host", PUBLIC_HOST, "--screens", str(screens)]
        words += ["--name", CONTROLLER, "--password", self.password, "--journal", str(journal)]
        with self._program(self.residents, "screens", words):
            yield journal

    @contextmanager
    def intruding(self, host: Host) -> Iterator[Path]:
        """Somebody writes at one database server itself, from its own host."""
        journal = self.folder / f"intruder-{secrets.token_hex(3)}.jsonl"
        words = ["--url", self.databases.url_of(host), "--journal", str(journal)]
        with self._program(host, "intruder", words):
            yield journal

    @contextmanager
    def _program(self, host: Host, name: str, words: Sequence[str]) -> Iterator[None]:
        environment = {"PYTHONPATH": str(Path(__file__).parents[1])}
        log = host.folder / f"{name}.log"
        process = host.start(sys.executable, "-m", f"cluster.{name}", *words, environment=environment, log=log)
        try:
            yield
        finally:
            self._end(host, process)
        if process.returncode:
            message = f"{name} on {host.name} ended with {process.returncode}: {log.read_text()[-2000:]}"
            raise RuntimeError(message)

    def _end(self, host: Host, process: "subprocess.Popen[str]") -> None:
        """Ask a program to end; the process we hold only waits for the one on the host."""
        if host.is_on and process.poll() is None:
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            subprocess.run(["kill", "-TERM", *children], check=False)
        process.wait(60)

    def acknowledged(self) -> list[dict[str, object]]:
        """Everything that any client was ever told."""
        return [told for journal in self.journals for told in acknowledged(journal)]

    def settle(self) -> None:
        """Wait until no job waits and all servers that have power follow."""
        until("no job waits", lambda: ledger.waiting_jobs(self.databases.superuser_url) == 0, seconds=120, pause=0.5)
        if all(host.is_on for host in self.databases.hosts):
            until("three servers in step", self.databases.is_whole, seconds=90, pause=0.5)

    def last_shown(self) -> int:
        """The newest fact that the controller's board shows."""
        with psycopg.connect(self.databases.superuser_url) as connection:
            row = connection.execute(
                "SELECT coalesce(max(id), 0) FROM platform_fact WHERE 'board' = ANY(topics)"
            ).fetchone()
        return int(row[0]) if row else 0

    def photo_seen_by_both(self) -> bool:
        """A photo sent to one node is shown by the other: they share the store, and the secret that signs the link."""
        first, second = self.nodes
        outer_id = f"photo-{uuid.uuid4().hex}"
        key = {"Authorization": f"Bearer {self.keys[0]}", "Host": PUBLIC_HOST}
        card = {"outer_id": outer_id, "language": "ru", "text": "Яма на дороге", "topic_code": "ROA-01"}
        status, _ = _send(
            first, "POST", "/api/v1/contacts", key | {"Content-Type": "application/json"}, json.dumps(card).encode()
        )
        picture = io.BytesIO()
        Image.new("RGB", (64, 48), "gray").save(picture, "JPEG")
        head = '--part\r\nContent-Disposition: form-data; name="files"; filename="pit.jpg"\r\n'
        body = head.encode() + b"Content-Type: image/jpeg\r\n\r\n" + picture.getvalue() + b"\r\n--part--\r\n"
        stored, answer = _send(
            first,
            "POST",
            f"/api/v1/contacts/{outer_id}/files",
            key | {"Content-Type": "multipart/form-data; boundary=part"},
            body,
        )
        if (status, stored) != (_CREATED, _CREATED):
            message = f"the photo was not taken: {status}, {stored}: {answer[:500]!r}"
            raise RuntimeError(message)
        link = urlsplit(json.loads(answer)["files"][0]["url"])
        shown, content = _send(second, "GET", f"{link.path}?{link.query}", {"Host": PUBLIC_HOST}, None)
        return shown == _OK and Image.open(io.BytesIO(content)).size == (64, 48)


def _send(node: Node, method: str, path: str, headers: dict[str, str], body: bytes | None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(node.host.address, 8109, timeout=10)
    connection.request(method, path, body=body, headers=headers)
    answer = connection.getresponse()
    told = answer.status, answer.read()
    connection.close()
    return told


def _timed(what: Callable[[], object]) -> float:
    began = time.monotonic()
    what()
    return time.monotonic() - began
