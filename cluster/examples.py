"""`python -m cluster.examples`: writes the handbook's examples from the templates that the proof uses."""

from pathlib import Path

from cluster.databases import CONNECTIONS, LOOP_WAIT, RETRY_TIMEOUT, TTL
from cluster.filled import filled
from komek.config.programs import WEB_THREADS

FOLDER = Path(__file__).parents[1] / "docs" / "howto" / "scale"
DATABASES = {"db1": "10.0.0.11", "db2": "10.0.0.12", "db3": "10.0.0.13"}
NODES = {"app1": "10.0.0.21", "app2": "10.0.0.22"}
PUBLIC = "109.example.kz"


def examples() -> dict[str, str]:
    """Each file of a real installation, for its first host."""
    name, address = next(iter(DATABASES.items()))
    servers = ",".join(f"{one}:5432" for one in DATABASES.values())
    return {
        "etcd.env": filled(
            "etcd.env",
            name=name,
            address=address,
            data="/var/lib/etcd/komek",
            members=",".join(f"{one}=http://{at}:2380" for one, at in DATABASES.items()),
            older_interface="true",
        ),
        "patroni.yml": filled(
            "patroni.yml",
            name=name,
            address=address,
            network="10.0.0.0/24",
            interface="etcd",
            etcd=",".join(f"{at}:2379" for at in DATABASES.values()),
            ttl=TTL,
            loop_wait=LOOP_WAIT,
            retry_timeout=RETRY_TIMEOUT,
            connections=CONNECTIONS,
            shared_buffers="4GB",
            post_bootstrap="/usr/lib/postgresql/15/bin/psql --quiet --no-psqlrc --set ON_ERROR_STOP=1"
            " --file /etc/patroni/database.sql",
            binaries="/usr/lib/postgresql/15/bin",
            data="/var/lib/postgresql/komek",
            sockets="/run/postgresql",
            pgpass="/var/lib/postgresql/pgpass",
            superuser_password="CHANGE-ME-1",  # noqa: S106 - shown to be changed
            replication_password="CHANGE-ME-2",  # noqa: S106 - shown to be changed
            watchdog="required",
        ),
        "database.sql": filled("database.sql", password="CHANGE-ME-3"),  # noqa: S106 - shown to be changed
        "komek.env": filled(
            "komek.env",
            home="/var/lib/komek",
            shared="/etc/komek",
            address=NODES["app1"],
            public_url=f"https://{PUBLIC}",
            database_url=f"postgresql://komek:CHANGE-ME-3@{servers}/komek?target_session_attrs=read-write",
            files="s3://komek/city?endpoint=https://files.example.kz",
            files_key="CHANGE-ME-4",
            files_secret="CHANGE-ME-5",  # noqa: S106 - shown to be changed
        ),
        "komek.service": filled("komek.service", komek="/opt/komek/bin/komek"),
        "haproxy.cfg": filled(
            "haproxy.cfg",
            socket="/run/haproxy/admin.sock",
            bind=":443 ssl crt /etc/haproxy/komek.pem alpn h2,http/1.1",
            scheme="https",
            host=PUBLIC,
            web="\n".join(f"    server {one} {at}:8109 check maxconn {WEB_THREADS}" for one, at in NODES.items()),
            events="\n".join(f"    server {one} {at}:8110 check" for one, at in NODES.items()),
        ),
    }


def main() -> None:
    """Write them all."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in examples().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
