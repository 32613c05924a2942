"""What happened when: seen from outside, by asking every few tenths of a second, on one clock."""

import base64
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from cluster.databases import Databases, is_primary
from cluster.nodes import Node
from cluster.proxy import Proxy

LOCK = "/service/komek/leader"
PAUSE = 0.2
NOT_FOUND = 404


@dataclass
class Timeline:
    """Events with their time, in the order they were seen."""

    events: list[tuple[float, str]] = field(default_factory=list)
    _adding: threading.Lock = field(default_factory=threading.Lock)

    def note(self, what: str, at: float | None = None) -> float:
        """Remember that this happened, now or then."""
        at = at or time.time()
        with self._adding:
            self.events.append((at, what))
        return at

    def since(self, began: float) -> list[tuple[float, str]]:
        """What happened since then, as seconds after it."""
        with self._adding:
            return sorted((round(at - began, 2), what) for at, what in self.events if at >= began - 0.001)

    def first(self, what: str, *, since: float) -> float | None:
        """When something beginning with these words first happened after that moment."""
        with self._adding:
            times = [at for at, said in self.events if at >= since and said.startswith(what)]
        return min(times, default=None)


class Watch:
    """Notes every change of what it asks about; each asker is a thread of its own, for a dead host answers late."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def on(self, name: str, ask: Callable[[], object]) -> None:
        """Ask again and again, and note each answer that differs from the one before."""
        thread = threading.Thread(target=self._ask, args=(name, ask), daemon=True)
        thread.start()
        self._threads.append(thread)

    def stop(self) -> None:
        """Ask no more."""
        self.stopping.set()
        for thread in self._threads:
            thread.join(10)

    def _ask(self, name: str, ask: Callable[[], object]) -> None:
        before: object = None
        while not self.stopping.wait(PAUSE):
            now = ask()
            if now != before:
                self.timeline.note(f"{name}: {now}")
            before = now


def watch_all(timeline: Timeline, databases: Databases, nodes: Sequence[Node], proxy: Proxy) -> Watch:
    """Watch the lock, the servers, the nodes and what the proxy thinks of them."""
    watch = Watch(timeline)
    watch.on("lock of the leader", lambda: holder(databases))
    for host in databases.hosts:
        watch.on(f"PostgreSQL on {host.name}", partial(_role, databases.url_of(host)))
    for node in nodes:
        watch.on(f"proxy sees {node.host.name}", partial(_seen, proxy, node))
    return watch


def holder(databases: Databases) -> str:
    """Who holds the lock, asked of any etcd that answers with a quorum behind it."""
    ask = _older if databases.interface == "etcd" else _newer
    for host in databases.hosts:
        if not host.is_on:
            continue
        try:
            return ask(f"http://{host.address}:2379")
        except (OSError, ValueError):
            continue
    return "no etcd answers"


def _newer(etcd: str) -> str:
    key = base64.b64encode(LOCK.encode()).decode()
    request = urllib.request.Request(f"{etcd}/v3/kv/range", data=json.dumps({"key": key}).encode())  # noqa: S310
    with urllib.request.urlopen(request, timeout=1) as answer:  # noqa: S310 - our own hosts
        found = json.load(answer).get("kvs", [])
    return base64.b64decode(found[0]["value"]).decode() if found else "nobody"


def _older(etcd: str) -> str:
    try:
        with urllib.request.urlopen(f"{etcd}/v2/keys{LOCK}?quorum=true", timeout=1) as answer:  # noqa: S310
            return str(json.load(answer)["node"]["value"])
    except urllib.error.HTTPError as refused:
        if refused.code == NOT_FOUND:
            return "nobody"
        raise


def _role(url: str) -> str:
    primary = is_primary(url)
    if primary is None:
        return "does not answer"
    return "takes writes" if primary else "standby"


def _seen(proxy: Proxy, node: Node) -> str:
    return proxy.states().get(("web", node.host.name), "not yet")
