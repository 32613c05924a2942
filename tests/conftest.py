"""What every test may ask for: a database of its own, announced facts, deferred work, and people with names."""

import asyncio
import os
import tempfile
from pathlib import Path

# Settings are read once: the test run has a home, a database and secrets of its own, gone with the run.
_home = tempfile.TemporaryDirectory(prefix="komek-test-")
os.environ["KOMEK_HOME"] = _home.name
Path(_home.name, "static").mkdir()
os.environ.setdefault("KOMEK_PUBLIC_URL", "http://testserver")
# A test that needs a switch starts its own.
os.environ.setdefault("KOMEK_PHONES", "none")
os.environ.setdefault("KOMEK_HOSTS", "testserver,localhost,127.0.0.1")

from komek.platform import postgres  # noqa: E402

_server = None
if "DATABASE_URL" not in os.environ:
    # One server for all workers of a parallel run: the first process starts it, the others inherit its address.
    _server = postgres.scratch()
    os.environ["DATABASE_URL"] = _server.__enter__().url

# Only now: pytest-django would read the settings before this file if its configuration named them.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "komek.config.settings")

import django.conf  # noqa: E402
import pytest  # noqa: E402

from komek.config.messages import compile_messages  # noqa: E402

compile_messages()
django.setup()
# The workers of a parallel run inherit the environment: named there, the settings would be read before this file
# gives each worker a home of its own, and all of them would share the files of one.
del os.environ["DJANGO_SETTINGS_MODULE"]
if Path(_home.name) != django.conf.settings.HOME:
    raise pytest.UsageError("Tests choose their own settings: start them without DJANGO_SETTINGS_MODULE")


def pytest_unconfigure(config):
    if _server is not None:
        _server.__exit__(None, None, None)
    _home.cleanup()


pytest_plugins = [
    "tests.fixtures.facts",
    "tests.fixtures.people",
    "tests.fixtures.screens",
    "tests.fixtures.work",
    "tests.fixtures.recordings",
    "tests.fixtures.browser",
    "tests.fixtures.switch",
    "tests.fixtures.legs",
    "tests.fixtures.town",
    "tests.fixtures.phones",
]


@pytest.fixture(autouse=True)
def nothing_rendered_yet(monkeypatch):
    """What one test was shown is of a city that the next one does not have."""
    from komek.ui import regions
    from komek.ui.renderings import Renderings

    monkeypatch.setattr(regions, "renderings", Renderings())


@pytest.fixture(autouse=True)
def a_loop_of_its_own(request):
    """The browsers of a session leave their loop running in this thread; a test of programs runs its own."""
    running = asyncio._get_running_loop()
    if "chromium" not in request.fixturenames:
        asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(running)


@pytest.fixture(autouse=True)
def cheap_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
