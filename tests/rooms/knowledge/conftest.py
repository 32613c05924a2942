from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from komek.rooms.knowledge import actions, rules

CITY = Path(__file__).parents[3] / "cities" / "astana"


@pytest.fixture
def pack():
    """The folder of the city pack we ship."""
    return CITY


@pytest.fixture
def at():
    return datetime(2026, 1, 15, 6, 0, tzinfo=UTC)


@pytest.fixture
def draft():
    """What to say when there is no hot water; a short article in three languages."""
    return rules.ArticleDraft(
        code="KB-901",
        owner="TT",
        topics=("HEA-06", "HEA-07"),
        groups=("HEA",),
        seasons=("all",),
        valid_from=date(2026, 1, 1),
        texts=(
            rules.Text(
                "kk", "Ыстық су жоқ", "Жазда жылу желілері сыналады. Мекенжайды айтыңыз.", "ыстық су қашан болады"
            ),
            rules.Text("ru", "Нет горячей воды", "Летом испытывают тепловые сети. Назовите адрес.", "когда дадут воду"),
            rules.Text("en", "No hot water", "In summer the heating network is tested. Tell us the address.", "boiler"),
        ),
    )


@pytest.fixture
def hot_water(db, draft, zarina, at):
    """The article on hot water as Zarina published it."""
    return actions.publish(draft, by=zarina, at=at)


@pytest.fixture
def real_articles(db, at):
    """The articles of the city pack we ship."""
    files = sorted((CITY / "knowledge").glob("*.md"))
    return [actions.publish(rules.parse_article(file.read_text(), file.name), by=None, at=at) for file in files]
