"""Application hosts: each a `komek up` without a database of its own, told so by the unit and the environment file."""

import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from cluster.filled import filled, variables
from cluster.hosts import Host

PUBLIC_HOST = "komek.example"
PORT, STREAM_PORT = 8109, 8110
# Beside the interpreter that runs the proof, as the package has installed it.
KOMEK = Path(sys.executable).parent / "komek"
STORED = {"bucket": "komek", "key": "komek", "secret": "komek-test"}


class Node:
    """One application node on its host."""

    def __init__(self, host: Host, *, database_url: str, files: str) -> None:
        self.host = host
        self.shared = host.folder / "shared"
        self.process: subprocess.Popen[str] | None = None
        self.text = filled(
            "komek.env",
            home=host.folder / "home",
            shared=self.shared,
            address=host.address,
            public_url=f"http://{PUBLIC_HOST}",
            database_url=database_url,
            files=files,
            files_key=STORED["key"],
            files_secret=STORED["secret"],
        )
        (host.folder / "komek.env").write_text(self.text)

    @property
    def environment(self) -> Mapping[str, str]:
        """What the unit's EnvironmentFile says, and where this checkout has its code."""
        return {**variables(self.text), "PYTHONPATH": os.environ.get("PYTHONPATH", "")}

    @property
    def home(self) -> Path:
        """The node's KOMEK_HOME."""
        return self.host.folder / "home"

    def say(self, *words: str | Path, **environment: str) -> str:
        """Type a command of Komek on this node."""
        return self.host.run(KOMEK, *words, environment={**self.environment, **environment})

    def share_with(self, other: "Node") -> None:
        """Bring what all nodes must share, as an administrator would."""
        shutil.copytree(self.shared, other.shared, dirs_exist_ok=True)

    def start(self) -> None:
        """Start what the unit starts."""
        unit = filled("komek.service", komek=KOMEK)
        command = re.search(r"^ExecStart=(.+)$", unit, re.MULTILINE)
        assert command is not None
        log = self.host.folder / "komek.log"
        self.process = self.host.start(*command[1].split(), environment=self.environment, log=log)

    def complaint(self) -> str:
        """Why it does not run any more; empty while it does."""
        if self.process is None or self.process.poll() is None:
            return ""
        return f"{self.host.name} has ended: {(self.host.folder / 'komek.log').read_text(errors='replace')[-2000:]}"

    def is_ready(self) -> bool:
        """Whether the node says that it can serve."""
        return self.asked("/readyz") == "200"

    def asked(self, path: str, *, port: int = PORT) -> str:
        """The status that the node answers with, or why there was none."""
        request = urllib.request.Request(f"http://{self.host.address}:{port}{path}", headers={"Host": PUBLIC_HOST})
        try:
            with urllib.request.urlopen(request, timeout=2) as answer:  # noqa: S310
                return str(answer.status)
        except urllib.error.HTTPError as refused:
            return str(refused.code)
        except OSError as failure:
            return type(failure).__name__
