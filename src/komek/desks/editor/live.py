"""Which facts change what an editor sees."""

from collections.abc import Iterable

from komek.platform.facts import shows
from komek.rooms.knowledge import facts as knowledge


@shows(
    knowledge.ArticlePublished,
    knowledge.ArticleRetired,
    knowledge.ArticleDoubted,
    knowledge.BulletinAnnounced,
    knowledge.BulletinEnded,
)
def the_shelves(fact: knowledge.ArticlePublished) -> Iterable[str]:
    yield "shelves"
