"""A backup is worth what its restore gives back: real servers of two versions, torn and forged files."""

import io
import json
import stat
import tarfile
from datetime import UTC, datetime

import psycopg
import pytest

from komek.platform import backup, postgres
from komek.platform import home as homes
from komek.platform.backup import BackupFailed

MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SCHEMA = """
    CREATE TABLE cards (id bigint PRIMARY KEY, words text NOT NULL, at timestamptz NOT NULL);
    CREATE INDEX cards_words ON cards USING gin (words gin_trgm_ops);
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'cards stay'; END $$;
    INSERT INTO cards SELECT n, 'Мәңгілік ел ' || n || E'\\t\\n\\\\', '2026-03-02' FROM generate_series(1, 500) n;
    CREATE TRIGGER stay BEFORE INSERT OR DELETE ON cards FOR EACH ROW EXECUTE FUNCTION refuse();
    COMMENT ON TABLE cards IS 'what residents asked for';
"""


@pytest.fixture(autouse=True)
def no_external_database(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)


@pytest.fixture
def home(tmp_path):
    """A home that was lived in: secrets, cards and a photo."""
    home = tmp_path / "home"
    homes.secrets(home)
    (home / "files" / "2026").mkdir()
    (home / "files" / "2026" / "шұңқыр.jpg").write_bytes(b"\xff\xd8photo")
    return home


@pytest.fixture
def other(tmp_path):
    return tmp_path / "other"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "monday.komek"


def write_cards(url):
    with psycopg.connect(url) as connection:
        connection.execute(SCHEMA)


def cards(url):
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT id, words, at FROM cards ORDER BY id").fetchall()


def keep(home, file):
    return backup.make(home, file, version="1.2", at=MONDAY)


