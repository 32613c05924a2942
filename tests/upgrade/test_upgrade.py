"""Data of an older release is opened, migrated and found sound, and the older release goes on working meanwhile."""

import io
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RELEASES = tomllib.loads((Path(__file__).parent / "releases.toml").read_text())["release"]
PATIENCE = 600

# What the older release does once its database has been migrated under its feet: a card from the form to the report.
WORK = """
from komek.platform.clock import now
from komek.registers.staff import queries as staff
from komek.rooms.cards import actions as cards, queries as found
from komek.rooms.cards.rules import CardDraft, Kind
from komek.rooms.intake.rules import Arrival
from komek.rooms.workorders import actions as orders, queries as sent

told = "Течёт кран во дворе"
arrival = Arrival(channel="webform", text=told, language="ru", topic_code="WAT-02", outer_id="between-releases",
                  handle_kind="phone", handle_value="+77015550101", name="Асель")
draft = CardDraft(text=told, kind=Kind.REQUEST, language="ru", topic_code="WAT-02")
card = cards.take_in(arrival, draft=draft, at=now())
again = cards.take_in(arrival, draft=draft, at=now())
for order in sent.of_cards([card.id])[card.id]:
    by = staff.agents(role="dispatcher", service_code=order.service_code).first()
    orders.accept(order.id, by=by, at=now())
    orders.report_done(order.id, outcome="done", reason_code="nothing_to_show", text="Готово", by=by, at=now())
card = found.card(card.id)
print(card.number, card.status, card.id == again.id)
"""


def unpacked(commit, folder):
    """The tree of a commit, or a loud skip where the history is not here."""
    git = shutil.which("git")
    archive = git and subprocess.run(
        [git, "-C", str(ROOT), "archive", commit, "src", "cities"], capture_output=True, check=False
    )
    if not archive or archive.returncode:
        pytest.skip(f"THE HISTORY IS NOT HERE: release {commit[:12]} cannot be tested against this code")
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
        tar.extractall(folder, filter="data")
    return folder


def komek(tree, home, *words):
    """Type a command of that tree."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("KOMEK_", "DATABASE_", "DJANGO_"))
    }
    paths = os.pathsep.join([str(tree / "src"), *(path for path in sys.path if path.endswith("site-packages"))])
    done = subprocess.run(
        [sys.executable, "-m", "komek.config.cli", *words],
        env=kept | {"KOMEK_HOME": str(home), "PYTHONPATH": paths},
        cwd=tree,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, f"{words}: {done.stdout[-2000:]}{done.stderr[-4000:]}"
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("release", RELEASES, ids=[release["version"] for release in RELEASES])
def test_what_a_release_has_written_is_migrated_and_the_release_goes_on(release, tmp_path):
    before, home = unpacked(release["commit"], tmp_path / "before"), tmp_path / "home"
    astana = ("demo", "--city", "cities/astana", "--no-serve", "--days", "1", "--contacts", "40")
    komek(before, home, *astana)

    komek(ROOT, home, "migrate", "--verbosity", "0")
    assert "No planned migration operations." in komek(ROOT, home, "migrate", "--plan")
    komek(ROOT, home, "verify", "--numbers", "--files")

    _, status, is_same = komek(before, home, "shell", "-c", WORK).split()[-3:]
    assert (status, is_same) == ("done", "True")
    komek(ROOT, home, "verify", "--numbers")

    _, status, is_same = komek(ROOT, home, "shell", "-c", WORK.replace("between-releases", "afterwards")).split()[-3:]
    assert (status, is_same) == ("done", "True")
    komek(ROOT, home, "verify", "--numbers")


def test_the_version_of_this_code_is_not_older_than_its_releases():
    from komek import __version__

    assert all(_parts(release["version"]) <= _parts(__version__) for release in RELEASES)


def _parts(version):
    return [int(part) for part in version.split(".")[:3]]
