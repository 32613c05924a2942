"""The proxy in front of the nodes: haproxy, which asks each of them every second whether it can serve."""

import csv
import io
import socket
from collections.abc import Sequence

from cluster.filled import filled
from cluster.hosts import Host
from cluster.nodes import PORT, PUBLIC_HOST, STREAM_PORT, Node
from komek.config.programs import WEB_THREADS

UNASKED = frozenset({"", "INI"})


class Proxy:
    """haproxy on its host, and what it thinks of the nodes."""

    def __init__(self, host: Host, nodes: Sequence[Node]) -> None:
        self.host = host
        self.socket = host.run_folder / "haproxy.sock"
        self.file = host.folder / "haproxy.cfg"
        self.file.write_text(
            filled(
                "haproxy.cfg",
                socket=self.socket,
                bind=f"{host.address}:80",
                scheme="http",
                host=PUBLIC_HOST,
                web="\n".join(
                    f"    server {n.host.name} {n.host.address}:{PORT} check maxconn {WEB_THREADS}" for n in nodes
                ),
                events="\n".join(f"    server {n.host.name} {n.host.address}:{STREAM_PORT} check" for n in nodes),
            )
        )

    @property
    def url(self) -> str:
        """Where everybody goes."""
        return f"http://{self.host.address}"

    def start(self) -> None:
        """Check the configuration, then start."""
        self.host.run("haproxy", "-c", "-f", self.file)
        self.host.start("haproxy", "-W", "-f", self.file, log=self.host.folder / "haproxy.log")

    def states(self) -> dict[tuple[str, str], str]:
        """(backend, node) → UP or DOWN, as haproxy sees it now; nothing while it has no ears yet."""
        told = b""
        with socket.socket(socket.AF_UNIX) as asking:
            asking.settimeout(2)
            try:
                asking.connect(str(self.socket))
            except (FileNotFoundError, ConnectionRefusedError):
                return {}
            asking.sendall(b"show stat\n")
            while piece := asking.recv(65_536):
                told += piece
        rows = csv.DictReader(io.StringIO(told.decode().removeprefix("# ")))
        return {
            # It believes in a node that it has not asked yet.
            (row["pxname"], row["svname"]): "unasked" if row["check_status"] in UNASKED else row["status"].split(" ")[0]
            for row in rows
            if row["svname"] not in {"FRONTEND", "BACKEND"}
        }