def forge(source, target, change):
    """Write the archive again with one entry changed, as a failing disk or a clever hand would."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for entry in old:
            name, body = change(entry.name, old.extractfile(entry).read())
            changed = tarfile.TarInfo(name)
            changed.size = len(body)
            new.addfile(changed, io.BytesIO(body))


def test_everything_comes_back_in_another_home(home, other, file):
    with homes.database(home) as url:
        write_cards(url)
        written = cards(url)
    keep(home, file)

    manifest = backup.restore(other, file)

    with homes.database(other) as url:
        assert cards(url) == written
        with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.RaiseException, match="cards stay"):
            connection.execute("DELETE FROM cards")
    assert (other / "files" / "2026" / "шұңқыр.jpg").read_bytes() == b"\xff\xd8photo"
    assert homes.secrets(other) == homes.secrets(home)
    assert (manifest.komek, manifest.made_at) == ("1.2", "2026-03-02T09:30:00+00:00")
    assert not (other / "restore.new").exists()


def test_a_backup_is_made_while_the_server_runs_and_holds_what_was_committed(home, other, file):
    with homes.database(home) as url:
        write_cards(url)
        with psycopg.connect(url) as unfinished:
            unfinished.execute("CREATE TABLE unfinished AS SELECT 1")
            keep(home, file)
            unfinished.rollback()

    backup.restore(other, file)

    with homes.database(other) as url:
        assert len(cards(url)) == 500
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT to_regclass('unfinished')").fetchone() == (None,)


def test_a_backup_is_for_its_owners_eyes_and_holds_no_password_of_the_server(home, file):
    with homes.database(home):
        keep(home, file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with tarfile.open(file) as tar:
        assert sorted(tar.getnames()) == ["database.dump", "files/2026/шұңқыр.jpg", "manifest.json", "secrets.json"]
        assert json.load(tar.extractfile("secrets.json")).keys() == {"django_key", "link_key"}


def test_a_home_that_is_lived_in_is_never_overwritten(home, file):
    keep(home, file)

    with pytest.raises(BackupFailed, match=r"is lived in \(secrets.json, postgres/data, files\)"):
        backup.restore(home, file)

    assert (home / "files" / "2026" / "шұңқыр.jpg").exists()


def test_a_changed_byte_is_found_before_anything_is_put_in_its_place(home, other, file, tmp_path):
    keep(home, file)
    changed = tmp_path / "changed.komek"
    forge(file, changed, lambda name, body: (name, body.replace(b"photo", b"phot0")))

    with pytest.raises(BackupFailed, match=r"the checksums differ for files/2026/шұңқыр\.jpg"):
        backup.restore(other, changed)

    backup.restore(other, file)
    assert (other / "files" / "2026" / "шұңқыр.jpg").read_bytes() == b"\xff\xd8photo"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_torn_file_is_refused(home, other, file, share):
    keep(home, file)
    # The archive ends in empty blocks that nobody would miss.
    whole = file.read_bytes().rstrip(b"\0")
    file.write_bytes(whole[: int(len(whole) * share)])

    with pytest.raises(BackupFailed, match=r"torn|damaged"):
        backup.restore(other, file)

    assert not (other / "secrets.json").exists()


def test_a_file_of_something_else_is_refused(other, file):
    file.write_bytes(b"PK\x03\x04 a letter")

    with pytest.raises(BackupFailed, match="not a backup of Komek"):
        backup.restore(other, file)


def test_an_entry_that_climbs_out_of_the_home_is_refused(home, other, file, tmp_path):
    keep(home, file)
    forged = tmp_path / "forged.komek"
    forge(file, forged, lambda name, body: (name.replace("files/2026", "../2026"), body))

    with pytest.raises(BackupFailed, match="not to be trusted"):
        backup.restore(other, forged)

    assert not (tmp_path / "2026").exists()


def test_a_backup_of_a_newer_format_names_the_remedy(home, other, file, tmp_path):
    keep(home, file)
    newer = tmp_path / "newer.komek"
    forge(file, newer, lambda name, body: (name, body.replace(b'"format": 1', b'"format": 2')))

    with pytest.raises(BackupFailed, match="use a newer one"):
        backup.restore(other, newer)


def test_a_home_that_never_ran_has_nothing_to_keep(tmp_path, file):
    with pytest.raises(BackupFailed, match="nothing to keep"):
        keep(tmp_path / "empty", file)

    assert not file.exists()


def test_a_failed_backup_leaves_the_former_one_alone(home, file, monkeypatch):
    keep(home, file)
    former = file.read_bytes()
    monkeypatch.setenv("DATABASE_URL", "postgresql://komek@127.0.0.1:1/komek?connect_timeout=2")

    with pytest.raises(psycopg.OperationalError):
        keep(home, file)

    assert file.read_bytes() == former
    assert [path.name for path in file.parent.iterdir() if path.name != "home"] == [file.name]


def test_an_external_database_moves_into_a_home_with_a_newer_server(home, other, file, monkeypatch):
    with postgres.scratch(binaries=postgres.find("celerp")) as external:
        write_cards(external.url)
        written = cards(external.url)
        monkeypatch.setenv("DATABASE_URL", external.url)
        assert keep(home, file).postgres == 17
        monkeypatch.delenv("DATABASE_URL")

    backup.restore(other, file)

    with homes.database(other) as url:
        assert cards(url) == written


def test_a_backup_is_restored_into_an_external_database_that_is_empty(home, other, file, monkeypatch):
    with homes.database(home) as url:
        write_cards(url)
        written = cards(url)
    keep(home, file)

    with postgres.scratch() as external:
        monkeypatch.setenv("DATABASE_URL", external.url)
        backup.restore(other, file)

        assert cards(external.url) == written
        assert not (other / "postgres").exists()
        with pytest.raises(BackupFailed, match="has 1 tables"):
            backup.restore(other.with_name("third"), file)


def test_an_older_server_is_refused(home, other, file, monkeypatch):
    keep(home, file)

    with postgres.scratch(binaries=postgres.find("celerp")) as external:
        monkeypatch.setenv("DATABASE_URL", external.url)
        with pytest.raises(BackupFailed, match="of PostgreSQL 18, the database here is 17"):
            backup.restore(other, file)

    assert not (other / "secrets.json").exists()


def test_a_home_with_a_running_supervisor_is_not_restored_into(other, file, home):
    keep(home, file)
    homes.make(other)

    with (
        backup.claim.claim(backup.running.lock(other)),
        pytest.raises(postgres.AlreadyClaimed, match="already run by process"),
    ):
        backup.restore(other, file)
