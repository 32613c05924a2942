"""Bare single-row inserts by pgbench on the same server: what this disk and these cores give to anybody."""

import os
import re
import subprocess
from dataclasses import dataclass
from urllib.parse import urlsplit

import psycopg

from benchmarks.rig.city import CannotMeasure, City
from komek.platform import postgres

DATABASE = "komek_inserts"
TABLE = "CREATE TABLE IF NOT EXISTS inserted (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, told text, at timestamptz)"
SCRIPT = "INSERT INTO inserted (told, at) VALUES (repeat('а', 120), now());\n"


@dataclass(frozen=True)
class Rate:
    """How fast it went: inserts a second, and milliseconds for each."""

    a_second: float
    ms: float


class Inserts:
    """A table of its own beside the city's, away from its triggers and indexes."""

    def __init__(self, city: City) -> None:
        folder = city.home / "postgres"
        self.program = postgres.find().tool("pgbench")
        if not self.program.exists():
            raise CannotMeasure(f"There is no pgbench beside {postgres.find().folder}.")
        with psycopg.connect(postgres.superuser_url(folder), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}")
        self.address = postgres.superuser_url(folder, database=DATABASE)
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(TABLE)
            connection.execute("TRUNCATE inserted")

    def run(self, *, clients: int, seconds: int) -> Rate:
        """Insert with so many clients for so many seconds."""
        parts = urlsplit(self.address)
        command = [
            *(str(self.program), "--no-vacuum", "--protocol=prepared", "--file=-"),
            *(f"--client={clients}", f"--jobs={min(clients, 2)}", f"--time={seconds}"),
            *(f"--host={parts.hostname}", f"--port={parts.port}", f"--username={parts.username}", DATABASE),
        ]
        done = subprocess.run(
            command,
            input=SCRIPT,
            env=os.environ | {"PGPASSWORD": parts.password or ""},
            capture_output=True,
            text=True,
            check=False,
        )
        rate = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
        latency = re.search(r"^latency average = ([\d.]+) ms", done.stdout, re.MULTILINE)
        if rate is None or latency is None:
            raise CannotMeasure(f"pgbench failed: {done.stderr.strip() or done.stdout.strip()}")
        return Rate(float(rate[1]), float(latency[1]))
