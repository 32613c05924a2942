"""Static files as they are served: a module that another imports is the very file that the page names."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command

import komek

OURS = Path(komek.__file__).parent
IMPORT = re.compile(r'^import .*? from "([^"]+)"', re.MULTILINE)


@pytest.fixture
def collected(settings, tmp_path):
    settings.STATIC_ROOT = str(tmp_path / "static")
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "komek.ui.statics.Statics"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path / "static"


def test_a_module_imports_the_file_that_the_page_names(collected):
    palette = next(collected.glob("ui/palette.*.js"))

    (imported,) = IMPORT.findall(palette.read_text())

    assert re.fullmatch(r"\./keys\.[0-9a-f]{12}\.js", imported)
    assert (palette.parent / imported).exists()


def test_every_import_ends_as_the_storage_expects_it():
    modules = [path for path in OURS.rglob("static/**/*.js") if "vendor" not in path.parts]

    loose = [path.name for path in modules if re.search(r'^import .*? from "[^"]+"$', path.read_text(), re.MULTILINE)]

    assert len(modules) > 5
    assert loose == []
