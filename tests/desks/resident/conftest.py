"""The resident's pages, each test with a city of its own."""

import pytest

from komek.desks.resident.views import shared
from komek.ui.renderings import Renderings


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    """What was rendered for everybody a moment ago was rendered for another city."""
    monkeypatch.setattr(shared, "kept", Renderings())
